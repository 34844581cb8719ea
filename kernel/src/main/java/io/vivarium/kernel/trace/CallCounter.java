package io.vivarium.kernel.trace;

import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** Counts the calls of one system call of a machine. Thread-safe, without locks. */
@SuppressWarnings("EnumOrdinal") // indexes of arrays that live no longer than the JVM
final class CallCounter {
  private static final Phase[] PHASES = Phase.values();

  private final Histogram histogram = new Histogram();
  private final LongAdder total = new LongAdder();
  private final LongAccumulator longest = new LongAccumulator(Math::max, 0);
  private final AtomicLongArray phases = new AtomicLongArray(PHASES.length);
  private final Map<String, LongAdder> errors = new ConcurrentHashMap<>();

  void add(long nanos, long[] phaseNanos, @Nullable String error) {
    histogram.add(nanos);
    total.add(nanos);
    longest.accumulate(nanos);
    for (int i = 0; i < phaseNanos.length; i++) {
      if (phaseNanos[i] != 0) {
        phases.getAndAdd(i, phaseNanos[i]);
      }
    }
    if (error != null) {
      errors.computeIfAbsent(error, name -> new LongAdder()).increment();
    }
  }

  CallStatistics statistics(String name) {
    long[] counts = histogram.counts();
    long calls = 0;
    for (long count : counts) {
      calls += count;
    }
    Map<String, Long> failed = new TreeMap<>();
    errors.forEach((error, count) -> failed.put(error, count.sum()));
    Map<Phase, Long> split = new EnumMap<>(Phase.class);
    for (Phase phase : PHASES) {
      split.put(phase, phases.get(phase.ordinal()));
    }
    long max = longest.get();
    return new CallStatistics(
        name,
        calls,
        failed,
        total.sum(),
        Math.min(max, Histogram.percentile(counts, 50)),
        Math.min(max, Histogram.percentile(counts, 95)),
        Math.min(max, Histogram.percentile(counts, 99)),
        max,
        split);
  }
}
