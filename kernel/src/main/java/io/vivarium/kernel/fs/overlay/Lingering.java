package io.vivarium.kernel.fs.overlay;

import io.vivarium.kernel.limit.StorageLedger;
import io.vivarium.kernel.limit.StorageUse;
import java.util.function.Supplier;

/**
 * The lower files and directories that lost their last name while they were open, and were not
 * copied up: the ledger counts them until they are closed, but not in what a snapshot freezes.
 *
 * <p>Thread-safe; its monitor comes after that of an inode and before the lock of the upper file
 * system.
 */
final class Lingering {
  private final StorageLedger ledger;
  private long bytes;
  private long inodes;

  Lingering(StorageLedger ledger) {
    this.ledger = ledger;
  }

  /** A file lost its last name and is open. */
  synchronized void add(long size) {
    bytes += size;
    inodes++;
  }

  /** The file was copied up; from now on its copy counts, which is not part of snapshots either. */
  synchronized void copiedUp(long size) {
    bytes -= size;
    inodes--;
  }

  /** The file was closed and is gone. */
  synchronized void end(long size) {
    copiedUp(size);
    ledger.charge(-size, -1, 0);
  }

  synchronized StorageUse use() {
    return new StorageUse(bytes, inodes);
  }

  /** Does something that no snapshot sees half done. */
  synchronized void betweenSnapshots(Runnable change) {
    change.run();
  }

  /** Takes a snapshot while none of these files comes or goes. */
  synchronized <T> T atRest(Supplier<T> snapshot) {
    return snapshot.get();
  }
}
