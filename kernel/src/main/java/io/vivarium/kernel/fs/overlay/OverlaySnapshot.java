package io.vivarium.kernel.fs.overlay;

import io.vivarium.kernel.fs.SnapshotCapable;
import io.vivarium.kernel.fs.memory.MemorySnapshot;

/** The state of an {@link OverlayFileSystem} at one moment. Immutable and thread-safe. */
public final class OverlaySnapshot implements SnapshotCapable.Frozen {
  private final LowerLayers layers;
  private final MemorySnapshot upper;

  OverlaySnapshot(LowerLayers layers, MemorySnapshot upper) {
    this.layers = layers;
    this.upper = upper;
  }

  /** A new overlay over the same lower trees, with the same limits. */
  @Override
  public OverlayFileSystem fork() {
    return new OverlayFileSystem(layers, upper.fork());
  }
}
