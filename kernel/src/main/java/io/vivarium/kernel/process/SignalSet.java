package io.vivarium.kernel.process;

/** Sets of signals as 64-bit masks: signal n is bit n-1, as in the kernel's {@code sigset_t}. */
public final class SignalSet {
  /** The empty set. */
  public static final long NONE = 0;

  /** Every signal. */
  public static final long ALL = -1;

  /** What no process can block, catch or ignore: SIGKILL and SIGSTOP. */
  public static final long UNBLOCKABLE = of(Signal.SIGKILL, Signal.SIGSTOP);

  static final long STOPPING = of(Signal.SIGSTOP, Signal.SIGTSTP, Signal.SIGTTIN, Signal.SIGTTOU);

  private SignalSet() {}

  /** The set of these signals. */
  public static long of(int... signals) {
    long set = NONE;
    for (int signal : signals) {
      set |= bit(signal);
    }
    return set;
  }

  /** Whether a set has a signal. */
  public static boolean contains(long set, int signal) {
    return (set & bit(signal)) != 0;
  }

  /** The lowest signal of a set; 0 when it is empty. */
  public static int first(long set) {
    return set == NONE ? 0 : Long.numberOfTrailingZeros(set) + 1;
  }

  static long bit(int signal) {
    return 1L << (signal - 1);
  }
}
