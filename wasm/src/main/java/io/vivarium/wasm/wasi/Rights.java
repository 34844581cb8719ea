package io.vivarium.wasm.wasi;

import io.vivarium.kernel.file.OpenFlags;
import io.vivarium.kernel.fs.FileType;

/**
 * What a descriptor may be used for: the bits of WASI preview 1's {@code rights}.
 *
 * <p>The kernel decides with access modes and permissions; rights are what preview 1 programs see
 * of that, and what they can give up for good through {@code fd_fdstat_set_rights}.
 *
 * <p>Source: WASI preview 1, type {@code rights}; ABI section 2.
 */
public final class Rights {
  public static final long FD_DATASYNC = 1L << 0;
  public static final long FD_READ = 1L << 1;
  public static final long FD_SEEK = 1L << 2;
  public static final long FD_FDSTAT_SET_FLAGS = 1L << 3;
  public static final long FD_SYNC = 1L << 4;
  public static final long FD_TELL = 1L << 5;
  public static final long FD_WRITE = 1L << 6;
  public static final long FD_ADVISE = 1L << 7;
  public static final long FD_ALLOCATE = 1L << 8;
  public static final long PATH_CREATE_DIRECTORY = 1L << 9;
  public static final long PATH_CREATE_FILE = 1L << 10;
  public static final long PATH_LINK_SOURCE = 1L << 11;
  public static final long PATH_LINK_TARGET = 1L << 12;
  public static final long PATH_OPEN = 1L << 13;
  public static final long FD_READDIR = 1L << 14;
  public static final long PATH_READLINK = 1L << 15;
  public static final long PATH_RENAME_SOURCE = 1L << 16;
  public static final long PATH_RENAME_TARGET = 1L << 17;
  public static final long PATH_FILESTAT_GET = 1L << 18;
  public static final long PATH_FILESTAT_SET_SIZE = 1L << 19;
  public static final long PATH_FILESTAT_SET_TIMES = 1L << 20;
  public static final long FD_FILESTAT_GET = 1L << 21;
  public static final long FD_FILESTAT_SET_SIZE = 1L << 22;
  public static final long FD_FILESTAT_SET_TIMES = 1L << 23;
  public static final long PATH_SYMLINK = 1L << 24;
  public static final long PATH_REMOVE_DIRECTORY = 1L << 25;
  public static final long PATH_UNLINK_FILE = 1L << 26;
  public static final long POLL_FD_READWRITE = 1L << 27;
  public static final long SOCK_SHUTDOWN = 1L << 28;
  public static final long SOCK_ACCEPT = 1L << 29;

  /** Every right there is. */
  public static final long ALL = (1L << 30) - 1;

  /** What every descriptor can be used for. */
  private static final long ANY =
      FD_FDSTAT_SET_FLAGS | FD_FILESTAT_GET | FD_FILESTAT_SET_TIMES | POLL_FD_READWRITE;

  /** Rights that need something with a position and contents. */
  private static final long FILE = FD_SEEK | FD_TELL | FD_ADVISE | FD_DATASYNC | FD_SYNC;

  /** Rights that change the contents of a file, and so need write access. */
  private static final long FILE_CHANGES = FD_ALLOCATE | FD_FILESTAT_SET_SIZE;

  /** Rights over what a directory holds. */
  public static final long DIRECTORY =
      ANY
          | FD_SYNC
          | FD_DATASYNC
          | FD_READDIR
          | PATH_CREATE_DIRECTORY
          | PATH_CREATE_FILE
          | PATH_LINK_SOURCE
          | PATH_LINK_TARGET
          | PATH_OPEN
          | PATH_READLINK
          | PATH_RENAME_SOURCE
          | PATH_RENAME_TARGET
          | PATH_FILESTAT_GET
          | PATH_FILESTAT_SET_SIZE
          | PATH_FILESTAT_SET_TIMES
          | PATH_SYMLINK
          | PATH_REMOVE_DIRECTORY
          | PATH_UNLINK_FILE;

  private Rights() {}

  /**
   * What an open file of a type can be used for.
   *
   * @param flags the flags it was opened with, as {@code F_GETFL} answers them
   */
  public static long of(FileType type, int flags) {
    long rights = ANY;
    if (OpenFlags.reads(flags)) {
      rights |= FD_READ;
    }
    if (OpenFlags.writes(flags)) {
      rights |= FD_WRITE;
    }
    return switch (type) {
      case DIRECTORY -> DIRECTORY | rights;
      case REGULAR, BLOCK_DEVICE -> rights | FILE | (OpenFlags.writes(flags) ? FILE_CHANGES : 0);
      case SOCKET -> rights | SOCK_SHUTDOWN | SOCK_ACCEPT;
      case FIFO, CHARACTER_DEVICE, SYMLINK -> rights;
    };
  }
}
