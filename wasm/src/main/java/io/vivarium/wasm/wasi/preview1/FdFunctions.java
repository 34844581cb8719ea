package io.vivarium.wasm.wasi.preview1;

import static io.vivarium.kernel.errno.Errno.EBADF;
import static io.vivarium.kernel.errno.Errno.EFAULT;
import static io.vivarium.kernel.errno.Errno.EINVAL;
import static io.vivarium.wasm.engine.ValueType.I32;
import static io.vivarium.wasm.engine.ValueType.I64;

import io.vivarium.kernel.file.Whence;
import io.vivarium.kernel.fs.AllocateMode;
import io.vivarium.kernel.text.ByteStrings;
import io.vivarium.wasm.engine.GuestMemory;
import io.vivarium.wasm.wasi.DirentWriter;
import io.vivarium.wasm.wasi.GuestContext;
import io.vivarium.wasm.wasi.ImportModule;
import io.vivarium.wasm.wasi.Rights;
import org.jspecify.annotations.Nullable;

/** Descriptors: closing, positions, space, syncing, directories, preopens. */
final class FdFunctions {
  /** The last of the advices of posix_fadvise(2), all of which are accepted and none followed. */
  private static final int LAST_ADVICE = 5;

  private static final int PRESTAT_SIZE = 8;

  private FdFunctions() {}

  static void define(ImportModule.Builder module) {
    module
        .errno("fd_advise", FdFunctions::fdAdvise, I32, I64, I64, I32)
        .errno("fd_allocate", FdFunctions::fdAllocate, I32, I64, I64)
        .errno("fd_close", FdFunctions::fdClose, I32)
        .errno("fd_datasync", FdFunctions::fdDatasync, I32)
        .errno("fd_prestat_get", FdFunctions::fdPrestatGet, I32, I32)
        .errno("fd_prestat_dir_name", FdFunctions::fdPrestatDirName, I32, I32, I32)
        .errno("fd_readdir", FdFunctions::fdReaddir, I32, I32, I32, I64, I32)
        .errno("fd_renumber", FdFunctions::fdRenumber, I32, I32)
        .errno("fd_sync", FdFunctions::fdSync, I32)
        .errno("fd_tell", FdFunctions::fdTell, I32, I32);
  }

  /** Adds {@code fd_seek} with the numbers of preview 1. */
  static void defineSeek(ImportModule.Builder module) {
    module.errno("fd_seek", FdFunctions::fdSeek, I32, I64, I32, I32);
  }

  /** Adds {@code fd_seek} with the numbers of snapshot 0. */
  static void defineUnstableSeek(ImportModule.Builder module) {
    module.errno("fd_seek", FdFunctions::fdSeekUnstable, I32, I64, I32, I32);
  }

  /**
   * {@code fd_advise(fd, offset: u64, len: u64, advice: u8)}: tells how a file will be used.
   * Nothing follows from it.
   *
   * <p>EINVAL for an unknown advice or a negative range, ESPIPE for what has no positions. Source:
   * WASI preview 1; posix_fadvise(2).
   */
  static void fdAdvise(GuestContext guest, GuestMemory memory, long[] a) {
    int fd = guest.descriptor((int) a[0], Rights.FD_ADVISE);
    guest.calls().descriptors().seek(fd, 0, Whence.CURRENT);
    if (a[1] < 0 || a[2] < 0 || (int) a[3] < 0 || (int) a[3] > LAST_ADVICE) {
      throw EINVAL.exception();
    }
  }

  /**
   * {@code fd_allocate(fd, offset: u64, len: u64)}: reserves space, growing the file where needed.
   *
   * <p>EINVAL for an empty or negative range, EFBIG, ENOSPC. Source: WASI preview 1; fallocate(2)
   * with mode 0.
   */
  static void fdAllocate(GuestContext guest, GuestMemory memory, long[] a) {
    int fd = guest.descriptor((int) a[0], Rights.FD_ALLOCATE);
    guest.calls().descriptors().allocate(fd, AllocateMode.RESERVE, a[1], a[2]);
  }

  /** {@code fd_close(fd)}. A preopen outside the descriptor table can not be closed: EBADF. */
  static void fdClose(GuestContext guest, GuestMemory memory, long[] a) {
    guest.close((int) a[0]);
  }

  /** {@code fd_datasync(fd)}: fdatasync(2). */
  static void fdDatasync(GuestContext guest, GuestMemory memory, long[] a) {
    int fd = guest.descriptor((int) a[0], Rights.FD_DATASYNC);
    guest.calls().descriptors().sync(fd);
  }

  /** {@code fd_sync(fd)}: fsync(2). */
  static void fdSync(GuestContext guest, GuestMemory memory, long[] a) {
    int fd = guest.descriptor((int) a[0], Rights.FD_SYNC);
    guest.calls().descriptors().sync(fd);
  }

  /**
   * {@code fd_prestat_get(fd, prestat: *prestat)}: what a preopen is. A prestat is 8 bytes: tag u8
   * at 0 (0, a directory), length of the name u32 at 4.
   *
   * <p>EBADF when the descriptor is no preopen; that is how a libc finds the end of the list.
   * Source: WASI preview 1; ABI section 4.
   */
  static void fdPrestatGet(GuestContext guest, GuestMemory memory, long[] a) {
    int length = ByteStrings.length(preopen(guest, (int) a[0]));
    int address = (int) a[1];
    memory.offset(address, PRESTAT_SIZE);
    memory.putInt(address, 0);
    memory.putInt(address + 4, length);
  }

  /**
   * {@code fd_prestat_dir_name(fd, path: *u8, len: u32)}: the name of a preopen, without NUL.
   *
   * <p>EBADF when the descriptor is no preopen, EFAULT when the buffer is shorter than the name.
   * Source: WASI preview 1; ABI section 5.
   */
  static void fdPrestatDirName(GuestContext guest, GuestMemory memory, long[] a) {
    byte[] name = ByteStrings.encode(preopen(guest, (int) a[0]));
    int address = (int) a[1];
    memory.offset(address, (int) a[2]);
    if (Integer.compareUnsigned((int) a[2], name.length) < 0) {
      throw EFAULT.exception();
    }
    memory.copyIn(address, name, 0, name.length);
  }

  private static String preopen(GuestContext guest, int fd) {
    @Nullable String name = guest.directories().preopened(fd);
    if (name == null) {
      throw EBADF.exception();
    }
    return name;
  }

  /**
   * {@code fd_readdir(fd, buf: *u8, len: u32, cookie: u64, used: *u32)}: entries of a directory
   * from a cookie on, as {@link DirentWriter} lays them out; a full buffer means there may be more.
   *
   * <p>ENOTDIR, EINVAL for a cookie that can not be. Source: WASI preview 1; ABI section 5.
   */
  static void fdReaddir(GuestContext guest, GuestMemory memory, long[] a) {
    int fd = guest.descriptor((int) a[0], Rights.FD_READDIR);
    int used = (int) a[4];
    memory.offset((int) a[1], (int) a[2]);
    memory.offset(used, 4);
    DirentWriter entries = new DirentWriter(memory, (int) a[1], (int) a[2]);
    guest.calls().descriptors().readDirectory(fd, a[3], entries);
    memory.putInt(used, entries.used());
  }

  /**
   * {@code fd_renumber(fd, to)}: gives a descriptor another number, closing what had it.
   *
   * <p>EBADF. Source: WASI preview 1; ABI section 5.
   */
  static void fdRenumber(GuestContext guest, GuestMemory memory, long[] a) {
    guest.renumber((int) a[0], (int) a[1]);
  }

  /**
   * {@code fd_seek(fd, offset: s64, whence: u8, position: *u64)}: 0 from the start, 1 from the
   * position, 2 from the end.
   *
   * <p>ESPIPE, EINVAL for another whence or a negative result. Source: WASI preview 1; lseek(2).
   */
  static void fdSeek(GuestContext guest, GuestMemory memory, long[] a) {
    seek(guest, memory, a, whence((int) a[2], Whence.SET, Whence.CURRENT, Whence.END));
  }

  /**
   * {@code fd_seek} of snapshot 0: 0 from the position, 1 from the end, 2 from the start.
   *
   * <p>Source: WASI snapshot 0, type {@code whence}.
   */
  static void fdSeekUnstable(GuestContext guest, GuestMemory memory, long[] a) {
    seek(guest, memory, a, whence((int) a[2], Whence.CURRENT, Whence.END, Whence.SET));
  }

  /** {@code fd_tell(fd, position: *u64)}: the position. ESPIPE. */
  static void fdTell(GuestContext guest, GuestMemory memory, long[] a) {
    int fd = guest.descriptor((int) a[0], Rights.FD_TELL);
    int address = (int) a[1];
    memory.offset(address, 8);
    memory.putLong(address, guest.calls().descriptors().seek(fd, 0, Whence.CURRENT));
  }

  private static void seek(GuestContext guest, GuestMemory memory, long[] a, Whence whence) {
    boolean tells = a[1] == 0 && whence == Whence.CURRENT;
    int fd = guest.descriptor((int) a[0], tells ? Rights.FD_TELL : Rights.FD_SEEK);
    int address = (int) a[3];
    memory.offset(address, 8);
    memory.putLong(address, guest.calls().descriptors().seek(fd, a[1], whence));
  }

  private static Whence whence(int number, Whence... numbered) {
    if (number < 0 || number >= numbered.length) {
      throw EINVAL.exception();
    }
    return numbered[number];
  }
}
