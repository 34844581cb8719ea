package io.vivarium.kernel.fs.overlay;

import io.vivarium.kernel.fs.FileSystem;
import io.vivarium.kernel.fs.Inode;
import io.vivarium.kernel.fs.SnapshotCapable;
import io.vivarium.kernel.fs.StatFs;
import io.vivarium.kernel.fs.memory.MemoryFileSystem;
import io.vivarium.kernel.limit.StorageLedger;
import io.vivarium.kernel.limit.StorageLimits;
import io.vivarium.kernel.limit.StorageUse;
import java.time.Clock;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * A union of immutable lower trees and a writable file system in memory (overlayfs). Lower files
 * are copied up when they are first changed: their attributes alone as long as that is enough,
 * their contents with the first write, and by sharing blocks where the lower tree is in memory too.
 * Whole directories are renamed without copying what is in them.
 *
 * <p>Differences from overlayfs of Linux, all in favour of ordinary file systems: files that are
 * open see what happens after a copy-up; hard links of lower files stay hard links; inode numbers
 * and {@code st_dev} never change; directories count their subdirectories.
 *
 * <p>Reading a file that was not copied up does not change its access time.
 *
 * <p>Thread-safe.
 */
public final class OverlayFileSystem extends FileSystem implements SnapshotCapable {
  private final ReadWriteLock lock = new ReentrantReadWriteLock();
  private final LowerLayers layers;
  private final Upper upper;
  private final Lingering lingering;
  private final OverlayCache cache = new OverlayCache(this);
  private final OverlayNamespace names;
  private final OverlayDirectory root;
  private final AtomicBoolean closed = new AtomicBoolean();

  /**
   * An overlay with nothing in its upper file system yet.
   *
   * @param limits by how much the union may grow over the lower trees; and the host memory that the
   *     upper file system may take
   */
  public OverlayFileSystem(LowerLayers layers, StorageLimits limits) {
    this(layers, limits, Clock.systemUTC());
  }

  /**
   * An overlay with nothing in its upper file system yet.
   *
   * @param limits by how much the union may grow over the lower trees; and the host memory that the
   *     upper file system may take
   * @param clock tells the times of files; must be thread-safe
   */
  public OverlayFileSystem(LowerLayers layers, StorageLimits limits, InstantSource clock) {
    this(layers, new MemoryFileSystem(withOwnUse(limits), clock));
  }

  OverlayFileSystem(LowerLayers layers, MemoryFileSystem files) {
    this.layers = layers;
    layers.retain();
    this.upper = new Upper(files, layers.root());
    this.lingering = new Lingering(files.ledger());
    this.names = new OverlayNamespace(this);
    this.root = new OverlayDirectory(this, upper.tree(), layers.root(), null, "");
  }

  private static StorageLimits withOwnUse(StorageLimits limits) {
    return new StorageLimits(
        limits.bytes(),
        saturated(limits.inodes(), Upper.OWN_INODES),
        saturated(limits.residentBytes(), Upper.OWN_RESIDENT_BYTES));
  }

  private static long saturated(long limit, long more) {
    return limit > Long.MAX_VALUE - more ? Long.MAX_VALUE : limit + more;
  }

  @Override
  public boolean movesOnlyByCalls() {
    return true;
  }

  @Override
  public String type() {
    return "overlay";
  }

  @Override
  public Inode root() {
    return root;
  }

  /**
   * What is in the union, and what may be: what the lower trees hold and the limits of growth. The
   * first call, for all overlays over the same layers, walks the lower trees.
   */
  @Override
  public StatFs statFs() {
    StorageUse below = layers.use();
    StorageUse use = usage();
    StorageLimits limits = ledger().limits();
    long inodes = limits.inodes();
    return new StatFs(
        StatFs.OVERLAYFS_MAGIC,
        saturated(limits.bytes(), below.bytes()),
        use.bytes(),
        inodes == Long.MAX_VALUE ? inodes : inodes - Upper.OWN_INODES + below.inodes(),
        use.inodes());
  }

  /**
   * What is in the union now: every file that has a name or is open, whichever side has it, once;
   * files of the lower trees that are hidden do not count. Needs the lower trees' figures, as
   * {@link #statFs} says; apart from that it takes constant time.
   */
  public StorageUse usage() {
    StorageUse below = layers.use();
    StorageUse growth = ledger().use();
    return new StorageUse(
        below.bytes() + growth.bytes(), below.inodes() + growth.inodes() - Upper.OWN_INODES);
  }

  /**
   * By how much the union grew over the lower trees, negative where files of theirs were removed,
   * with the few inodes that an overlay needs for itself; and the host memory of the upper file
   * system. The limits hold against these.
   */
  public StorageLedger ledger() {
    return upper.files().ledger();
  }

  @Override
  public OverlaySnapshot snapshot() {
    lock.writeLock().lock();
    try {
      return lingering.atRest(
          () -> new OverlaySnapshot(layers, upper.files().snapshot(), lingering.use()));
    } finally {
      lock.writeLock().unlock();
    }
  }

  /** Lets go of the lower trees. */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      layers.release();
    }
  }

  Lock reading() {
    return lock.readLock();
  }

  Lock writing() {
    return lock.writeLock();
  }

  LowerLayers layers() {
    return layers;
  }

  Upper upper() {
    return upper;
  }

  Lingering lingering() {
    return lingering;
  }

  OverlayCache cache() {
    return cache;
  }

  OverlayNamespace names() {
    return names;
  }
}
