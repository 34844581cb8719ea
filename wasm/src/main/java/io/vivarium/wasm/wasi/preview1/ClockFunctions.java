package io.vivarium.wasm.wasi.preview1;

import static io.vivarium.wasm.engine.ValueType.I32;
import static io.vivarium.wasm.engine.ValueType.I64;

import io.vivarium.wasm.engine.GuestMemory;
import io.vivarium.wasm.wasi.GuestContext;
import io.vivarium.wasm.wasi.ImportModule;

/** Clocks. */
final class ClockFunctions {
  private ClockFunctions() {}

  static void define(ImportModule.Builder module) {
    module
        .errno("clock_res_get", ClockFunctions::clockResGet, I32, I32)
        .errno("clock_time_get", ClockFunctions::clockTimeGet, I32, I64, I32);
  }

  /**
   * {@code clock_res_get(id, resolution: *u64)}: the smallest step of a clock, nanoseconds.
   *
   * <p>EINVAL for an unknown clock. Source: WASI preview 1; clock_getres(2).
   */
  static void clockResGet(GuestContext guest, GuestMemory memory, long[] a) {
    memory.putLong((int) a[1], Clock.of((int) a[0]).resolution());
  }

  /**
   * {@code clock_time_get(id, precision: u64, time: *u64)}: the time of a clock, nanoseconds. The
   * precision is a permission to be lazy, which is not used.
   *
   * <p>EINVAL for an unknown clock. Source: WASI preview 1; clock_gettime(2).
   */
  static void clockTimeGet(GuestContext guest, GuestMemory memory, long[] a) {
    int address = (int) a[2];
    memory.offset(address, 8);
    memory.putLong(address, Clock.of((int) a[0]).now());
  }
}
