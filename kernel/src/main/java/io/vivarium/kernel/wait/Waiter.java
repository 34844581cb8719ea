package io.vivarium.kernel.wait;

import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A thread's ability to sleep in wait queues: the mechanism under {@link Task#await}, and the only
 * place in the kernel where a thread parks.
 */
public final class Waiter {
  /** A deadline that never comes. */
  public static final long NEVER = Long.MAX_VALUE;

  private final @Nullable Thread thread;
  private final @Nullable Runnable bell;
  private volatile boolean woken;

  /** A waiter for one thread; only that thread may sleep with it. */
  public Waiter(Thread thread) {
    this.thread = thread;
    this.bell = null;
  }

  /** A waiter that never sleeps: waking it rings a bell. */
  Waiter(Runnable bell) {
    this.thread = null;
    this.bell = bell;
  }

  /** Ends the present sleep, or the next one. Any thread. */
  public void wake() {
    woken = true;
    if (bell != null) {
      bell.run();
    } else {
      LockSupport.unpark(thread);
    }
  }

  /**
   * Sleeps until {@code ready} holds, checking it after every wake-up.
   *
   * @param ready the condition; may throw to end the wait. Called by this thread only
   * @param deadline {@link System#nanoTime()} at which to give up, or {@link #NEVER}
   * @param queues where changes of the condition are announced
   * @return whether the condition held; false means the deadline passed
   */
  public boolean sleep(BooleanSupplier ready, long deadline, WaitQueue... queues) {
    if (ready.getAsBoolean()) {
      return true;
    }
    for (WaitQueue queue : queues) {
      queue.add(this);
    }
    try {
      while (true) {
        woken = false;
        if (ready.getAsBoolean()) {
          return true;
        }
        if (!park(deadline)) {
          return ready.getAsBoolean();
        }
      }
    } finally {
      for (WaitQueue queue : queues) {
        queue.remove(this);
      }
    }
  }

  /** Parks once; false when the deadline passed. Spurious returns are fine. */
  private boolean park(long deadline) {
    if (woken) {
      return true;
    }
    if (deadline == NEVER) {
      LockSupport.park(this);
      return true;
    }
    long left = deadline - System.nanoTime();
    if (left <= 0) {
      return false;
    }
    LockSupport.parkNanos(this, left);
    return true;
  }
}
