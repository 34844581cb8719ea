package io.vivarium.wasm.wasi;

import static io.vivarium.kernel.errno.Errno.EINTR;

import io.vivarium.kernel.errno.ErrnoException;
import io.vivarium.kernel.process.WaitOptions;
import io.vivarium.kernel.process.WaitResult;
import io.vivarium.kernel.syscall.ProcessCalls;

/**
 * Recognizes a guest that asks for the end of a child again and again and does nothing else, as the
 * published shell does, and lets it sleep for a moment over the question: it would keep a processor
 * busy that its children need.
 *
 * <p>What it gets to know is the same as without the sleep, at most a millisecond later: a change
 * of a child ends the sleep, and so does a signal.
 */
final class BusyWait {
  /** So many fruitless questions in a row are answered at once. */
  private static final int PATIENCE = 16;

  /** So many other calls between two questions still make one loop: they ask for the time. */
  private static final int CALLS_BETWEEN = 2;

  private static final long NAP_NANOS = 1_000_000;

  private int fruitless;
  private long lastAsked;

  /**
   * waitpid(2) with WNOHANG.
   *
   * @param sequence the number of this call among the calls of the guest
   */
  WaitResult ask(long sequence, ProcessCalls calls, int pid, int options) {
    boolean again = sequence - lastAsked <= CALLS_BETWEEN + 1;
    lastAsked = sequence;
    WaitResult result =
        again && fruitless >= PATIENCE
            ? askAndNap(calls, pid, options & ~WaitOptions.WNOHANG)
            : calls.waitpid(pid, options);
    if (result.pid() != 0) {
      fruitless = 0;
    } else {
      fruitless = again ? Math.min(fruitless + 1, PATIENCE) : 1;
    }
    return result;
  }

  /** A signal with a handler ends the nap; the guest that did not want to wait sees no EINTR. */
  private static WaitResult askAndNap(ProcessCalls calls, int pid, int options) {
    try {
      return calls.waitpid(pid, options, NAP_NANOS);
    } catch (ErrnoException e) {
      if (e.errno() == EINTR) {
        return WaitResult.NONE;
      }
      throw e;
    }
  }
}
