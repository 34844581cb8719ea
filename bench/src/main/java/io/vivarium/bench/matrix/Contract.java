package io.vivarium.bench.matrix;

import java.time.Duration;
import java.util.List;

/**
 * How often something runs, the same in every lane of a row. Warming up ends when both its runs and
 * its time are over and, for what runs in this JVM, when HotSpot has compiled what runs, or after
 * the patience. Immutable.
 *
 * @param runs that count
 * @param warmUpRuns that do not
 * @param warmUp for how long at least nothing counts
 * @param patience for how long at most nothing counts because HotSpot still compiles
 */
record Contract(int runs, int warmUpRuns, Duration warmUp, Duration patience) {
  /** For baselines and reports. */
  static final Contract FULL = new Contract(30, 5, Duration.ofSeconds(3), Duration.ofSeconds(60));

  /** For the gate and for trying things out. */
  static final Contract QUICK =
      new Contract(15, 3, Duration.ofMillis(1_500), Duration.ofSeconds(30));

  /** As the benchmark programs take it. */
  List<String> arguments() {
    return List.of(
        Integer.toString(runs), Integer.toString(warmUpRuns), Long.toString(warmUp.toMillis()));
  }

  @Override
  public String toString() {
    return "%d runs after at least %d runs and %d ms, and %d ms while code is compiled"
        .formatted(runs, warmUpRuns, warmUp.toMillis(), patience.toMillis());
  }
}
