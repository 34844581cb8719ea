package io.vivarium.kernel.fs;

import java.util.concurrent.atomic.AtomicLong;

/**
 * A tree of inodes that can be mounted: memory, overlay, a host directory, proc. One instance
 * belongs to one machine, except for immutable ones, which machines share.
 */
public abstract class FileSystem implements AutoCloseable {
  private static final AtomicLong NEXT_DEVICE = new AtomicLong(0x10);

  private final long device = NEXT_DEVICE.getAndIncrement();

  /** The type as /proc/mounts shows it, such as "tmpfs" or "overlay". */
  public abstract String type();

  /** The source as /proc/mounts shows it; must not name a path of the host. */
  public String source() {
    return type();
  }

  /** {@code st_dev}: unique for every instance in this JVM. */
  public final long device() {
    return device;
  }

  /** The root directory; always the same object. */
  public abstract Inode root();

  /** Capacity and use. */
  public abstract StatFs statFs();

  /** Whether every change would answer EROFS, whatever the mount says. */
  public boolean readOnly() {
    return false;
  }

  /**
   * Whether directories change their names only by calls of the machine that has mounted it, so
   * that their paths hold until its {@link RenameSequence} says otherwise.
   */
  public boolean movesOnlyByCalls() {
    return false;
  }

  /** Releases what the file system holds on the host. Guests are gone by then. */
  @Override
  public void close() {}
}
