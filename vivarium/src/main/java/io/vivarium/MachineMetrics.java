package io.vivarium;

import io.vivarium.kernel.trace.CallStatistics;
import java.util.List;

/**
 * What a machine was doing, at one moment. Immutable.
 *
 * @param calls the system calls that were made, those that took most time first
 */
public record MachineMetrics(List<CallStatistics> calls) {
  /** As described; the list is copied. */
  public MachineMetrics {
    calls = List.copyOf(calls);
  }
}
