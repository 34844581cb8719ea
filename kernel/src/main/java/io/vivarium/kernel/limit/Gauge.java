package io.vivarium.kernel.limit;

import io.vivarium.kernel.event.EventSink;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Watches one figure and its limit: tells once when the figure comes to {@value #WARN_PERCENT} % of
 * the limit, once more when something is refused, and again only after the figure was below {@value
 * #REARM_PERCENT} %. Whoever keeps the figure says how it changes; that costs a comparison.
 * Thread-safe.
 */
public final class Gauge {
  /** Where a warning is due. */
  public static final int WARN_PERCENT = 80;

  /** Below this the next warning can come. */
  public static final int REARM_PERCENT = 50;

  /** Watches nothing. */
  public static final Gauge NONE = new Gauge(Limit.CPU_COUNT, 0, Long.MAX_VALUE, EventSink.DISCARD);

  private static final int QUIET = 0;
  private static final int WARNED = 1;
  private static final int REACHED = 2;

  private final Limit limit;
  private final int pid;
  private final long capacity;
  private final long warnAt;
  private final long rearmBelow;
  private final EventSink sink;
  private final AtomicInteger state = new AtomicInteger(QUIET);

  /**
   * A gauge of a figure that is low.
   *
   * @param pid whose limit it is; 0 for the machine's
   * @param capacity the value of the limit
   */
  Gauge(Limit limit, int pid, long capacity, EventSink sink) {
    this.limit = limit;
    this.pid = pid;
    this.capacity = capacity;
    this.warnAt = Math.max(1, percent(capacity, WARN_PERCENT));
    this.rearmBelow = Math.max(1, percent(capacity, REARM_PERCENT));
    this.sink = sink;
  }

  /** A share of a number, rounded up. */
  private static long percent(long whole, int percent) {
    return whole / 100 * percent + (whole % 100 * percent + 99) / 100;
  }

  /** The value of the limit. */
  public long capacity() {
    return capacity;
  }

  /** The figure grew to this. */
  public void rose(long used) {
    if (used >= warnAt && state.get() == QUIET && state.compareAndSet(QUIET, WARNED)) {
      tell(used, false);
    }
  }

  /** The figure shrank to this. */
  public void fell(long used) {
    if (used < rearmBelow && state.get() != QUIET) {
      state.set(QUIET);
    }
  }

  /** The figure is now this, whatever it was. */
  public void set(long used) {
    rose(used);
    fell(used);
  }

  /**
   * Something was refused.
   *
   * @param wanted what the figure would have become
   */
  public void refused(long wanted) {
    if (state.get() != REACHED && state.getAndSet(REACHED) != REACHED) {
      tell(wanted, true);
    }
  }

  private void tell(long used, boolean reached) {
    LimitEvent event = new LimitEvent(limit, pid, used, capacity, reached);
    LimitFlightEvent.commit(event);
    sink.accept(event);
  }
}
