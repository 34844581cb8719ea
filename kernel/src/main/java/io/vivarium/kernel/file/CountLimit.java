package io.vivarium.kernel.file;

import io.vivarium.kernel.errno.Errno;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many objects of one kind a machine holds, and how many it may: open files, pipes, sockets,
 * terminals. Whoever makes such an object takes one first; whoever ends it gives one back.
 * Thread-safe.
 */
public final class CountLimit {
  private final AtomicInteger used = new AtomicInteger();
  private final int maximum;
  private final Errno atLimit;

  /**
   * A limit with nothing used.
   *
   * @param maximum how many may exist at a time, 0 or more
   * @param atLimit what {@link #take()} answers beyond that
   */
  public CountLimit(int maximum, Errno atLimit) {
    if (maximum < 0) {
      throw new IllegalArgumentException("negative limit: " + maximum);
    }
    this.maximum = maximum;
    this.atLimit = atLimit;
  }

  /**
   * Counts one more.
   *
   * @throws io.vivarium.kernel.errno.ErrnoException the errno of this limit when it is reached
   */
  public void take() {
    if (!tryTake()) {
      throw atLimit.exception();
    }
  }

  /** Counts one more if the limit allows; false when it is reached. */
  public boolean tryTake() {
    int present;
    do {
      present = used.get();
      if (present >= maximum) {
        return false;
      }
    } while (!used.compareAndSet(present, present + 1));
    return true;
  }

  /** Counts one less. */
  public void give() {
    int left = used.decrementAndGet();
    if (left < 0) {
      throw new IllegalStateException("gave back more than was taken");
    }
  }

  /** Answers the errno of this limit when it is reached, without counting. */
  public void check() {
    if (used.get() >= maximum) {
      throw atLimit.exception();
    }
  }

  /** How many exist now. */
  public int used() {
    return used.get();
  }

  /** How many may exist. */
  public int maximum() {
    return maximum;
  }
}
