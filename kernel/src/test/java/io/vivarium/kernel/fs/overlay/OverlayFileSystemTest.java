package io.vivarium.kernel.fs.overlay;

import io.vivarium.kernel.fs.FileSystem;
import io.vivarium.kernel.fs.WritableFileSystemContract;
import io.vivarium.kernel.fs.memory.MemoryFileSystem;
import io.vivarium.kernel.limit.StorageLimits;
import java.util.List;

/** An overlay over an empty tree keeps the contract. */
class OverlayFileSystemTest extends WritableFileSystemContract {
  private static final StorageLimits AMPLE = StorageLimits.of(1L << 40, 1L << 20);

  @Override
  protected FileSystem newFileSystem() {
    FileSystem lower = new MemoryFileSystem(AMPLE, clock).snapshot().readOnly();
    return new OverlayFileSystem(LowerLayers.of(List.of(lower.root())), AMPLE, clock);
  }
}
