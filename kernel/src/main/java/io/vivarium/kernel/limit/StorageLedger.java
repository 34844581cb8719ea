package io.vivarium.kernel.limit;

import static io.vivarium.kernel.errno.Errno.ENOSPC;

import io.vivarium.kernel.errno.ErrnoException;

/**
 * The one door through which the use of storage changes: a file system charges every inode and
 * every change of size here, before it makes the change, so use is exact after every operation and
 * nothing is ever measured by walking a tree.
 *
 * <p>Where a file system starts from files that it shares with others, such as the lower trees of
 * an overlay, the figures say by how much it grew over them, and bytes and inodes may be negative.
 *
 * <p>Thread-safe; each method is one step.
 */
public final class StorageLedger {
  private final StorageLimits limits;
  private long bytes;
  private long inodes;
  private long residentBytes;
  private Gauge bytesGauge = Gauge.NONE;
  private Gauge inodesGauge = Gauge.NONE;

  /** An empty ledger. */
  public StorageLedger(StorageLimits limits) {
    this.limits = limits;
  }

  private StorageLedger(StorageLimits limits, long bytes, long inodes, long residentBytes) {
    this.limits = limits;
    this.bytes = bytes;
    this.inodes = inodes;
    this.residentBytes = residentBytes;
  }

  /**
   * Says who hears how the figures change from now on. Forks do not inherit it.
   *
   * @param ofBytes hears of bytes
   * @param ofInodes hears of inodes
   */
  public synchronized void watch(Gauge ofBytes, Gauge ofInodes) {
    bytesGauge = ofBytes;
    inodesGauge = ofInodes;
    ofBytes.shows(this::bytes);
    ofInodes.shows(this::inodes);
    ofBytes.set(bytes);
    ofInodes.set(inodes);
  }

  /**
   * Changes the figures, all or none. Growth is held against the limits; shrinking always succeeds,
   * even when use is above a limit.
   *
   * @param bytesDelta change of the sum of sizes
   * @param inodesDelta change of the number of inodes
   * @param residentDelta change of the host memory in use
   * @throws io.vivarium.kernel.errno.ErrnoException ENOSPC when a figure that grows would exceed
   *     its limit
   */
  public void charge(long bytesDelta, long inodesDelta, long residentDelta) {
    if (!tryCharge(bytesDelta, inodesDelta, residentDelta)) {
      throw ENOSPC.exception();
    }
  }

  /** Like {@link #charge}, but answers whether it was possible. */
  public synchronized boolean tryCharge(long bytesDelta, long inodesDelta, long residentDelta) {
    if (exceeds(bytes, bytesDelta, limits.bytes())
        || exceeds(inodes, inodesDelta, limits.inodes())
        || exceeds(residentBytes, residentDelta, limits.residentBytes())) {
      tellRefused(bytesDelta, inodesDelta);
      return false;
    }
    bytes += bytesDelta;
    inodes += inodesDelta;
    residentBytes += residentDelta;
    tell(bytesGauge, bytes, bytesDelta);
    tell(inodesGauge, inodes, inodesDelta);
    return true;
  }

  private static void tell(Gauge gauge, long figure, long delta) {
    if (delta > 0) {
      gauge.rose(figure);
    } else if (delta < 0) {
      gauge.fell(figure);
    }
  }

  /**
   * Says that bytes were refused without a charge being tried.
   *
   * @param more by how much the sum of sizes was to grow
   * @return ENOSPC, to be thrown
   */
  public synchronized ErrnoException full(long more) {
    bytesGauge.refused(bytes + Math.max(1, more));
    return ENOSPC.exception();
  }

  private void tellRefused(long bytesDelta, long inodesDelta) {
    if (exceeds(inodes, inodesDelta, limits.inodes())) {
      inodesGauge.refused(inodes + inodesDelta);
    } else {
      // Host memory is bounded by what the bytes and inodes allow; its shortage is one of theirs.
      bytesGauge.refused(bytes + Math.max(0, bytesDelta));
    }
  }

  private static boolean exceeds(long used, long delta, long limit) {
    return delta > 0 && used > limit - delta; // Use may be negative, so this side never overflows.
  }

  /** A ledger of the same use, held against limits of its own from here on. */
  public synchronized StorageLedger fork(StorageLimits forkLimits) {
    return new StorageLedger(forkLimits, bytes, inodes, residentBytes);
  }

  /** What this ledger is held against. */
  public StorageLimits limits() {
    return limits;
  }

  /** Bytes and inodes at one moment. */
  public synchronized StorageUse use() {
    return new StorageUse(bytes, inodes);
  }

  /** Sum of the sizes of everything but directories. */
  public synchronized long bytes() {
    return bytes;
  }

  /** Number of inodes. */
  public synchronized long inodes() {
    return inodes;
  }

  /**
   * Estimate of the host memory that these files would hold if they shared nothing with a snapshot
   * or fork: allocated blocks, records, names, extended attributes.
   */
  public synchronized long residentBytes() {
    return residentBytes;
  }

  /** Bytes by which sizes may still grow, never negative. */
  public synchronized long freeBytes() {
    long most = limits.bytes();
    return bytes < 0 && most > Long.MAX_VALUE + bytes ? Long.MAX_VALUE : Math.max(0, most - bytes);
  }

  /** Host memory that may still be taken, never negative. */
  public synchronized long freeResidentBytes() {
    return Math.max(0, limits.residentBytes() - residentBytes);
  }
}
