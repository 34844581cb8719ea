package io.vivarium.kernel.file;

/** Flags of open(2) with their Linux x86-64 values. */
public final class OpenFlags {
  public static final int O_RDONLY = 0;
  public static final int O_WRONLY = 01;
  public static final int O_RDWR = 02;
  public static final int O_ACCMODE = 03;
  public static final int O_CREAT = 0100;
  public static final int O_EXCL = 0200;
  public static final int O_NOCTTY = 0400;
  public static final int O_TRUNC = 01000;
  public static final int O_APPEND = 02000;
  public static final int O_NONBLOCK = 04000;
  public static final int O_DSYNC = 010000;
  public static final int O_DIRECT = 040000;
  public static final int O_DIRECTORY = 0200000;
  public static final int O_NOFOLLOW = 0400000;
  public static final int O_CLOEXEC = 02000000;
  public static final int O_SYNC = 04010000;
  public static final int O_PATH = 010000000;

  /** O_TMPFILE without the O_DIRECTORY bit that Linux packs with it. */
  public static final int O_TMPFILE_BIT = 020000000;

  public static final int O_TMPFILE = O_TMPFILE_BIT | O_DIRECTORY;

  /** The status flags that fcntl(F_SETFL) may change. */
  public static final int SETTABLE = O_APPEND | O_NONBLOCK | O_DIRECT;

  private OpenFlags() {}

  /** Whether an access mode allows reading. */
  public static boolean reads(int flags) {
    return (flags & O_ACCMODE) != O_WRONLY;
  }

  /** Whether an access mode allows writing. */
  public static boolean writes(int flags) {
    int access = flags & O_ACCMODE;
    return access == O_WRONLY || access == O_RDWR;
  }
}
