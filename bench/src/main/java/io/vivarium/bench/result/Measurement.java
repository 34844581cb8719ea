package io.vivarium.bench.result;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;

/**
 * What one lane took for one row. Immutable.
 *
 * @param cold the first run of the row's process or machine, milliseconds
 * @param warm the runs that count, milliseconds, in the order they were made; at least one
 * @param memory the highest memory of the process that did the work, or of the guests in its
 *     machine, bytes; empty where nobody can tell
 */
public record Measurement(double cold, List<Double> warm, OptionalLong memory) {
  /** As described; the list is copied. */
  public Measurement {
    warm = List.copyOf(warm);
    if (warm.isEmpty()) {
      throw new IllegalArgumentException("There is no measurement without a run");
    }
  }

  /** The middle one, or the mean of the two in the middle; milliseconds. */
  public double p50() {
    double[] sorted = sorted();
    int half = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
  }

  /** The smallest that at least 95 of 100 runs do not exceed; milliseconds. */
  public double p95() {
    double[] sorted = sorted();
    return sorted[(int) Math.ceil(sorted.length * 0.95) - 1];
  }

  /** The fastest; milliseconds. */
  public double min() {
    return sorted()[0];
  }

  private double[] sorted() {
    double[] sorted = warm.stream().mapToDouble(Double::doubleValue).toArray();
    Arrays.sort(sorted);
    return sorted;
  }
}
