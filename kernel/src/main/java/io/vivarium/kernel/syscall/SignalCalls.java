package io.vivarium.kernel.syscall;

import static io.vivarium.kernel.errno.Errno.EINVAL;

import io.vivarium.kernel.process.Process;
import io.vivarium.kernel.process.SignalAction;
import io.vivarium.kernel.wait.Waiter;

/**
 * Signals: sigaction(2), sigprocmask(2) and their relatives. For the thread of the process only.
 */
public final class SignalCalls {
  public static final int SIG_BLOCK = 0;
  public static final int SIG_UNBLOCK = 1;
  public static final int SIG_SETMASK = 2;

  private final Process process;

  SignalCalls(Process process) {
    this.process = process;
  }

  /** sigaction(2); answers the previous action. */
  public SignalAction sigaction(int signal, SignalAction action) {
    return process.signals().setAction(signal, action);
  }

  /** sigprocmask(2); answers the previous mask. Bit n-1 stands for signal n. */
  public long sigprocmask(int how, long set) {
    long mask = process.signals().mask();
    long next =
        switch (how) {
          case SIG_BLOCK -> mask | set;
          case SIG_UNBLOCK -> mask & ~set;
          case SIG_SETMASK -> set;
          default -> throw EINVAL.exception();
        };
    if (next != mask) {
      process.signals().setMask(next);
    }
    return mask;
  }

  /** sigpending(2). */
  public long sigpending() {
    return process.signals().pending() & process.signals().mask();
  }

  /** sigsuspend(2): always ends with EINTR, or with the process. */
  public void sigsuspend(long mask) {
    process
        .signals()
        .withMask(
            mask,
            () -> {
              process.sleep(Waiter.NEVER);
              return process;
            });
  }
}
