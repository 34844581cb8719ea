package io.vivarium.bench.scale;

import java.util.Arrays;

/** What repeated runs of one thing took. Immutable. */
final class Samples {
  private final long[] sorted;

  /** Runs, at least one, in nanoseconds. */
  Samples(long[] nanoseconds) {
    if (nanoseconds.length == 0) {
      throw new IllegalArgumentException("There are no samples of no runs");
    }
    this.sorted = nanoseconds.clone();
    Arrays.sort(sorted);
  }

  int runs() {
    return sorted.length;
  }

  /**
   * The smallest that at least this share of all runs does not exceed; milliseconds.
   *
   * @param share more than 0, at most 1
   */
  double quantile(double share) {
    return sorted[(int) Math.ceil(sorted.length * share) - 1] / 1e6;
  }

  /** The mean of the two in the middle, which may be the same one; milliseconds. */
  double median() {
    return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2e6;
  }
}
