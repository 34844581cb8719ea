package io.vivarium.wasm.wasi.preview1;

import static io.vivarium.wasm.engine.ValueType.I32;

import io.vivarium.wasm.engine.GuestMemory;
import io.vivarium.wasm.wasi.GuestContext;
import io.vivarium.wasm.wasi.ImportModule;

/** Arguments and environment. */
final class ArgsFunctions {
  private ArgsFunctions() {}

  static void define(ImportModule.Builder module) {
    module
        .errno("args_sizes_get", ArgsFunctions::argsSizesGet, I32, I32)
        .errno("args_get", ArgsFunctions::argsGet, I32, I32)
        .errno("environ_sizes_get", ArgsFunctions::environSizesGet, I32, I32)
        .errno("environ_get", ArgsFunctions::environGet, I32, I32);
  }

  /**
   * How much {@code args_get} will write.
   *
   * @see <a href="https://github.com/WebAssembly/WASI/blob/main/legacy/preview1/docs.md">WASI
   *     preview 1</a>, {@code args_sizes_get(argc: *u32, size: *u32)}
   */
  static void argsSizesGet(GuestContext guest, GuestMemory memory, long[] a) {
    guest.arguments().writeSizes(memory, (int) a[0], (int) a[1]);
  }

  /** {@code args_get(argv: **u8, buf: *u8)}: the arguments, each with a NUL. */
  static void argsGet(GuestContext guest, GuestMemory memory, long[] a) {
    guest.arguments().write(memory, (int) a[0], (int) a[1]);
  }

  /**
   * {@code environ_sizes_get(count: *u32, size: *u32)}: how much {@code environ_get} will write.
   */
  static void environSizesGet(GuestContext guest, GuestMemory memory, long[] a) {
    guest.environment().writeSizes(memory, (int) a[0], (int) a[1]);
  }

  /** {@code environ_get(environ: **u8, buf: *u8)}: {@code KEY=VALUE} entries, each with a NUL. */
  static void environGet(GuestContext guest, GuestMemory memory, long[] a) {
    guest.environment().write(memory, (int) a[0], (int) a[1]);
  }
}
