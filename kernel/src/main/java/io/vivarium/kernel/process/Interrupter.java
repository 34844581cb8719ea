package io.vivarium.kernel.process;

import java.util.concurrent.TimeUnit;

/**
 * Gets a doomed process out of guest code that makes no system calls, by interrupting its thread
 * until it ends.
 *
 * <p>A thread that is inside the kernel is left alone: it looks at its signals when it leaves, and
 * an interrupt would close host channels under other processes' files. Every entry into the kernel
 * checks for doom first, and the first look at where the thread is comes a millisecond after the
 * doom was announced, so what is seen then cannot be stale. Only a thread that stays in the kernel
 * for seconds is interrupted there, because then it is stuck in the host.
 */
final class Interrupter implements Runnable {
  private static final long FIRST_DELAY = TimeUnit.MILLISECONDS.toNanos(1);

  /** Longest time between two interrupts of a thread that is to end, nanoseconds. */
  private static final long LONGEST_DELAY = TimeUnit.MILLISECONDS.toNanos(100);

  private static final long STUCK = TimeUnit.SECONDS.toNanos(3);

  private final Process process;
  private final Thread thread;
  private final long start = System.nanoTime();
  private long delay = FIRST_DELAY;

  private Interrupter(Process process, Thread thread) {
    this.process = process;
    this.thread = thread;
  }

  /** Starts interrupting a process that a signal is going to end. */
  static void start(Process process, Thread thread) {
    var _ = KernelTimer.schedule(new Interrupter(process, thread), FIRST_DELAY);
  }

  @Override
  public void run() {
    boolean evenInKernel = System.nanoTime() - start > STUCK;
    if (process.interrupt(thread, evenInKernel)) {
      delay = Math.min(delay * 2, LONGEST_DELAY);
      var _ = KernelTimer.schedule(this, delay);
    }
  }
}
