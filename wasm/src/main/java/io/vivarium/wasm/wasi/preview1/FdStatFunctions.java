package io.vivarium.wasm.wasi.preview1;

import static io.vivarium.kernel.errno.Errno.EBADF;
import static io.vivarium.wasm.engine.ValueType.I32;
import static io.vivarium.wasm.engine.ValueType.I64;

import io.vivarium.kernel.file.FileDescription;
import io.vivarium.kernel.fs.FileType;
import io.vivarium.wasm.engine.GuestMemory;
import io.vivarium.wasm.wasi.FdFlags;
import io.vivarium.wasm.wasi.Fdstat;
import io.vivarium.wasm.wasi.Filestat;
import io.vivarium.wasm.wasi.GuestContext;
import io.vivarium.wasm.wasi.ImportModule;
import io.vivarium.wasm.wasi.Rights;
import io.vivarium.wasm.wasi.StatMemo.Field;
import io.vivarium.wasm.wasi.TaggedRoot;
import io.vivarium.wasm.wasi.WasiError;
import io.vivarium.wasm.wasi.WasiFileType;

/** What a descriptor is: type, flags, rights, attributes. */
final class FdStatFunctions {
  private FdStatFunctions() {}

  static void define(ImportModule.Builder module) {
    module
        .errno("fd_fdstat_get", FdStatFunctions::fdFdstatGet, I32, I32)
        .errno("fd_fdstat_set_flags", FdStatFunctions::fdFdstatSetFlags, I32, I32)
        .errno("fd_fdstat_set_rights", FdStatFunctions::fdFdstatSetRights, I32, I64, I64)
        .errno("fd_filestat_set_size", FdStatFunctions::fdFilestatSetSize, I32, I64)
        .errno("fd_filestat_set_times", FdStatFunctions::fdFilestatSetTimes, I32, I64, I64, I32);
  }

  /** Adds {@code fd_filestat_get} with the layout of preview 1. */
  static void defineFilestat(ImportModule.Builder module) {
    module.errno("fd_filestat_get", FdStatFunctions::fdFilestatGet, I32, I32);
  }

  /** Adds {@code fd_filestat_get} with the layout of snapshot 0. */
  static void defineUnstableFilestat(ImportModule.Builder module) {
    module.errno("fd_filestat_get", FdStatFunctions::fdFilestatGetUnstable, I32, I32);
  }

  /**
   * {@code fd_fdstat_get(fd, stat: *fdstat)}: type, status flags and rights. The guests' libc calls
   * it before every read and write, so it allocates nothing.
   *
   * <p>Source: WASI preview 1; ABI sections 4 and 5.
   */
  static void fdFdstatGet(GuestContext guest, GuestMemory memory, long[] a) {
    int fd = (int) a[0];
    if (guest.isTagged(fd)) {
      Fdstat.write(memory, (int) a[1], WasiFileType.DIRECTORY, 0, Rights.ALL, Rights.ALL);
      return;
    }
    FileDescription file = guest.calls().descriptors().description(fd);
    FileType type = file.inode().type();
    int flags = file.flags();
    Fdstat.write(
        memory,
        (int) a[1],
        WasiFileType.of(file),
        FdFlags.fromLinux(flags),
        guest.rights().base(fd, Rights.of(type, flags)),
        guest.rights().inheriting(fd, inheriting(type)));
  }

  /** Descriptors that are opened through a directory can have any right. */
  private static long inheriting(FileType type) {
    return type == FileType.DIRECTORY ? Rights.ALL : 0;
  }

  /**
   * {@code fd_fdstat_set_flags(fd, flags: u16)}: APPEND and NONBLOCK change, the others stay as the
   * file was opened.
   *
   * <p>EINVAL for bits that mean nothing. Source: WASI preview 1; fcntl(2), F_SETFL.
   */
  static void fdFdstatSetFlags(GuestContext guest, GuestMemory memory, long[] a) {
    int fd = guest.descriptor((int) a[0], Rights.FD_FDSTAT_SET_FLAGS);
    guest.calls().descriptors().setFlags(fd, FdFlags.toLinux((int) a[1]));
  }

  /**
   * {@code fd_fdstat_set_rights(fd, base: u64, inheriting: u64)}: gives up every right that is not
   * named, for good.
   *
   * <p>ENOTCAPABLE when a right is named that the descriptor does not have. Source: WASI preview 1.
   */
  static void fdFdstatSetRights(GuestContext guest, GuestMemory memory, long[] a) {
    int fd = (int) a[0];
    if (TaggedRoot.isTagged(fd)) {
      throw EBADF.exception();
    }
    FileDescription file = guest.calls().descriptors().description(fd);
    FileType type = file.inode().type();
    long base = guest.rights().base(fd, Rights.of(type, file.flags()));
    long inheriting = guest.rights().inheriting(fd, inheriting(type));
    if ((a[1] & ~base) != 0 || (a[2] & ~inheriting) != 0) {
      throw WasiError.NOTCAPABLE;
    }
    guest.rights().limit(fd, a[1], a[2]);
  }

  /**
   * {@code fd_filestat_get(fd, stat: *filestat)}: fstat(2).
   *
   * <p>Source: WASI preview 1; ABI section 5.
   */
  static void fdFilestatGet(GuestContext guest, GuestMemory memory, long[] a) {
    memory.offset((int) a[1], Filestat.SIZE);
    guest.rights().require((int) a[0], Rights.FD_FILESTAT_GET);
    Filestat.write(memory, (int) a[1], guest.stat(Field.FILESTAT, (int) a[0]));
  }

  /** {@code fd_filestat_get} with the layout of snapshot 0. */
  static void fdFilestatGetUnstable(GuestContext guest, GuestMemory memory, long[] a) {
    memory.offset((int) a[1], Filestat.UNSTABLE_SIZE);
    guest.rights().require((int) a[0], Rights.FD_FILESTAT_GET);
    Filestat.writeUnstable(memory, (int) a[1], guest.stat(Field.FILESTAT, (int) a[0]));
  }

  /**
   * {@code fd_filestat_set_size(fd, size: u64)}: ftruncate(2).
   *
   * <p>EINVAL when the descriptor is not open for writing or the size is beyond 2^63, EFBIG,
   * ENOSPC. Source: WASI preview 1.
   */
  static void fdFilestatSetSize(GuestContext guest, GuestMemory memory, long[] a) {
    int fd = guest.descriptor((int) a[0], Rights.FD_FILESTAT_SET_SIZE);
    guest.calls().descriptors().truncate(fd, a[1]);
  }

  /**
   * {@code fd_filestat_set_times(fd, atim: u64, mtim: u64, flags: u16)}: futimens(2).
   *
   * <p>EINVAL for contradictory flags. Source: WASI preview 1; see {@link FileTimes}.
   */
  static void fdFilestatSetTimes(GuestContext guest, GuestMemory memory, long[] a) {
    int fd = guest.descriptor((int) a[0], Rights.FD_FILESTAT_SET_TIMES);
    int flags = FileTimes.check((int) a[3]);
    guest
        .calls()
        .descriptors()
        .utimens(fd, FileTimes.access(a[1], flags), FileTimes.modification(a[2], flags));
  }
}
