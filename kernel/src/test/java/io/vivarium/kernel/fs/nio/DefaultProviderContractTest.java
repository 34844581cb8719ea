package io.vivarium.kernel.fs.nio;

import io.vivarium.kernel.fs.FileSystem;
import io.vivarium.kernel.fs.FileSystemContract;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;

/** The host's own provider, for hosts without a better way in. */
class DefaultProviderContractTest extends FileSystemContract {
  @TempDir Path directory;

  @Override
  protected FileSystem newFileSystem() throws Exception {
    return NioFileSystem.open(directory);
  }

  @Override
  protected Set<Feature> features() {
    return EnumSet.of(
        Feature.HARD_LINKS,
        Feature.SYMLINKS,
        Feature.DIRECTORY_MOVES,
        Feature.MODES,
        Feature.UNLINKED_FILES,
        Feature.LINK_COUNTS,
        Feature.LARGE_FILES);
  }
}
