package io.vivarium.kernel.limit;

/**
 * How much a file system may hold. A change that would exceed one of these answers ENOSPC.
 *
 * @param bytes sum of the sizes of everything but directories; hard links once, a symlink counts
 *     its target's length, holes count like data; {@link Long#MAX_VALUE} for no limit
 * @param inodes files of every kind, the root directory included; {@link Long#MAX_VALUE} for no
 *     limit
 * @param residentBytes memory of the host, as {@link StorageLedger#residentBytes()} estimates it:
 *     what sizes do not tell, such as names, extended attributes, and blocks of which one byte is
 *     used
 */
public record StorageLimits(long bytes, long inodes, long residentBytes) {
  private static final long RESIDENT_PER_INODE = 2048;

  /** Checks that no limit is negative. */
  public StorageLimits {
    if (bytes < 0 || inodes < 0 || residentBytes < 0) {
      throw new IllegalArgumentException(
          "storage limits must not be negative: bytes %d, inodes %d, residentBytes %d"
              .formatted(bytes, inodes, residentBytes));
    }
  }

  /**
   * Limits of bytes and inodes, with a bound on host memory that ordinary use of them never meets:
   * twice the bytes and 2 KiB for each inode, but never more than half of this JVM's heap.
   */
  public static StorageLimits of(long bytes, long inodes) {
    long heap = Runtime.getRuntime().maxMemory() / 2;
    long perBytes = bytes > heap / 2 ? heap : 2 * bytes;
    long perInodes = inodes > heap / RESIDENT_PER_INODE ? heap : RESIDENT_PER_INODE * inodes;
    return new StorageLimits(bytes, inodes, Math.min(heap, perBytes + perInodes));
  }

  /** No limits but half of this JVM's heap. */
  public static StorageLimits unlimited() {
    return of(Long.MAX_VALUE, Long.MAX_VALUE);
  }
}
