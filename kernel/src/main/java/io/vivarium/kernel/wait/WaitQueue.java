package io.vivarium.kernel.wait;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The waiters for one kind of event: data in a pipe, a child's change of state, a terminal's input.
 * Whoever changes the state calls {@link #wakeAll()} after the change; whoever waits does it
 * through {@link Task#await}. Thread-safe.
 */
public final class WaitQueue {
  private @Nullable Waiter[] waiters = new Waiter[2];
  // Written under the lock; read without it to make waking nobody cheap. A waiter checks its
  // condition after it was added, so a wake-up that misses it here is not lost.
  private volatile int size;

  /** Makes every waiter check its condition again. */
  public void wakeAll() {
    if (size == 0) {
      return;
    }
    Waiter[] present;
    synchronized (this) {
      present = Arrays.copyOf(waiters, size, Waiter[].class);
    }
    for (Waiter waiter : present) {
      waiter.wake();
    }
  }

  /**
   * Hears of every wake-up, until the answer is closed: for those who wait for many things at once
   * and not in a thread. What became true before this call is not told; who watches looks after it.
   *
   * @param bell called by whoever wakes, with their locks held: must be short, must not block, take
   *     locks or throw
   */
  public Watch watch(Runnable bell) {
    Waiter waiter = new Waiter(bell);
    add(waiter);
    return () -> remove(waiter);
  }

  /** Somebody hears of wake-ups. */
  @FunctionalInterface
  public interface Watch extends AutoCloseable {
    /** No more. A call that is on its way may still come. */
    @Override
    void close();
  }

  synchronized void add(Waiter waiter) {
    if (size == waiters.length) {
      waiters = Arrays.copyOf(waiters, size * 2);
    }
    waiters[size] = waiter;
    size = size + 1;
  }

  synchronized void remove(Waiter waiter) {
    for (int i = 0; i < size; i++) {
      if (waiters[i] == waiter) {
        int last = size - 1;
        waiters[i] = waiters[last];
        waiters[last] = null;
        size = last;
        return;
      }
    }
  }
}
