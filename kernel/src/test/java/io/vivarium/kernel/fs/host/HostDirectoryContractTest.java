package io.vivarium.kernel.fs.host;

import io.vivarium.kernel.fs.FileSystem;
import io.vivarium.kernel.fs.FileSystemContract;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** A directory of the host keeps the contract of file systems, in full. */
class HostDirectoryContractTest extends FileSystemContract {
  @TempDir Path directory;

  @Override
  protected FileSystem newFileSystem() throws Exception {
    return HostDirectoryFileSystem.open(directory);
  }
}
