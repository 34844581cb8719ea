package io.vivarium.wasm.wasi.host;

import static io.vivarium.kernel.errno.Errno.ENOENT;
import static io.vivarium.kernel.errno.Errno.ERANGE;
import static io.vivarium.wasm.engine.ValueType.I32;

import io.vivarium.kernel.text.ByteStrings;
import io.vivarium.wasm.engine.GuestMemory;
import io.vivarium.wasm.wasi.GuestContext;
import io.vivarium.wasm.wasi.GuestStrings;
import io.vivarium.wasm.wasi.ImportModule;

/**
 * The user and group databases, as lines of passwd(5) and group(5). ENOENT when there is no such
 * entry, ERANGE when the buffer is too small; the length that is needed is written also then.
 *
 * <p>Source: ABI section 9.
 */
final class AccountFunctions {
  /** Most bytes of the name of a user or group. */
  private static final int MAX_NAME = 255;

  private AccountFunctions() {}

  static void define(ImportModule.Builder module) {
    module
        .errno("getpwuid", AccountFunctions::getpwuid, I32, I32, I32, I32)
        .errno("getpwnam", AccountFunctions::getpwnam, I32, I32, I32, I32, I32)
        .errno("getpwent", AccountFunctions::getpwent, I32, I32, I32, I32)
        .errno("getgrgid", AccountFunctions::getgrgid, I32, I32, I32, I32)
        .errno("getgrnam", AccountFunctions::getgrnam, I32, I32, I32, I32, I32)
        .errno("getgrent", AccountFunctions::getgrent, I32, I32, I32, I32);
  }

  /** {@code getpwuid(uid, buf: *u8, cap, len: *u32)}: the user of an id. */
  static void getpwuid(GuestContext guest, GuestMemory memory, long[] a) {
    check(memory, a, 1);
    answer(memory, a, 1, guest.calls().identity().passwd((int) a[0]));
  }

  /** {@code getpwnam(name, len, buf: *u8, cap, len: *u32)}: the user of a name. */
  static void getpwnam(GuestContext guest, GuestMemory memory, long[] a) {
    check(memory, a, 2);
    answer(memory, a, 2, guest.calls().identity().passwd(name(memory, a)));
  }

  /** {@code getpwent(index, buf: *u8, cap, len: *u32)}: the n-th user. */
  static void getpwent(GuestContext guest, GuestMemory memory, long[] a) {
    check(memory, a, 1);
    answer(memory, a, 1, guest.calls().identity().passwdEntry((int) a[0]));
  }

  /** {@code getgrgid(gid, buf: *u8, cap, len: *u32)}: the group of an id. */
  static void getgrgid(GuestContext guest, GuestMemory memory, long[] a) {
    check(memory, a, 1);
    answer(memory, a, 1, guest.calls().identity().group((int) a[0]));
  }

  /** {@code getgrnam(name, len, buf: *u8, cap, len: *u32)}: the group of a name. */
  static void getgrnam(GuestContext guest, GuestMemory memory, long[] a) {
    check(memory, a, 2);
    answer(memory, a, 2, guest.calls().identity().group(name(memory, a)));
  }

  /** {@code getgrent(index, buf: *u8, cap, len: *u32)}: the n-th group. */
  static void getgrent(GuestContext guest, GuestMemory memory, long[] a) {
    check(memory, a, 1);
    answer(memory, a, 1, guest.calls().identity().groupEntry((int) a[0]));
  }

  private static String name(GuestMemory memory, long[] a) {
    return GuestStrings.text(memory, (int) a[0], (int) a[1], MAX_NAME, ENOENT);
  }

  private static void check(GuestMemory memory, long[] a, int i) {
    memory.offset((int) a[i], (int) a[i + 1]);
    memory.offset((int) a[i + 2], 4);
  }

  private static void answer(GuestMemory memory, long[] a, int i, String line) {
    byte[] bytes = ByteStrings.encode(line);
    memory.putInt((int) a[i + 2], bytes.length);
    if (Integer.compareUnsigned(bytes.length, (int) a[i + 1]) > 0) {
      throw ERANGE.exception();
    }
    memory.copyIn((int) a[i], bytes, 0, bytes.length);
  }
}
