package io.vivarium.wasm.wasi.host;

import static io.vivarium.kernel.errno.Errno.E2BIG;
import static io.vivarium.kernel.errno.Errno.ERANGE;
import static io.vivarium.wasm.engine.ValueType.I32;

import io.vivarium.kernel.syscall.XattrCalls;
import io.vivarium.kernel.text.ByteStrings;
import io.vivarium.wasm.engine.GuestMemory;
import io.vivarium.wasm.wasi.At;
import io.vivarium.wasm.wasi.GuestContext;
import io.vivarium.wasm.wasi.GuestStrings;
import io.vivarium.wasm.wasi.ImportModule;
import java.io.ByteArrayOutputStream;
import java.util.List;

/**
 * Extended attributes. What is read goes to a buffer: with capacity 0 only its size is told, and
 * when it does not fit the answer is ERANGE and the size is told too.
 *
 * <p>ENODATA for a missing attribute, EOPNOTSUPP for an unknown namespace, ERANGE for a name that
 * is empty or beyond 255 bytes, E2BIG for a value beyond 64 KiB. Source: ABI section 7; xattr(7).
 */
final class XattrFunctions {
  private XattrFunctions() {}

  static void define(ImportModule.Builder module) {
    module
        .errno(
            "path_getxattr", XattrFunctions::pathGet, I32, I32, I32, I32, I32, I32, I32, I32, I32)
        .errno("path_listxattr", XattrFunctions::pathList, I32, I32, I32, I32, I32, I32, I32)
        .errno(
            "path_setxattr", XattrFunctions::pathSet, I32, I32, I32, I32, I32, I32, I32, I32, I32)
        .errno("path_removexattr", XattrFunctions::pathRemove, I32, I32, I32, I32, I32, I32)
        .errno("fd_getxattr", XattrFunctions::fdGet, I32, I32, I32, I32, I32, I32)
        .errno("fd_listxattr", XattrFunctions::fdList, I32, I32, I32, I32)
        .errno("fd_setxattr", XattrFunctions::fdSet, I32, I32, I32, I32, I32, I32)
        .errno("fd_removexattr", XattrFunctions::fdRemove, I32, I32, I32);
  }

  /**
   * {@code path_getxattr(dirfd, path, len, name, len, value: *u8, cap, follow, size: *u32)}:
   * getxattr(2), lgetxattr(2).
   */
  static void pathGet(GuestContext guest, GuestMemory memory, long[] a) {
    At at = place(guest, memory, a);
    get(guest, memory, at, a, 3, (int) a[7] != 0, (int) a[8]);
  }

  /** {@code fd_getxattr(fd, name, len, value: *u8, cap, size: *u32)}: fgetxattr(2). */
  static void fdGet(GuestContext guest, GuestMemory memory, long[] a) {
    get(guest, memory, guest.itself((int) a[0]), a, 1, true, (int) a[5]);
  }

  /** Name, length, value and capacity start at argument {@code i}. */
  private static void get(
      GuestContext guest, GuestMemory memory, At at, long[] a, int i, boolean follow, int size) {
    checkOutput(memory, (int) a[i + 2], (int) a[i + 3], size);
    String name = name(memory, (int) a[i], (int) a[i + 1]);
    byte[] value = guest.calls().xattrs().get(at.dirfd(), at.path(), name, follow);
    answer(memory, value, (int) a[i + 2], (int) a[i + 3], size);
  }

  /**
   * {@code path_listxattr(dirfd, path, len, list: *u8, cap, follow, size: *u32)}: listxattr(2);
   * every name ends in NUL.
   */
  static void pathList(GuestContext guest, GuestMemory memory, long[] a) {
    checkOutput(memory, (int) a[3], (int) a[4], (int) a[6]);
    At at = place(guest, memory, a);
    List<String> names = guest.calls().xattrs().list(at.dirfd(), at.path(), (int) a[5] != 0);
    answer(memory, joined(names), (int) a[3], (int) a[4], (int) a[6]);
  }

  /** {@code fd_listxattr(fd, list: *u8, cap, size: *u32)}: flistxattr(2). */
  static void fdList(GuestContext guest, GuestMemory memory, long[] a) {
    checkOutput(memory, (int) a[1], (int) a[2], (int) a[3]);
    At at = guest.itself((int) a[0]);
    List<String> names = guest.calls().xattrs().list(at.dirfd(), at.path(), true);
    answer(memory, joined(names), (int) a[1], (int) a[2], (int) a[3]);
  }

  /**
   * {@code path_setxattr(dirfd, path, len, name, len, value, size, flags, follow)}: setxattr(2);
   * flag 1 only creates (EEXIST), 2 only replaces (ENODATA).
   */
  static void pathSet(GuestContext guest, GuestMemory memory, long[] a) {
    At at = place(guest, memory, a);
    String name = name(memory, (int) a[3], (int) a[4]);
    byte[] value = value(memory, (int) a[5], (int) a[6]);
    guest.calls().xattrs().set(at.dirfd(), at.path(), name, value, (int) a[7], (int) a[8] != 0);
  }

  /** {@code fd_setxattr(fd, name, len, value, size, flags)}: fsetxattr(2). */
  static void fdSet(GuestContext guest, GuestMemory memory, long[] a) {
    At at = guest.itself((int) a[0]);
    String name = name(memory, (int) a[1], (int) a[2]);
    byte[] value = value(memory, (int) a[3], (int) a[4]);
    guest.calls().xattrs().set(at.dirfd(), at.path(), name, value, (int) a[5], true);
  }

  /** {@code path_removexattr(dirfd, path, len, name, len, follow)}: removexattr(2). */
  static void pathRemove(GuestContext guest, GuestMemory memory, long[] a) {
    At at = place(guest, memory, a);
    String name = name(memory, (int) a[3], (int) a[4]);
    guest.calls().xattrs().remove(at.dirfd(), at.path(), name, (int) a[5] != 0);
  }

  /** {@code fd_removexattr(fd, name, len)}: fremovexattr(2). */
  static void fdRemove(GuestContext guest, GuestMemory memory, long[] a) {
    At at = guest.itself((int) a[0]);
    String name = name(memory, (int) a[1], (int) a[2]);
    guest.calls().xattrs().remove(at.dirfd(), at.path(), name, true);
  }

  private static At place(GuestContext guest, GuestMemory memory, long[] a) {
    At at = guest.atOrCwd((int) a[0], memory, (int) a[1], (int) a[2]);
    At.named(at.path());
    return at;
  }

  private static String name(GuestMemory memory, int address, int length) {
    return GuestStrings.text(memory, address, length, XattrCalls.MAX_NAME, ERANGE);
  }

  private static byte[] value(GuestMemory memory, int address, int length) {
    memory.offset(address, length);
    if (length > XattrCalls.MAX_VALUE) {
      throw E2BIG.exception();
    }
    return memory.copy(address, length);
  }

  private static byte[] joined(List<String> names) {
    ByteArrayOutputStream list = new ByteArrayOutputStream();
    for (String name : names) {
      list.writeBytes(ByteStrings.encode(name));
      list.write(0);
    }
    return list.toByteArray();
  }

  private static void checkOutput(GuestMemory memory, int address, int capacity, int size) {
    memory.offset(address, capacity);
    memory.offset(size, 4);
  }

  private static void answer(
      GuestMemory memory, byte[] bytes, int address, int capacity, int size) {
    memory.putInt(size, bytes.length);
    if (capacity == 0) {
      return;
    }
    if (Integer.compareUnsigned(bytes.length, capacity) > 0) {
      throw ERANGE.exception();
    }
    memory.copyIn(address, bytes, 0, bytes.length);
  }
}
