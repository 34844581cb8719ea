package io.vivarium.wasm.wasi;

import io.vivarium.kernel.file.OpenFlags;

/**
 * The {@code O_} flags of the guests' libc, which reach the host in spawn file actions and in
 * {@code open_tmpfile}, as flags of open(2).
 *
 * <p>Source: ABI sections 2 and 6.2.
 */
public final class LibcOpenFlags {
  static final int APPEND = 1;
  static final int DSYNC = 2;
  static final int NONBLOCK = 4;
  static final int RSYNC = 8;
  static final int SYNC = 16;
  static final int CREAT = 0x1000;
  static final int DIRECTORY = 0x2000;

  /** With O_TMPFILE: the file can not be given a name later. */
  public static final int EXCL = 0x4000;

  static final int TRUNC = 0x8000;
  static final int NOFOLLOW = 0x0100_0000;
  static final int EXEC = 0x0200_0000;
  static final int RDONLY = 0x0400_0000;
  static final int SEARCH = 0x0800_0000;
  static final int WRONLY = 0x1000_0000;
  static final int DIRECT = 0x2000_0000;
  static final int TMPFILE = 0x4000_0000;

  private LibcOpenFlags() {}

  /**
   * Flags of open(2). Bits that mean nothing are ignored, as open(2) does.
   *
   * <p>Rust's standard library writes the access mode as on Linux, in the low two bits, which are
   * APPEND and DSYNC here; so when no access bit is set, the low two bits are the access mode.
   */
  public static int toLinux(int flags) {
    int linux = 0;
    int status = flags & 0xffff;
    switch (flags & (RDONLY | WRONLY)) {
      case RDONLY -> linux |= OpenFlags.O_RDONLY;
      case WRONLY -> linux |= OpenFlags.O_WRONLY;
      case RDONLY | WRONLY -> linux |= OpenFlags.O_RDWR;
      default -> {
        if ((flags & (EXEC | SEARCH)) == 0) {
          int access = flags & OpenFlags.O_ACCMODE;
          linux |= access == OpenFlags.O_ACCMODE ? OpenFlags.O_RDWR : access;
          status &= ~OpenFlags.O_ACCMODE;
        }
      }
    }
    linux |= FdFlags.toLinux(status & (APPEND | DSYNC | NONBLOCK | RSYNC | SYNC));
    return linux | creation(flags);
  }

  private static int creation(int flags) {
    int linux = 0;
    if ((flags & CREAT) != 0) {
      linux |= OpenFlags.O_CREAT;
    }
    if ((flags & DIRECTORY) != 0) {
      linux |= OpenFlags.O_DIRECTORY;
    }
    if ((flags & EXCL) != 0) {
      linux |= OpenFlags.O_EXCL;
    }
    if ((flags & TRUNC) != 0) {
      linux |= OpenFlags.O_TRUNC;
    }
    if ((flags & NOFOLLOW) != 0) {
      linux |= OpenFlags.O_NOFOLLOW;
    }
    if ((flags & DIRECT) != 0) {
      linux |= OpenFlags.O_DIRECT;
    }
    if ((flags & TMPFILE) != 0) {
      linux |= OpenFlags.O_TMPFILE;
    }
    return linux;
  }
}
