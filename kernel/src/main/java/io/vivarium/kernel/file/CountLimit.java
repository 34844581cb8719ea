package io.vivarium.kernel.file;

import io.vivarium.kernel.errno.Errno;
import io.vivarium.kernel.limit.Gauge;
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
  private final Gauge gauge;

  /**
   * A limit with nothing used.
   *
   * @param maximum how many may exist at a time, 0 or more
   * @param atLimit what {@link #take()} answers beyond that
   */
  public CountLimit(int maximum, Errno atLimit) {
    this(maximum, atLimit, Gauge.NONE);
  }

  /**
   * A limit with nothing used.
   *
   * @param maximum how many may exist at a time, 0 or more
   * @param atLimit what {@link #take()} answers beyond that
   * @param gauge hears how many there are
   */
  public CountLimit(int maximum, Errno atLimit, Gauge gauge) {
    if (maximum < 0) {
      throw new IllegalArgumentException("negative limit: " + maximum);
    }
    this.maximum = maximum;
    this.atLimit = atLimit;
    this.gauge = gauge;
    gauge.shows(used::get);
  }

  /**
   * Counts one more.
   *
   * @throws io.vivarium.kernel.errno.ErrnoException the errno of this limit when it is reached
   */
  public void take() {
    if (!tryTake()) {
      gauge.refused(maximum + 1L);
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
    gauge.rose(present + 1L);
    return true;
  }

  /** Counts one less. */
  public void give() {
    int left = used.decrementAndGet();
    if (left < 0) {
      throw new IllegalStateException("gave back more than was taken");
    }
    gauge.fell(left);
  }

  /** Answers the errno of this limit when it is reached, without counting. */
  public void check() {
    if (used.get() >= maximum) {
      gauge.refused(maximum + 1L);
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
