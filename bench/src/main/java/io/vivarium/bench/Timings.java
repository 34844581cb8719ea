package io.vivarium.bench;

import java.util.Arrays;

/** What repeated runs of one thing took. Immutable. */
final class Timings {
  private final long[] sorted;

  /** Timings of at least one run, in nanoseconds. */
  Timings(long[] nanoseconds) {
    if (nanoseconds.length == 0) {
      throw new IllegalArgumentException("There are no timings of no runs");
    }
    this.sorted = nanoseconds.clone();
    Arrays.sort(sorted);
  }

  int runs() {
    return sorted.length;
  }

  /** The middle one, or the mean of the two in the middle; milliseconds. */
  double median() {
    int half = sorted.length / 2;
    return sorted.length % 2 == 1
        ? milliseconds(sorted[half])
        : (milliseconds(sorted[half - 1]) + milliseconds(sorted[half])) / 2;
  }

  /** The smallest that at least 95 of 100 runs do not exceed; milliseconds. */
  double p95() {
    int rank = (int) Math.ceil(sorted.length * 0.95);
    return milliseconds(sorted[rank - 1]);
  }

  double fastest() {
    return milliseconds(sorted[0]);
  }

  private static double milliseconds(long nanoseconds) {
    return nanoseconds / 1e6;
  }
}
