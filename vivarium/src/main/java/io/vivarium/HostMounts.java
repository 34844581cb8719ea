package io.vivarium;

import io.vivarium.kernel.fs.FileSystem;
import io.vivarium.kernel.fs.host.HostDirectoryFileSystem;
import io.vivarium.kernel.fs.host.HostDirectoryOptions;
import io.vivarium.kernel.fs.memory.MemoryFileSystem;
import io.vivarium.kernel.limit.StorageLimits;
import java.io.IOException;
import java.nio.file.Path;

/** Opens what {@link Mount} describes. */
final class HostMounts {
  private HostMounts() {}

  static FileSystem directory(Path directory, boolean readOnly) {
    HostDirectoryOptions options = HostDirectoryOptions.defaults();
    try {
      return HostDirectoryFileSystem.open(directory, readOnly ? options.asReadOnly() : options);
    } catch (IOException | IllegalArgumentException | UnsupportedOperationException e) {
      throw new VivariumException("Cannot mount " + directory + ": " + e.getMessage(), e);
    }
  }

  static FileSystem memory(long bytes, long inodes) {
    return new MemoryFileSystem(StorageLimits.of(bytes, inodes));
  }
}
