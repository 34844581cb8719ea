package io.vivarium.kernel.fs.nio;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import io.vivarium.kernel.fs.FileSystem;
import io.vivarium.kernel.fs.FileSystemContract;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;

/** A provider in memory that has file keys, links, permissions and the unix view. */
class JimfsContractTest extends FileSystemContract {
  private java.nio.file.FileSystem provider;

  @Override
  protected FileSystem newFileSystem() throws Exception {
    provider =
        Jimfs.newFileSystem(
            Configuration.unix().toBuilder().setAttributeViews("basic", "posix", "unix").build());
    Path directory = Files.createDirectory(provider.getPath("/shown"));
    return NioFileSystem.open(directory);
  }

  @AfterEach
  void closeProvider() throws Exception {
    provider.close();
  }

  @Override
  protected Set<Feature> features() {
    return EnumSet.of(
        Feature.HARD_LINKS,
        Feature.SYMLINKS,
        Feature.DIRECTORY_MOVES,
        Feature.MODES,
        Feature.BYTE_NAMES,
        Feature.UNLINKED_FILES,
        Feature.LINK_COUNTS);
  }
}
