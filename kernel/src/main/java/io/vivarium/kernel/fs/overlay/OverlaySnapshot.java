package io.vivarium.kernel.fs.overlay;

import io.vivarium.kernel.fs.SnapshotCapable;
import io.vivarium.kernel.fs.memory.MemorySnapshot;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;

/** The state of an {@link OverlayFileSystem} at one moment. Immutable and thread-safe. */
public final class OverlaySnapshot implements SnapshotCapable.Frozen {
  private static final Cleaner CLEANER = Cleaner.create();

  private final LowerLayers layers;
  private final MemorySnapshot upper;

  OverlaySnapshot(LowerLayers layers, MemorySnapshot upper) {
    this.layers = layers;
    this.upper = upper;
    layers.retain();
    CLEANER.register(this, layers::release);
  }

  /** A new overlay over the same lower trees, with the same limits. */
  @Override
  public OverlayFileSystem fork() {
    try {
      return new OverlayFileSystem(layers, upper.fork());
    } finally {
      Reference.reachabilityFence(this); // Until then the snapshot keeps the layers open.
    }
  }
}
