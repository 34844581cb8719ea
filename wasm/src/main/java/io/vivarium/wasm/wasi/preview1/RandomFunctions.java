package io.vivarium.wasm.wasi.preview1;

import static io.vivarium.kernel.errno.Errno.EINVAL;
import static io.vivarium.wasm.engine.ValueType.I32;

import io.vivarium.wasm.engine.GuestMemory;
import io.vivarium.wasm.wasi.GuestContext;
import io.vivarium.wasm.wasi.ImportModule;
import java.security.SecureRandom;

/** Random bytes. */
final class RandomFunctions {
  /** Most bytes in one call (ABI section 0). */
  static final int MAX_BYTES = 16 << 20;

  private static final int PORTION = 64 << 10;
  private static final SecureRandom RANDOM = new SecureRandom();

  private RandomFunctions() {}

  static void define(ImportModule.Builder module) {
    module.errno("random_get", RandomFunctions::randomGet, I32, I32);
  }

  /**
   * {@code random_get(buf: *u8, len: u32)}: fills a buffer with bytes fit for keys.
   *
   * <p>EINVAL beyond {@value #MAX_BYTES} bytes. Source: WASI preview 1; ABI section 0.
   */
  static void randomGet(GuestContext guest, GuestMemory memory, long[] a) {
    int address = (int) a[0];
    int length = (int) a[1];
    memory.offset(address, length);
    if (length > MAX_BYTES) {
      throw EINVAL.exception();
    }
    byte[] bytes = new byte[Math.min(length, PORTION)];
    int done = 0;
    while (done < length) {
      RANDOM.nextBytes(bytes);
      int part = Math.min(bytes.length, length - done);
      memory.copyIn(address + done, bytes, 0, part);
      done += part;
    }
  }
}
