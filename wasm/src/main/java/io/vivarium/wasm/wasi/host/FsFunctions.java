package io.vivarium.wasm.wasi.host;

import static io.vivarium.kernel.errno.Errno.EINVAL;
import static io.vivarium.kernel.errno.Errno.ENODATA;
import static io.vivarium.kernel.errno.Errno.ENXIO;
import static io.vivarium.wasm.engine.ValueType.I32;
import static io.vivarium.wasm.engine.ValueType.I64;

import io.vivarium.kernel.errno.ErrnoException;
import io.vivarium.kernel.file.OpenFlags;
import io.vivarium.kernel.fs.AllocateMode;
import io.vivarium.kernel.fs.Inode;
import io.vivarium.kernel.fs.Mode;
import io.vivarium.kernel.syscall.AtFlags;
import io.vivarium.wasm.engine.GuestMemory;
import io.vivarium.wasm.wasi.At;
import io.vivarium.wasm.wasi.GuestContext;
import io.vivarium.wasm.wasi.GuestStrings;
import io.vivarium.wasm.wasi.ImportModule;
import io.vivarium.wasm.wasi.LibcOpenFlags;

/**
 * Changing files beyond preview 1: modes, owners, nodes, unnamed files, space.
 *
 * <p>Source: ABI section 7.
 */
final class FsFunctions {
  private static final int RENAME_FLAGS = 3;

  private FsFunctions() {}

  static void define(ImportModule.Builder module) {
    module
        .errno("set_open_mode", FsFunctions::setOpenMode, I32)
        .errno("set_open_direct", FsFunctions::setOpenDirect, I32)
        .errno("path_access", FsFunctions::pathAccess, I32, I32, I32, I32, I32)
        .errno("chmod", FsFunctions::chmod, I32, I32, I32, I32)
        .errno("fchmod", FsFunctions::fchmod, I32, I32)
        .errno("path_chown", FsFunctions::pathChown, I32, I32, I32, I32, I32, I32)
        .errno("chown", FsFunctions::pathChown, I32, I32, I32, I32, I32, I32)
        .errno("fd_chown", FsFunctions::fdChown, I32, I32, I32)
        .errno("fchown", FsFunctions::fdChown, I32, I32, I32)
        .errno("ftruncate", FsFunctions::ftruncate, I32, I64)
        .errno("open_tmpfile", FsFunctions::openTmpfile, I32, I32, I32, I32, I32, I32)
        .errno("fd_link", FsFunctions::fdLink, I32, I32, I32, I32)
        .errno("path_mknod", FsFunctions::pathMknod, I32, I32, I32, I32, I64)
        .errno("path_renameat2", FsFunctions::pathRenameat2, I32, I32, I32, I32, I32, I32, I32)
        .errno("remount", FsFunctions::remount, I32, I32, I32, I32)
        .errno("fd_fiemap", FsFunctions::fdFiemap, I32, I32, I32, I32, I32)
        .errno("fd_punch_hole", FsFunctions::fdPunchHole, I32, I64, I64)
        .errno("fd_insert_range", FsFunctions::fdInsertRange, I32, I64, I64)
        .errno("fd_collapse_range", FsFunctions::fdCollapseRange, I32, I64, I64)
        .errno("fd_zero_range", FsFunctions::fdZeroRange, I32, I64, I64, I32);
  }

  /** {@code set_open_mode(mode)}: the mode of the file that the next {@code path_open} creates. */
  static void setOpenMode(GuestContext guest, GuestMemory memory, long[] a) {
    guest.openSettings().setMode((int) a[0]);
  }

  /** {@code set_open_direct(flag)}: whether the next {@code path_open} opens with O_DIRECT. */
  static void setOpenDirect(GuestContext guest, GuestMemory memory, long[] a) {
    guest.openSettings().setDirect((int) a[0] != 0);
  }

  /**
   * {@code path_access(dirfd, path, len, mode, effective)}: faccessat2(2); mode is 4 to read, 2 to
   * write, 1 to execute, 0 for existence. EACCES, EINVAL for other bits.
   */
  static void pathAccess(GuestContext guest, GuestMemory memory, long[] a) {
    At at = guest.atOrCwd((int) a[0], memory, (int) a[1], (int) a[2]);
    int flags = (int) a[4] != 0 ? AtFlags.AT_EACCESS : 0;
    guest.files().access(at.dirfd(), at.path(), (int) a[3], flags);
  }

  /** {@code chmod(dirfd, path, len, mode)}: fchmodat(2), following symlinks. EPERM. */
  static void chmod(GuestContext guest, GuestMemory memory, long[] a) {
    At at = guest.atOrCwd((int) a[0], memory, (int) a[1], (int) a[2]);
    guest.files().chmod(at.dirfd(), at.path(), (int) a[3] & Mode.PERMISSIONS, 0);
  }

  /** {@code fchmod(fd, mode)}: fchmod(2). EPERM. */
  static void fchmod(GuestContext guest, GuestMemory memory, long[] a) {
    At at = guest.itself((int) a[0]);
    int mode = (int) a[1] & Mode.PERMISSIONS;
    guest.files().chmod(at.dirfd(), at.path(), mode, AtFlags.AT_EMPTY_PATH);
  }

  /**
   * {@code path_chown(dirfd, path, len, uid, gid, follow)}: fchownat(2); all ones leaves an id as
   * it is. EPERM.
   */
  static void pathChown(GuestContext guest, GuestMemory memory, long[] a) {
    At at = guest.atOrCwd((int) a[0], memory, (int) a[1], (int) a[2]);
    int flags = (int) a[5] != 0 ? 0 : AtFlags.AT_SYMLINK_NOFOLLOW;
    guest.files().chown(at.dirfd(), at.path(), (int) a[3], (int) a[4], flags);
  }

  /** {@code fd_chown(fd, uid, gid)}: fchown(2); all ones leaves an id as it is. EPERM. */
  static void fdChown(GuestContext guest, GuestMemory memory, long[] a) {
    At at = guest.itself((int) a[0]);
    guest.files().chown(at.dirfd(), at.path(), (int) a[1], (int) a[2], AtFlags.AT_EMPTY_PATH);
  }

  /** {@code ftruncate(fd, size: i64)}: ftruncate(2). EINVAL, EFBIG, ENOSPC. */
  static void ftruncate(GuestContext guest, GuestMemory memory, long[] a) {
    guest.calls().descriptors().truncate((int) a[0], a[1]);
  }

  /**
   * {@code open_tmpfile(dirfd, path, len, flags, mode, fd: *u32)}: open(2) with O_TMPFILE; flags
   * are those of the guests' libc. EINVAL when not opened for writing, ENOTDIR.
   */
  static void openTmpfile(GuestContext guest, GuestMemory memory, long[] a) {
    memory.offset((int) a[5], 4);
    At at = guest.atOrCwd((int) a[0], memory, (int) a[1], (int) a[2]);
    int flags = (LibcOpenFlags.toLinux((int) a[3]) & ~OpenFlags.O_CREAT) | OpenFlags.O_TMPFILE;
    int fd = guest.files().open(at.dirfd(), at.path(), flags, (int) a[4] & Mode.PERMISSIONS);
    guest.rights().forget(fd);
    memory.putInt((int) a[5], fd);
  }

  /** {@code fd_link(fd, dirfd, path, len)}: gives an unnamed file a name. EEXIST, ENOENT. */
  static void fdLink(GuestContext guest, GuestMemory memory, long[] a) {
    At to = guest.atOrCwd((int) a[1], memory, (int) a[2], (int) a[3]);
    int fd = guest.descriptor((int) a[0]);
    guest.files().link(fd, "", to.dirfd(), to.path(), AtFlags.AT_EMPTY_PATH);
  }

  /**
   * {@code path_mknod(dirfd, path, len, mode, rdev: i64)}: mknodat(2). EEXIST; EPERM for devices
   * unless superuser.
   */
  static void pathMknod(GuestContext guest, GuestMemory memory, long[] a) {
    At at = guest.atOrCwd((int) a[0], memory, (int) a[1], (int) a[2]);
    guest.files().mknod(at.dirfd(), at.path(), (int) a[3], a[4]);
  }

  /**
   * {@code path_renameat2(old_dirfd, old, len, new_dirfd, new, len, flags)}: renameat2(2); 1 does
   * not replace (EEXIST), 2 exchanges. EINVAL for both or others.
   */
  static void pathRenameat2(GuestContext guest, GuestMemory memory, long[] a) {
    int flags = (int) a[6];
    if ((flags & ~RENAME_FLAGS) != 0 || flags == RENAME_FLAGS) {
      throw EINVAL.exception();
    }
    At from = guest.atOrCwd((int) a[0], memory, (int) a[1], (int) a[2]);
    At to = guest.atOrCwd((int) a[3], memory, (int) a[4], (int) a[5]);
    guest.files().rename(from.dirfd(), from.path(), to.dirfd(), to.path(), flags);
  }

  /**
   * {@code remount(path, len, options, len)}: mount(2) with MS_REMOUNT. Of the options, which are
   * separated by commas, {@code ro} and {@code rw} count; {@code remount} and {@code defaults} may
   * stand with them. EPERM unless superuser, EINVAL for other options or what is no mount point.
   */
  static void remount(GuestContext guest, GuestMemory memory, long[] a) {
    String path = GuestStrings.path(memory, (int) a[0], (int) a[1]);
    String options = GuestStrings.text(memory, (int) a[2], (int) a[3], 4096, EINVAL);
    boolean readOnly = false;
    for (String option : options.split(",", -1)) {
      switch (option) {
        case "ro" -> readOnly = true;
        case "rw" -> readOnly = false;
        case "", "remount", "defaults" -> {}
        default -> throw EINVAL.exception();
      }
    }
    guest.files().remount(path, readOnly);
  }

  /**
   * {@code fd_fiemap(fd, index, start: *u64, end: *u64, flags: *u32)}: the n-th range of a file
   * that holds data, in bytes. ENODATA past the last. Flags are 0: reserved space is not told from
   * written.
   */
  static void fdFiemap(GuestContext guest, GuestMemory memory, long[] a) {
    memory.offset((int) a[2], 8);
    memory.offset((int) a[3], 8);
    memory.offset((int) a[4], 4);
    Inode inode = guest.calls().descriptors().description(guest.descriptor((int) a[0])).inode();
    long index = a[1] & 0xffff_ffffL;
    long start = nextData(inode, 0);
    long end = inode.nextHole(start);
    for (long i = 0; i < index; i++) {
      start = nextData(inode, end);
      end = inode.nextHole(start);
    }
    memory.putLong((int) a[2], start);
    memory.putLong((int) a[3], end);
    memory.putInt((int) a[4], 0);
  }

  private static long nextData(Inode inode, long from) {
    try {
      return inode.nextData(from);
    } catch (ErrnoException e) {
      throw e.errno() == ENXIO ? ENODATA.exception() : e;
    }
  }

  /** {@code fd_punch_hole(fd, offset: i64, len: i64)}: FALLOC_FL_PUNCH_HOLE of fallocate(2). */
  static void fdPunchHole(GuestContext guest, GuestMemory memory, long[] a) {
    allocate(guest, a, AllocateMode.PUNCH_HOLE);
  }

  /** {@code fd_insert_range(fd, offset: i64, len: i64)}: FALLOC_FL_INSERT_RANGE of fallocate(2). */
  static void fdInsertRange(GuestContext guest, GuestMemory memory, long[] a) {
    allocate(guest, a, AllocateMode.INSERT_RANGE);
  }

  /**
   * {@code fd_collapse_range(fd, offset: i64, len: i64)}: FALLOC_FL_COLLAPSE_RANGE of fallocate(2).
   */
  static void fdCollapseRange(GuestContext guest, GuestMemory memory, long[] a) {
    allocate(guest, a, AllocateMode.COLLAPSE_RANGE);
  }

  /**
   * {@code fd_zero_range(fd, offset: i64, len: i64, keep_size)}: FALLOC_FL_ZERO_RANGE of
   * fallocate(2).
   */
  static void fdZeroRange(GuestContext guest, GuestMemory memory, long[] a) {
    boolean keep = (int) a[3] != 0;
    allocate(guest, a, keep ? AllocateMode.ZERO_RANGE_KEEP_SIZE : AllocateMode.ZERO_RANGE);
  }

  private static void allocate(GuestContext guest, long[] a, AllocateMode mode) {
    guest.calls().descriptors().allocate((int) a[0], mode, a[1], a[2]);
  }
}
