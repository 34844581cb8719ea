package io.vivarium.wasm.wasi.preview1;

import static io.vivarium.kernel.errno.Errno.EINVAL;
import static io.vivarium.wasm.engine.ValueType.I32;

import io.vivarium.kernel.process.ProcessTermination;
import io.vivarium.wasm.engine.GuestMemory;
import io.vivarium.wasm.wasi.GuestContext;
import io.vivarium.wasm.wasi.ImportModule;

/** Ending, and signals to oneself. */
final class ProcFunctions {
  /** The last signal of preview 1, SIGSYS. */
  private static final int LAST_SIGNAL = 30;

  /** Preview 1 leaves out SIGSTKFLT, so from its place on Linux numbers are one more. */
  private static final int FIRST_SHIFTED = 16;

  private ProcFunctions() {}

  static void define(ImportModule.Builder module) {
    module
        .control("proc_exit", ProcFunctions::procExit, I32)
        .errno("proc_raise", ProcFunctions::procRaise, I32);
  }

  /** {@code proc_exit(status)}: ends the process; the low 8 bits are its status. No return. */
  @SuppressWarnings("DoNotCallSuggester") // guests call it, through the table above
  static long procExit(GuestContext guest, GuestMemory memory, long[] a) {
    throw ProcessTermination.exit((int) a[0]);
  }

  /**
   * {@code proc_raise(signal)}: sends a signal to the caller, in the numbering of preview 1; 0 does
   * nothing.
   *
   * <p>EINVAL for an unknown signal. Source: WASI preview 1, type {@code signal}; raise(3).
   */
  static void procRaise(GuestContext guest, GuestMemory memory, long[] a) {
    int signal = (int) a[0];
    if (signal < 0 || signal > LAST_SIGNAL) {
      throw EINVAL.exception();
    }
    if (signal != 0) {
      int linux = signal < FIRST_SHIFTED ? signal : signal + 1;
      guest.calls().processes().kill(guest.calls().processes().getpid(), linux);
    }
  }
}
