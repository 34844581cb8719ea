package io.vivarium.wasm.wasi.preview1;

import io.vivarium.wasm.engine.GuestMemory;
import io.vivarium.wasm.wasi.GuestContext;
import io.vivarium.wasm.wasi.ImportModule;

/** Scheduling. */
final class SchedFunctions {
  private SchedFunctions() {}

  static void define(ImportModule.Builder module) {
    module.errno("sched_yield", SchedFunctions::schedYield);
  }

  /** {@code sched_yield()}: lets others run; like every call, a point where signals arrive. */
  @SuppressWarnings("ThreadPriorityCheck") // It is what the guest asks for.
  static void schedYield(GuestContext guest, GuestMemory memory, long[] a) {
    Thread.yield();
  }
}
