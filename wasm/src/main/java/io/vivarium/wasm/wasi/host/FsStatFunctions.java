package io.vivarium.wasm.wasi.host;

import static io.vivarium.wasm.engine.ValueType.I32;
import static io.vivarium.wasm.engine.ValueType.I64;

import io.vivarium.kernel.fs.Stat;
import io.vivarium.kernel.fs.StatFs;
import io.vivarium.wasm.engine.GuestMemory;
import io.vivarium.wasm.wasi.At;
import io.vivarium.wasm.wasi.GuestContext;
import io.vivarium.wasm.wasi.ImportModule;
import io.vivarium.wasm.wasi.StatMemo.Field;

/**
 * The fields of {@code stat} that preview 1 has no room for, one function each. The guests' libc
 * calls them right after {@code path_filestat_get} or {@code fd_filestat_get}; see {@link
 * io.vivarium.wasm.wasi.StatMemo}.
 *
 * <p>Source: ABI section 7.
 */
final class FsStatFunctions {
  private FsStatFunctions() {}

  static void define(ImportModule.Builder module) {
    module
        .value("path_mode", I32, 0, FsStatFunctions::pathMode, I32, I32, I32, I32)
        .value("path_size", I64, -1, FsStatFunctions::pathSize, I32, I32, I32, I32)
        .value("path_blocks", I64, -1, FsStatFunctions::pathBlocks, I32, I32, I32, I32)
        .value("path_rdev", I64, 0, FsStatFunctions::pathRdev, I32, I32, I32, I32)
        .errno("path_owner", FsStatFunctions::pathOwner, I32, I32, I32, I32, I32, I32)
        .value("fd_mode", I32, -1, FsStatFunctions::fdMode, I32)
        .value("fd_size", I64, -1, FsStatFunctions::fdSize, I32)
        .value("fd_blocks", I64, -1, FsStatFunctions::fdBlocks, I32)
        .errno("fd_owner", FsStatFunctions::fdOwner, I32, I32, I32)
        .errno("path_statfs", FsStatFunctions::pathStatfs, I32, I32, I32, I32, I32, I32, I32, I32);
  }

  /** {@code path_mode(dirfd, path, len, follow) -> i32}: {@code st_mode}; 0 on any error. */
  static long pathMode(GuestContext guest, GuestMemory memory, long[] a) {
    return stat(guest, memory, a, Field.MODE).mode();
  }

  /** {@code path_size(dirfd, path, len, follow) -> i64}: {@code st_size}; all ones on any error. */
  static long pathSize(GuestContext guest, GuestMemory memory, long[] a) {
    return stat(guest, memory, a, Field.SIZE).size();
  }

  /**
   * {@code path_blocks(dirfd, path, len, follow) -> i64}: {@code st_blocks}, units of 512 bytes;
   * all ones on any error.
   */
  static long pathBlocks(GuestContext guest, GuestMemory memory, long[] a) {
    return stat(guest, memory, a, Field.BLOCKS).blocks();
  }

  /** {@code path_rdev(dirfd, path, len, follow) -> i64}: {@code st_rdev}; 0 on any error. */
  static long pathRdev(GuestContext guest, GuestMemory memory, long[] a) {
    return stat(guest, memory, a, Field.RDEV).rdev();
  }

  /** {@code path_owner(dirfd, path, len, follow, uid: *u32, gid: *u32)}: owner and group. */
  static void pathOwner(GuestContext guest, GuestMemory memory, long[] a) {
    memory.offset((int) a[4], 4);
    memory.offset((int) a[5], 4);
    Stat stat = stat(guest, memory, a, Field.OWNER);
    memory.putInt((int) a[4], stat.uid());
    memory.putInt((int) a[5], stat.gid());
  }

  private static Stat stat(GuestContext guest, GuestMemory memory, long[] a, Field field) {
    return guest.stat(field, (int) a[0], memory, (int) a[1], (int) a[2], (int) a[3] != 0);
  }

  /** {@code fd_mode(fd) -> i32}: {@code st_mode}; all ones on any error. */
  static long fdMode(GuestContext guest, GuestMemory memory, long[] a) {
    return guest.stat(Field.MODE, (int) a[0]).mode();
  }

  /** {@code fd_size(fd) -> i64}: {@code st_size}; all ones on any error. */
  static long fdSize(GuestContext guest, GuestMemory memory, long[] a) {
    return guest.stat(Field.SIZE, (int) a[0]).size();
  }

  /** {@code fd_blocks(fd) -> i64}: {@code st_blocks}; all ones on any error. */
  static long fdBlocks(GuestContext guest, GuestMemory memory, long[] a) {
    return guest.stat(Field.BLOCKS, (int) a[0]).blocks();
  }

  /** {@code fd_owner(fd, uid: *u32, gid: *u32)}: owner and group. */
  static void fdOwner(GuestContext guest, GuestMemory memory, long[] a) {
    memory.offset((int) a[1], 4);
    memory.offset((int) a[2], 4);
    Stat stat = guest.stat(Field.OWNER, (int) a[0]);
    memory.putInt((int) a[1], stat.uid());
    memory.putInt((int) a[2], stat.gid());
  }

  /**
   * {@code path_statfs(dirfd, path, len, total: *u64, used: *u64, available: *u64, inodes: *u64,
   * free_inodes: *u64)}: statfs(2), in bytes and inodes.
   */
  static void pathStatfs(GuestContext guest, GuestMemory memory, long[] a) {
    for (int i = 3; i < 8; i++) {
      memory.offset((int) a[i], 8);
    }
    At at = guest.atOrCwd((int) a[0], memory, (int) a[1], (int) a[2]);
    StatFs stat = guest.files().statfs(at.dirfd(), At.named(at.path()));
    memory.putLong((int) a[3], stat.totalBytes());
    memory.putLong((int) a[4], stat.usedBytes());
    memory.putLong((int) a[5], stat.freeBytes());
    memory.putLong((int) a[6], stat.totalInodes());
    memory.putLong((int) a[7], stat.freeInodes());
  }
}
