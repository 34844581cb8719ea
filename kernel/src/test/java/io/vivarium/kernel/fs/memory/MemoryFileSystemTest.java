package io.vivarium.kernel.fs.memory;

import io.vivarium.kernel.fs.FileSystem;
import io.vivarium.kernel.fs.WritableFileSystemContract;
import io.vivarium.kernel.limit.StorageLimits;

/** The file system in memory keeps the contract. */
class MemoryFileSystemTest extends WritableFileSystemContract {
  @Override
  protected FileSystem newFileSystem() {
    return new MemoryFileSystem(StorageLimits.of(1L << 40, 1L << 20), clock);
  }
}
