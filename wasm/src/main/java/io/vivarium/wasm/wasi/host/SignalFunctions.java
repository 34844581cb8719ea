package io.vivarium.wasm.wasi.host;

import static io.vivarium.kernel.errno.Errno.EINVAL;
import static io.vivarium.wasm.engine.ValueType.I32;
import static io.vivarium.wasm.engine.ValueType.I64;

import io.vivarium.kernel.process.SignalAction;
import io.vivarium.kernel.syscall.ProcessCalls;
import io.vivarium.kernel.syscall.SignalCalls;
import io.vivarium.wasm.engine.GuestMemory;
import io.vivarium.wasm.wasi.GuestContext;
import io.vivarium.wasm.wasi.ImportModule;
import io.vivarium.wasm.wasi.SignalSets;

/**
 * Signals: sending, dispositions, masks, the timer. Handlers are known to the guest alone; the
 * kernel calls them through an export of the module.
 *
 * <p>Source: ABI sections 6.1 and 6.4.
 */
final class SignalFunctions {
  private static final int QUERY = 3;
  private static final int GET = 0;
  private static final int SET = 1;
  private static final long NANOS_PER_MICRO = 1000;

  private SignalFunctions() {}

  static void define(ImportModule.Builder module) {
    module
        .errno("proc_kill", SignalFunctions::procKill, I32, I32)
        .errno("proc_sigaction", SignalFunctions::procSigaction, I32, I32, I32, I32, I32)
        .errno("proc_signal_mask_v2", SignalFunctions::procSignalMask, I32, I32, I32, I32, I32)
        .errno("proc_itimer_real", SignalFunctions::procItimerReal, I32, I64, I64, I32, I32);
  }

  /**
   * {@code proc_kill(pid, signal)}: kill(2); negative is a group, signal 0 only asks. ESRCH, EPERM,
   * EINVAL.
   */
  static void procKill(GuestContext guest, GuestMemory memory, long[] a) {
    guest.calls().processes().kill((int) a[0], (int) a[1]);
  }

  /**
   * {@code proc_sigaction(signal, action, mask_lo, mask_hi, flags)}: sigaction(2); 0 is the default
   * action, 1 ignores, 2 calls the guest. EINVAL for SIGKILL, SIGSTOP, unknown signals and actions,
   * and for a handler where the module has nothing that could be called.
   */
  static void procSigaction(GuestContext guest, GuestMemory memory, long[] a) {
    SignalAction action =
        switch ((int) a[1]) {
          case 0 -> SignalAction.DEFAULT;
          case 1 -> SignalAction.IGNORE;
          case 2 -> handler(guest, SignalSets.of((int) a[2], (int) a[3]), (int) a[4]);
          default -> throw EINVAL.exception();
        };
    guest.calls().signals().sigaction((int) a[0], action);
  }

  private static SignalAction handler(GuestContext guest, long mask, int flags) {
    if (!guest.catchesSignals()) {
      throw EINVAL.exception();
    }
    return SignalAction.handler(mask, flags);
  }

  /**
   * {@code proc_signal_mask_v2(how, set_lo, set_hi, old_lo: *u32, old_hi: *u32)}: sigprocmask(2); 0
   * blocks, 1 unblocks, 2 sets, 3 only asks. SIGKILL and SIGSTOP are left out. EINVAL for another
   * how.
   */
  static void procSignalMask(GuestContext guest, GuestMemory memory, long[] a) {
    memory.offset((int) a[3], 4);
    memory.offset((int) a[4], 4);
    long set = SignalSets.of((int) a[1], (int) a[2]);
    SignalCalls calls = guest.calls().signals();
    long old =
        (int) a[0] == QUERY
            ? calls.sigprocmask(SignalCalls.SIG_BLOCK, 0)
            : calls.sigprocmask((int) a[0], set);
    memory.putInt((int) a[3], SignalSets.low(old));
    memory.putInt((int) a[4], SignalSets.high(old));
  }

  /**
   * {@code proc_itimer_real(op, value: i64, interval: i64, remaining: *u64, interval: *u64)}:
   * getitimer(2) with op 0, setitimer(2) with op 1, ITIMER_REAL, microseconds. The outputs are what
   * was set before. EINVAL for another op or negative times.
   */
  static void procItimerReal(GuestContext guest, GuestMemory memory, long[] a) {
    memory.offset((int) a[3], 8);
    memory.offset((int) a[4], 8);
    ProcessCalls calls = guest.calls().processes();
    ProcessCalls.TimerState previous =
        switch ((int) a[0]) {
          case GET -> calls.getitimer();
          case SET -> calls.setitimer(nanos(a[1]), nanos(a[2]));
          default -> throw EINVAL.exception();
        };
    memory.putLong((int) a[3], micros(previous.remaining()));
    memory.putLong((int) a[4], micros(previous.interval()));
  }

  private static long nanos(long micros) {
    if (micros < 0) {
      throw EINVAL.exception();
    }
    return Math.multiplyHigh(micros, NANOS_PER_MICRO) == 0 && micros * NANOS_PER_MICRO >= 0
        ? micros * NANOS_PER_MICRO
        : Long.MAX_VALUE;
  }

  /** Rounded up, so that a timer that runs is never told as one that does not. */
  private static long micros(long nanos) {
    return nanos / NANOS_PER_MICRO + (nanos % NANOS_PER_MICRO == 0 ? 0 : 1);
  }
}
