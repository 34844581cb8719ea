package io.vivarium.kernel.fs.overlay;

import io.vivarium.kernel.fs.SnapshotCapable;
import io.vivarium.kernel.fs.memory.MemoryFileSystem;
import io.vivarium.kernel.fs.memory.MemorySnapshot;
import io.vivarium.kernel.limit.StorageUse;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;

/** The state of an {@link OverlayFileSystem} at one moment. Immutable and thread-safe. */
public final class OverlaySnapshot implements SnapshotCapable.Frozen {
  private static final Cleaner CLEANER = Cleaner.create();

  private final LowerLayers layers;
  private final MemorySnapshot upper;

  /** Lower files that were open without a name then, and which the ledger still counts. */
  private final StorageUse lingering;

  OverlaySnapshot(LowerLayers layers, MemorySnapshot upper, StorageUse lingering) {
    this.layers = layers;
    this.upper = upper;
    this.lingering = lingering;
    layers.retain();
    CLEANER.register(this, layers::release);
  }

  /** A new overlay over the same lower trees, with the same limits. */
  @Override
  public OverlayFileSystem fork() {
    try {
      MemoryFileSystem files = upper.fork();
      files.ledger().charge(-lingering.bytes(), -lingering.inodes(), 0);
      return new OverlayFileSystem(layers, files);
    } finally {
      Reference.reachabilityFence(this); // Until then the snapshot keeps the layers open.
    }
  }
}
