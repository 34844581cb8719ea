package io.vivarium.kernel.fs.host;

import java.util.Locale;

/**
 * Numbers of the host's Linux system call interface that {@link HostCalls} needs. Most are the same
 * on every architecture; those that differ are chosen by the architecture of this JVM.
 */
final class LinuxAbi {
  private static final String ARCHITECTURE =
      System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
  private static final boolean X86_64 =
      ARCHITECTURE.equals("amd64") || ARCHITECTURE.equals("x86_64");
  private static final boolean AARCH64 = ARCHITECTURE.equals("aarch64");
  private static final boolean RISCV64 = ARCHITECTURE.equals("riscv64");

  // System call numbers: x86-64 has its own, later architectures share the generic table.
  static final long SYS_STATX = X86_64 ? 332 : 291;
  static final long SYS_RENAMEAT2 = X86_64 ? 316 : 276;
  static final long SYS_GETDENTS64 = X86_64 ? 217 : 61;
  static final long SYS_PWRITEV2 = X86_64 ? 328 : 287;

  // open(2)
  static final int O_RDONLY = 0;
  static final int O_WRONLY = 01;
  static final int O_RDWR = 02;
  static final int O_CREAT = 0100;
  static final int O_EXCL = 0200;
  static final int O_NOCTTY = 0400;
  static final int O_CLOEXEC = 02000000;
  static final int O_PATH = 010000000;
  static final int O_DIRECTORY = AARCH64 ? 040000 : 0200000;
  static final int O_NOFOLLOW = AARCH64 ? 0100000 : 0400000;
  static final int O_TMPFILE = 020000000 | O_DIRECTORY;

  // The *at calls
  static final int AT_FDCWD = -100;
  static final int AT_SYMLINK_NOFOLLOW = 0x100;
  static final int AT_REMOVEDIR = 0x200;
  static final int AT_SYMLINK_FOLLOW = 0x400;
  static final int AT_NO_AUTOMOUNT = 0x800;
  static final int AT_EMPTY_PATH = 0x1000;

  // statx(2)
  static final int STATX_BASIC_STATS = 0x7ff;
  static final int STATX_BTIME = 0x800;
  static final int STATX_MNT_ID = 0x1000;

  static final long UTIME_OMIT = (1L << 30) - 2;
  static final int RWF_APPEND = 0x10;

  /** The number of a resource in getrlimit(2); not a limit itself. */
  static final int RLIMIT_NOFILE = 7;

  static final int SEEK_SET = 0;
  static final int SEEK_CUR = 1;
  static final int SEEK_DATA = 3;
  static final int SEEK_HOLE = 4;

  // fallocate(2)
  static final int FALLOC_FL_KEEP_SIZE = 0x01;
  static final int FALLOC_FL_PUNCH_HOLE = 0x02;
  static final int FALLOC_FL_COLLAPSE_RANGE = 0x08;
  static final int FALLOC_FL_ZERO_RANGE = 0x10;
  static final int FALLOC_FL_INSERT_RANGE = 0x20;

  private LinuxAbi() {}

  /** Whether this JVM runs on a Linux whose numbers are known here. */
  static boolean known() {
    return System.getProperty("os.name", "").equals("Linux") && (X86_64 || AARCH64 || RISCV64);
  }
}
