package io.vivarium.wasm.wasi.preview1;

import static io.vivarium.wasm.engine.ValueType.I32;
import static io.vivarium.wasm.engine.ValueType.I64;

import io.vivarium.kernel.syscall.AtFlags;
import io.vivarium.kernel.text.ByteStrings;
import io.vivarium.wasm.engine.GuestMemory;
import io.vivarium.wasm.wasi.At;
import io.vivarium.wasm.wasi.Filestat;
import io.vivarium.wasm.wasi.GuestContext;
import io.vivarium.wasm.wasi.GuestStrings;
import io.vivarium.wasm.wasi.ImportModule;
import io.vivarium.wasm.wasi.Oflags;
import io.vivarium.wasm.wasi.Rights;
import io.vivarium.wasm.wasi.StatMemo.Field;

/**
 * Files by name. A path is an address and a length; where it starts and whether it may lead out of
 * there is for {@link io.vivarium.wasm.wasi.Directories}. Longer than 4095 bytes is ENAMETOOLONG, a
 * NUL inside is EINVAL.
 */
final class PathFunctions {
  private static final int DIRECTORY_MODE = 0777;

  private PathFunctions() {}

  static void define(ImportModule.Builder module) {
    module
        .errno("path_create_directory", PathFunctions::pathCreateDirectory, I32, I32, I32)
        .errno(
            "path_filestat_set_times",
            PathFunctions::pathFilestatSetTimes,
            I32,
            I32,
            I32,
            I32,
            I64,
            I64,
            I32)
        .errno("path_link", PathFunctions::pathLink, I32, I32, I32, I32, I32, I32, I32)
        .errno("path_open", PathOpen::pathOpen, I32, I32, I32, I32, I32, I64, I64, I32, I32)
        .errno("path_readlink", PathFunctions::pathReadlink, I32, I32, I32, I32, I32, I32)
        .errno("path_remove_directory", PathFunctions::pathRemoveDirectory, I32, I32, I32)
        .errno("path_rename", PathFunctions::pathRename, I32, I32, I32, I32, I32, I32)
        .errno("path_symlink", PathFunctions::pathSymlink, I32, I32, I32, I32, I32)
        .errno("path_unlink_file", PathFunctions::pathUnlinkFile, I32, I32, I32);
  }

  /** Adds {@code path_filestat_get} with the layout of preview 1. */
  static void defineFilestat(ImportModule.Builder module) {
    module.errno("path_filestat_get", PathFunctions::pathFilestatGet, I32, I32, I32, I32, I32);
  }

  /** Adds {@code path_filestat_get} with the layout of snapshot 0. */
  static void defineUnstableFilestat(ImportModule.Builder module) {
    module.errno(
        "path_filestat_get", PathFunctions::pathFilestatGetUnstable, I32, I32, I32, I32, I32);
  }

  /**
   * {@code path_create_directory(fd, path, len)}: mkdirat(2) with mode 0777.
   *
   * <p>EEXIST, ENOENT, ENOTDIR, EACCES, EROFS, ENOSPC. Source: WASI preview 1.
   */
  static void pathCreateDirectory(GuestContext guest, GuestMemory memory, long[] a) {
    At at = guest.at((int) a[0], Rights.PATH_CREATE_DIRECTORY, memory, (int) a[1], (int) a[2]);
    guest.files().mkdir(at.dirfd(), at.path(), DIRECTORY_MODE);
  }

  /**
   * {@code path_filestat_get(fd, flags: lookupflags, path, len, stat: *filestat)}: fstatat(2).
   *
   * <p>Source: WASI preview 1; ABI section 5.
   */
  static void pathFilestatGet(GuestContext guest, GuestMemory memory, long[] a) {
    memory.offset((int) a[4], Filestat.SIZE);
    Filestat.write(memory, (int) a[4], stat(guest, memory, a));
  }

  /** {@code path_filestat_get} with the layout of snapshot 0. */
  static void pathFilestatGetUnstable(GuestContext guest, GuestMemory memory, long[] a) {
    memory.offset((int) a[4], Filestat.UNSTABLE_SIZE);
    Filestat.writeUnstable(memory, (int) a[4], stat(guest, memory, a));
  }

  private static io.vivarium.kernel.fs.Stat stat(GuestContext guest, GuestMemory memory, long[] a) {
    int fd = (int) a[0];
    guest.rights().require(fd, Rights.PATH_FILESTAT_GET);
    boolean follow = Oflags.follows((int) a[1]);
    return guest.stat(Field.FILESTAT, fd, memory, (int) a[2], (int) a[3], follow);
  }

  /**
   * {@code path_filestat_set_times(fd, flags: lookupflags, path, len, atim: u64, mtim: u64,
   * fstflags: u16)}: utimensat(2).
   *
   * <p>EINVAL for contradictory flags, EPERM, EACCES. Source: WASI preview 1; see {@link
   * FileTimes}.
   */
  static void pathFilestatSetTimes(GuestContext guest, GuestMemory memory, long[] a) {
    boolean follow = Oflags.follows((int) a[1]);
    At at = guest.at((int) a[0], Rights.PATH_FILESTAT_SET_TIMES, memory, (int) a[2], (int) a[3]);
    int flags = FileTimes.check((int) a[6]);
    guest
        .files()
        .utimens(
            at.dirfd(),
            at.path(),
            FileTimes.access(a[4], flags),
            FileTimes.modification(a[5], flags),
            follow ? 0 : AtFlags.AT_SYMLINK_NOFOLLOW);
  }

  /**
   * {@code path_link(old_fd, old_flags: lookupflags, old_path, len, new_fd, new_path, len)}:
   * linkat(2).
   *
   * <p>EEXIST, EXDEV across mounts, EPERM for a directory, EMLINK. Source: WASI preview 1.
   */
  static void pathLink(GuestContext guest, GuestMemory memory, long[] a) {
    boolean follow = Oflags.follows((int) a[1]);
    At from = guest.at((int) a[0], Rights.PATH_LINK_SOURCE, memory, (int) a[2], (int) a[3]);
    At to = guest.at((int) a[4], Rights.PATH_LINK_TARGET, memory, (int) a[5], (int) a[6]);
    int flags = follow ? AtFlags.AT_SYMLINK_FOLLOW : 0;
    guest.files().link(from.dirfd(), from.path(), to.dirfd(), to.path(), flags);
  }

  /**
   * {@code path_readlink(fd, path, len, buf: *u8, cap: u32, used: *u32)}: the target of a symlink,
   * cut to the buffer.
   *
   * <p>EINVAL when it is no symlink. Source: WASI preview 1; readlinkat(2).
   */
  static void pathReadlink(GuestContext guest, GuestMemory memory, long[] a) {
    memory.offset((int) a[3], (int) a[4]);
    memory.offset((int) a[5], 4);
    At at = guest.at((int) a[0], Rights.PATH_READLINK, memory, (int) a[1], (int) a[2]);
    String target = guest.files().readlink(at.dirfd(), At.named(at.path()));
    byte[] bytes = ByteStrings.encode(target);
    int length = (int) Math.min(bytes.length, a[4] & 0xffff_ffffL);
    memory.copyIn((int) a[3], bytes, 0, length);
    memory.putInt((int) a[5], length);
  }

  /**
   * {@code path_remove_directory(fd, path, len)}: rmdir(2).
   *
   * <p>ENOTEMPTY, ENOTDIR, EBUSY. Source: WASI preview 1.
   */
  static void pathRemoveDirectory(GuestContext guest, GuestMemory memory, long[] a) {
    At at = guest.at((int) a[0], Rights.PATH_REMOVE_DIRECTORY, memory, (int) a[1], (int) a[2]);
    guest.files().rmdir(at.dirfd(), at.path());
  }

  /**
   * {@code path_rename(old_fd, old_path, len, new_fd, new_path, len)}: renameat(2).
   *
   * <p>EXDEV across mounts, ENOTEMPTY, EISDIR, ENOTDIR, EINVAL into itself. Source: WASI preview 1.
   */
  static void pathRename(GuestContext guest, GuestMemory memory, long[] a) {
    At from = guest.at((int) a[0], Rights.PATH_RENAME_SOURCE, memory, (int) a[1], (int) a[2]);
    At to = guest.at((int) a[3], Rights.PATH_RENAME_TARGET, memory, (int) a[4], (int) a[5]);
    guest.files().rename(from.dirfd(), from.path(), to.dirfd(), to.path(), 0);
  }

  /**
   * {@code path_symlink(target, len, fd, path, len)}: symlinkat(2). Where a program is confined to
   * its directories the target has to be relative (ENOTCAPABLE), so that nothing else is led
   * astray.
   *
   * <p>EEXIST, ENOENT for an empty target. Source: WASI preview 1.
   */
  static void pathSymlink(GuestContext guest, GuestMemory memory, long[] a) {
    String target = GuestStrings.path(memory, (int) a[0], (int) a[1]);
    At at = guest.at((int) a[2], Rights.PATH_SYMLINK, memory, (int) a[3], (int) a[4]);
    guest.checkSymlinkTarget(target);
    guest.files().symlink(target, at.dirfd(), at.path());
  }

  /**
   * {@code path_unlink_file(fd, path, len)}: unlink(2).
   *
   * <p>EISDIR for a directory, ENOTDIR for a file with a slash behind it. Source: WASI preview 1.
   */
  static void pathUnlinkFile(GuestContext guest, GuestMemory memory, long[] a) {
    At at = guest.at((int) a[0], Rights.PATH_UNLINK_FILE, memory, (int) a[1], (int) a[2]);
    guest.files().unlink(at.dirfd(), at.path());
  }
}
