package io.vivarium.wasm.wasi.preview1;

import static io.vivarium.kernel.errno.Errno.EINVAL;

import io.vivarium.kernel.syscall.AtFlags;

/**
 * The times of {@code *_filestat_set_times} as utimensat(2) takes them. Flags say for each time
 * whether it is set to a value, to now, or left.
 *
 * <p>Source: WASI preview 1, type {@code fstflags}.
 */
final class FileTimes {
  static final int ATIM = 1;
  static final int ATIM_NOW = 2;
  static final int MTIM = 4;
  static final int MTIM_NOW = 8;

  private FileTimes() {}

  /**
   * Checks flags.
   *
   * @throws io.vivarium.kernel.errno.ErrnoException EINVAL for a value and now at once, or unknown
   *     bits
   */
  static int check(int flags) {
    boolean unknown = (flags & ~(ATIM | ATIM_NOW | MTIM | MTIM_NOW)) != 0;
    boolean bothAccess = (flags & ATIM) != 0 && (flags & ATIM_NOW) != 0;
    boolean bothModification = (flags & MTIM) != 0 && (flags & MTIM_NOW) != 0;
    if (unknown || bothAccess || bothModification) {
      throw EINVAL.exception();
    }
    return flags;
  }

  /** The access time to set. */
  static long access(long nanoseconds, int flags) {
    return time(nanoseconds, (flags & ATIM) != 0, (flags & ATIM_NOW) != 0);
  }

  /** The modification time to set. */
  static long modification(long nanoseconds, int flags) {
    return time(nanoseconds, (flags & MTIM) != 0, (flags & MTIM_NOW) != 0);
  }

  private static long time(long nanoseconds, boolean given, boolean now) {
    if (now) {
      return AtFlags.UTIME_NOW;
    }
    if (!given) {
      return AtFlags.UTIME_OMIT;
    }
    // Beyond the year 2262, and the two values that mean something else to the kernel.
    if (nanoseconds < 0 || nanoseconds == Long.MAX_VALUE) {
      throw EINVAL.exception();
    }
    return nanoseconds;
  }
}
