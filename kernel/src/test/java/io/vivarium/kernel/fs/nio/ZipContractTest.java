package io.vivarium.kernel.fs.nio;

import io.vivarium.kernel.fs.FileSystem;
import io.vivarium.kernel.fs.FileSystemContract;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/** A zip file: a provider without file keys, permissions, links, and with times of its own. */
class ZipContractTest extends FileSystemContract {
  @TempDir Path directory;
  private java.nio.file.FileSystem provider;

  @Override
  protected FileSystem newFileSystem() throws Exception {
    provider = FileSystems.newFileSystem(directory.resolve("f.zip"), Map.of("create", "true"));
    return NioFileSystem.open(provider.getPath("/"));
  }

  @AfterEach
  void closeProvider() throws Exception {
    provider.close();
  }

  @Override
  protected Set<Feature> features() {
    return EnumSet.of(Feature.LINK_COUNTS);
  }
}
