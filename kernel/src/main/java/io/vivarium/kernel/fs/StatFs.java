package io.vivarium.kernel.fs;

/**
 * What statfs(2) answers.
 *
 * @param type magic number of the file system type (statfs(2))
 * @param totalBytes capacity; {@link Long#MAX_VALUE} when unlimited
 * @param usedBytes bytes in use
 * @param totalInodes capacity in inodes; {@link Long#MAX_VALUE} when unlimited
 * @param usedInodes inodes in use
 */
public record StatFs(
    long type, long totalBytes, long usedBytes, long totalInodes, long usedInodes) {

  /** Magic number of tmpfs. */
  public static final long TMPFS_MAGIC = 0x01021994L;

  /** Magic number of overlayfs. */
  public static final long OVERLAYFS_MAGIC = 0x794c7630L;

  /** Magic number of proc. */
  public static final long PROC_MAGIC = 0x9fa0L;

  /** Magic number of devpts. */
  public static final long DEVPTS_MAGIC = 0x1cd1L;

  /** Magic number reported for file systems that have none of their own (FUSE). */
  public static final long FUSE_MAGIC = 0x65735546L;

  /** Bytes still free, never negative. */
  public long freeBytes() {
    return Math.max(0, totalBytes - usedBytes);
  }

  /** Inodes still free, never negative. */
  public long freeInodes() {
    return Math.max(0, totalInodes - usedInodes);
  }
}
