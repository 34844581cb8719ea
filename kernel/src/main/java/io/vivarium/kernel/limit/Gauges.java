package io.vivarium.kernel.limit;

import io.vivarium.kernel.event.EventSink;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;

/** Makes the gauges of one machine, and reads those of the whole machine. Thread-safe. */
public final class Gauges {
  /** Of a machine that tells nobody. */
  public static final Gauges SILENT = new Gauges(Limits.DEFAULT, EventSink.DISCARD);

  private final Limits limits;
  private final EventSink sink;
  private final Map<Limit, Gauge> ofMachine = new ConcurrentSkipListMap<>();

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

  /** A gauge for a figure of the whole machine; {@link #readings} has the latest of each limit. */
  public Gauge ofMachine(Limit limit) {
    Gauge gauge = ofProcess(limit, 0);
    if (this != SILENT) { // which all machines share, and must hold none of them
      ofMachine.put(limit, gauge);
    }
    return gauge;
  }

  /** The figures of the whole machine at about one moment, in the order of the inventory. */
  public List<GaugeReading> readings() {
    List<GaugeReading> readings = new ArrayList<>();
    ofMachine.forEach((limit, gauge) -> {
      long used = gauge.used();
      long peak = Math.max(used, gauge.peak());
      readings.add(new GaugeReading(limit, used, peak, gauge.capacity()));
    });
    return readings;
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
