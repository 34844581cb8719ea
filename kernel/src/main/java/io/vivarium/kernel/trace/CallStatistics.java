package io.vivarium.kernel.trace;

import java.util.Map;

/**
 * What is known about the calls of one system call. Immutable.
 *
 * @param name such as {@code fd_write}, with its module where two modules have it
 * @param calls how many ended, those that failed and those that never returned included
 * @param errors how many failed, by the name of the error, such as {@code ENOENT}
 * @param totalNanos time of all, nanoseconds
 * @param p50Nanos what half of the calls did not exceed; percentiles are up to 12.5 % too high
 * @param p95Nanos what 95 % did not exceed
 * @param p99Nanos what 99 % did not exceed
 * @param maxNanos the slowest, exactly
 * @param phaseNanos how the total divides into phases; has every phase
 */
public record CallStatistics(
    String name,
    long calls,
    Map<String, Long> errors,
    long totalNanos,
    long p50Nanos,
    long p95Nanos,
    long p99Nanos,
    long maxNanos,
    Map<Phase, Long> phaseNanos) {
  /** As described; the maps are copied. */
  public CallStatistics {
    errors = Map.copyOf(errors);
    phaseNanos = Map.copyOf(phaseNanos);
  }

  /** How many calls failed. */
  public long failures() {
    return errors.values().stream().mapToLong(Long::longValue).sum();
  }
}
