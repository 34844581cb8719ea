package io.vivarium.kernel.limit;

import io.vivarium.kernel.event.EventSink;

/** Makes the gauges of one machine. Immutable and thread-safe. */
public final class Gauges {
  /** Of a machine that tells nobody. */
  public static final Gauges SILENT = new Gauges(Limits.DEFAULT, EventSink.DISCARD);

  private final Limits limits;
  private final EventSink sink;

  /**
   * The gauges of a machine.
   *
   * @param sink is told
   */
  public Gauges(Limits limits, EventSink sink) {
    this.limits = limits;
    this.sink = sink;
  }

  /** The limits that the gauges watch. */
  public Limits limits() {
    return limits;
  }

  /** A gauge for a figure of the whole machine. */
  public Gauge ofMachine(Limit limit) {
    return ofProcess(limit, 0);
  }

  /** A gauge for a figure of one process. */
  public Gauge ofProcess(Limit limit, int pid) {
    return ofProcess(limit, pid, limits.get(limit));
  }

  /**
   * A gauge for a figure of one process that has another limit than the machine's.
   *
   * @param capacity its limit
   */
  public Gauge ofProcess(Limit limit, int pid, long capacity) {
    return Gauge.of(limit, pid, capacity, sink);
  }
}
