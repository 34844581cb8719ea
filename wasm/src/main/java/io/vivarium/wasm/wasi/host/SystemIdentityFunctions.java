package io.vivarium.wasm.wasi.host;

import static io.vivarium.kernel.errno.Errno.EINVAL;
import static io.vivarium.kernel.errno.Errno.ERANGE;
import static io.vivarium.wasm.engine.ValueType.I32;

import io.vivarium.kernel.text.ByteStrings;
import io.vivarium.wasm.engine.GuestMemory;
import io.vivarium.wasm.wasi.GuestContext;
import io.vivarium.wasm.wasi.ImportModule;

/**
 * What the machine calls itself.
 *
 * <p>Source: ABI section 10; uname(2).
 */
final class SystemIdentityFunctions {
  private static final int FIELDS = 6;

  private SystemIdentityFunctions() {}

  static void define(ImportModule.Builder module) {
    module.errno("get_identity", SystemIdentityFunctions::getIdentity, I32, I32, I32);
  }

  /**
   * {@code get_identity(field, buf: *u8, cap)}: a string of uname(2) with its NUL; the fields are 0
   * system, 1 node, 2 release, 3 version, 4 machine, 5 domain. EINVAL for others, ERANGE when it
   * does not fit.
   */
  static void getIdentity(GuestContext guest, GuestMemory memory, long[] a) {
    memory.offset((int) a[1], (int) a[2]);
    int field = (int) a[0];
    if (field < 0 || field >= FIELDS) {
      throw EINVAL.exception();
    }
    byte[] text = ByteStrings.encode(guest.calls().identity().uname(field));
    if (Integer.compareUnsigned(text.length + 1, (int) a[2]) > 0) {
      throw ERANGE.exception();
    }
    memory.copyIn((int) a[1], text, 0, text.length);
    memory.putByte((int) a[1] + text.length, 0);
  }
}
