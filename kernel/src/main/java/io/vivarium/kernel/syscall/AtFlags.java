package io.vivarium.kernel.syscall;

/** Flags and special descriptors of the {@code *at} calls, Linux values (openat(2), stat(2)). */
public final class AtFlags {
  /** The directory descriptor that stands for the working directory. */
  public static final int AT_FDCWD = -100;

  public static final int AT_SYMLINK_NOFOLLOW = 0x100;
  public static final int AT_EACCESS = 0x200;
  public static final int AT_REMOVEDIR = 0x200;
  public static final int AT_SYMLINK_FOLLOW = 0x400;
  public static final int AT_EMPTY_PATH = 0x1000;

  /** A time of utimensat(2) that means now. */
  public static final long UTIME_NOW = Long.MAX_VALUE;

  /** A time of utimensat(2) that stays as it is. */
  public static final long UTIME_OMIT = Long.MIN_VALUE;

  private AtFlags() {}

  static boolean follows(int flags) {
    return (flags & AT_SYMLINK_NOFOLLOW) == 0;
  }
}
