package io.vivarium.kernel.limit;

import io.vivarium.kernel.event.EventSink;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Watches one figure and its limit: tells once when the figure comes to {@value #WARN_PERCENT} % of
 * the limit, once more when something is refused, and again only after the figure was below {@value
 * #REARM_PERCENT} %. Whoever keeps the figure says how it changes; that costs two comparisons, and
 * an atomic step where the figure is higher than ever. Thread-safe.
 */
public final class Gauge {
  /** Where a warning is due. */
  public static final int WARN_PERCENT = 80;

  /** Below this the next warning can come. */
  public static final int REARM_PERCENT = 50;

  /** Watches nothing. */
  public static final Gauge NONE = new Gauge(Long.MAX_VALUE, (used, reached) -> {});

  /** Hears of a figure. */
  @FunctionalInterface
  public interface Listener {
    /**
     * The figure came near its limit, or something was refused.
     *
     * @param used the figure; when something was refused, what it would have become at least
     * @param reached whether something was refused
     */
    void hear(long used, boolean reached);
  }

  private static final int QUIET = 0;
  private static final int WARNED = 1;
  private static final int REACHED = 2;

  private final long capacity;
  private final long warnAt;
  private final long rearmBelow;
  private final Listener listener;
  private final AtomicInteger state = new AtomicInteger(QUIET);
  private final AtomicLong peak = new AtomicLong();
  private volatile LongSupplier figure = () -> 0;

  /**
   * A gauge of a figure that is low.
   *
   * @param pid whose limit it is; 0 for the machine's
   * @param capacity the value of the limit
   */
  static Gauge of(Limit limit, int pid, long capacity, EventSink sink) {
    return new Gauge(
        capacity,
        (used, reached) -> {
          LimitEvent event = new LimitEvent(limit, pid, used, capacity, reached);
          LimitFlightEvent.commit(limit.key(), pid, used, capacity, reached);
          sink.accept(event);
        });
  }

  /**
   * A gauge of a figure that no machine owns.
   *
   * @param name what the flight recorder calls it
   * @param capacity the limit
   */
  public static Gauge of(String name, long capacity, Listener listener) {
    return new Gauge(
        capacity,
        (used, reached) -> {
          LimitFlightEvent.commit(name, 0, used, capacity, reached);
          listener.hear(used, reached);
        });
  }

  private Gauge(long capacity, Listener listener) {
    this.capacity = capacity;
    this.warnAt = Math.max(1, percent(capacity, WARN_PERCENT));
    this.rearmBelow = Math.max(1, percent(capacity, REARM_PERCENT));
    this.listener = listener;
  }

  /** A share of a number, rounded up. */
  private static long percent(long whole, int percent) {
    return whole / 100 * percent + (whole % 100 * percent + 99) / 100;
  }

  /** The value of the limit. */
  public long capacity() {
    return capacity;
  }

  /**
   * Says where the figure can be read at any time, from any thread. A gauge without that is of
   * something that is only checked, not held, such as the size of a module.
   */
  public void shows(LongSupplier present) {
    if (this != NONE) {
      figure = present;
    }
  }

  /** The figure now; 0 when nobody said where it can be read. */
  public long used() {
    return figure.getAsLong();
  }

  /** The highest value that was told of the figure; what was refused is not in it. */
  public long peak() {
    return peak.get();
  }

  /** The figure grew to this. */
  public void rose(long used) {
    if (used > peak.getPlain()) {
      peak.accumulateAndGet(used, Math::max);
    }
    if (used >= warnAt && state.get() == QUIET && state.compareAndSet(QUIET, WARNED)) {
      listener.hear(used, false);
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
      listener.hear(wanted, true);
    }
  }
}
