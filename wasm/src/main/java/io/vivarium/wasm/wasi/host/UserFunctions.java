package io.vivarium.wasm.wasi.host;

import static io.vivarium.kernel.errno.Errno.EINVAL;
import static io.vivarium.wasm.engine.ValueType.I32;

import io.vivarium.kernel.syscall.IdentityCalls;
import io.vivarium.wasm.engine.GuestMemory;
import io.vivarium.wasm.wasi.GuestContext;
import io.vivarium.wasm.wasi.ImportModule;
import java.util.function.ToIntFunction;

/**
 * Who the process is: user and group ids, and whether a descriptor is a terminal. All ones leaves
 * an id as it is; EPERM for an id the process may not take.
 *
 * <p>Source: ABI section 9; credentials(7).
 */
final class UserFunctions {
  /** Most supplementary groups. */
  static final int MAX_GROUPS = 64;

  private static final int UNCHANGED = -1;

  private UserFunctions() {}

  static void define(ImportModule.Builder module) {
    module
        .errno("getuid", one(IdentityCalls::getuid), I32)
        .errno("geteuid", one(IdentityCalls::geteuid), I32)
        .errno("getgid", one(IdentityCalls::getgid), I32)
        .errno("getegid", one(IdentityCalls::getegid), I32)
        .errno("getresuid", UserFunctions::getresuid, I32, I32, I32)
        .errno("getresgid", UserFunctions::getresgid, I32, I32, I32)
        .errno("setuid", UserFunctions::setuid, I32)
        .errno("seteuid", UserFunctions::seteuid, I32)
        .errno("setgid", UserFunctions::setgid, I32)
        .errno("setegid", UserFunctions::setegid, I32)
        .errno("setreuid", UserFunctions::setreuid, I32, I32)
        .errno("setregid", UserFunctions::setregid, I32, I32)
        .errno("setresuid", UserFunctions::setresuid, I32, I32, I32)
        .errno("setresgid", UserFunctions::setresgid, I32, I32, I32)
        .errno("getgroups", UserFunctions::getgroups, I32, I32, I32)
        .errno("setgroups", UserFunctions::setgroups, I32, I32)
        .errno("isatty", UserFunctions::isatty, I32, I32);
  }

  /** {@code getuid(id: *u32)} and its three siblings. */
  private static io.vivarium.wasm.wasi.SystemFunction.Action one(ToIntFunction<IdentityCalls> id) {
    return (guest, memory, a) -> memory.putInt((int) a[0], id.applyAsInt(guest.calls().identity()));
  }

  /** {@code getresuid(real: *u32, effective: *u32, saved: *u32)}. */
  static void getresuid(GuestContext guest, GuestMemory memory, long[] a) {
    IdentityCalls calls = guest.calls().identity();
    three(memory, a, calls.getuid(), calls.geteuid(), calls.getsuid());
  }

  /** {@code getresgid(real: *u32, effective: *u32, saved: *u32)}. */
  static void getresgid(GuestContext guest, GuestMemory memory, long[] a) {
    IdentityCalls calls = guest.calls().identity();
    three(memory, a, calls.getgid(), calls.getegid(), calls.getsgid());
  }

  private static void three(GuestMemory memory, long[] a, int real, int effective, int saved) {
    for (int i = 0; i < 3; i++) {
      memory.offset((int) a[i], 4);
    }
    memory.putInt((int) a[0], real);
    memory.putInt((int) a[1], effective);
    memory.putInt((int) a[2], saved);
  }

  /** {@code setuid(id)}: setuid(2). */
  static void setuid(GuestContext guest, GuestMemory memory, long[] a) {
    guest.calls().identity().setuid((int) a[0]);
  }

  /** {@code seteuid(id)}: seteuid(2). */
  static void seteuid(GuestContext guest, GuestMemory memory, long[] a) {
    guest.calls().identity().setresuid(UNCHANGED, (int) a[0], UNCHANGED);
  }

  /** {@code setgid(id)}: setgid(2). */
  static void setgid(GuestContext guest, GuestMemory memory, long[] a) {
    guest.calls().identity().setgid((int) a[0]);
  }

  /** {@code setegid(id)}: setegid(2). */
  static void setegid(GuestContext guest, GuestMemory memory, long[] a) {
    guest.calls().identity().setresgid(UNCHANGED, (int) a[0], UNCHANGED);
  }

  /** {@code setreuid(real, effective)}: setreuid(2). */
  static void setreuid(GuestContext guest, GuestMemory memory, long[] a) {
    guest.calls().identity().setreuid((int) a[0], (int) a[1]);
  }

  /** {@code setregid(real, effective)}: setregid(2). */
  static void setregid(GuestContext guest, GuestMemory memory, long[] a) {
    guest.calls().identity().setregid((int) a[0], (int) a[1]);
  }

  /** {@code setresuid(real, effective, saved)}: setresuid(2). */
  static void setresuid(GuestContext guest, GuestMemory memory, long[] a) {
    guest.calls().identity().setresuid((int) a[0], (int) a[1], (int) a[2]);
  }

  /** {@code setresgid(real, effective, saved)}: setresgid(2). */
  static void setresgid(GuestContext guest, GuestMemory memory, long[] a) {
    guest.calls().identity().setresgid((int) a[0], (int) a[1], (int) a[2]);
  }

  /**
   * {@code getgroups(size, list: *u32, count: *u32)}: getgroups(2); size 0 only counts. EINVAL when
   * the list is too short.
   */
  static void getgroups(GuestContext guest, GuestMemory memory, long[] a) {
    int size = (int) a[0];
    memory.offset((int) a[2], 4);
    int[] groups = guest.calls().identity().getgroups();
    if (size != 0) {
      if (size < groups.length) {
        throw EINVAL.exception();
      }
      memory.offset((int) a[1], groups.length * 4);
      for (int i = 0; i < groups.length; i++) {
        memory.putInt((int) a[1] + 4 * i, groups[i]);
      }
    }
    memory.putInt((int) a[2], groups.length);
  }

  /** {@code setgroups(count, list: *u32)}: setgroups(2). EINVAL for more than 64, EPERM. */
  static void setgroups(GuestContext guest, GuestMemory memory, long[] a) {
    int count = (int) a[0];
    if (count < 0 || count > MAX_GROUPS) {
      throw EINVAL.exception();
    }
    memory.offset((int) a[1], count * 4);
    int[] groups = new int[count];
    for (int i = 0; i < count; i++) {
      groups[i] = memory.getInt((int) a[1] + 4 * i);
    }
    guest.calls().identity().setgroups(groups);
  }

  /** {@code isatty(fd, answer: *u32)}: 1 for a terminal, else 0, also when it is not open. */
  static void isatty(GuestContext guest, GuestMemory memory, long[] a) {
    memory.offset((int) a[1], 4);
    memory.putInt((int) a[1], guest.calls().terminals().isatty((int) a[0]) ? 1 : 0);
  }
}
