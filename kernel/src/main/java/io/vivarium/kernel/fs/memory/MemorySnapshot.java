package io.vivarium.kernel.fs.memory;

import io.vivarium.kernel.fs.SnapshotCapable;
import io.vivarium.kernel.limit.StorageLedger;
import io.vivarium.kernel.limit.StorageLimits;
import java.time.InstantSource;

/**
 * The state of a {@link MemoryFileSystem} at one moment. Immutable and thread-safe; it shares
 * memory with everything that was made from it.
 */
public final class MemorySnapshot implements SnapshotCapable.Frozen {
  private final InodeTable table;
  private final StorageLedger ledger;
  private final InstantSource clock;

  MemorySnapshot(InodeTable table, StorageLedger ledger, InstantSource clock) {
    this.table = table;
    this.ledger = ledger;
    this.clock = clock;
  }

  /** A new writable file system with the limits of the one that was frozen. */
  @Override
  public MemoryFileSystem fork() {
    return fork(ledger.limits());
  }

  /**
   * A new writable file system with limits of its own; use may be above them, only growth is
   * refused.
   */
  public MemoryFileSystem fork(StorageLimits limits) {
    return new MemoryFileSystem(forkTable(), ledger.fork(limits), clock, false);
  }

  /** A file system that shows this state and cannot be changed; machines may share it. */
  public MemoryFileSystem readOnly() {
    return new MemoryFileSystem(forkTable(), ledger.fork(ledger.limits()), clock, true);
  }

  private synchronized InodeTable forkTable() {
    return table.fork();
  }
}
