package io.vivarium.kernel.trace;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Counts and times the system calls of a machine. There are as many entries as there are system
 * calls, whatever guests do. Thread-safe.
 */
public final class CallMetrics {
  private final Map<String, CallCounter> counters = new ConcurrentHashMap<>();
  private final String machine;

  /**
   * Nothing counted yet.
   *
   * @param machine the name of the machine in events of the flight recorder
   */
  public CallMetrics(String machine) {
    this.machine = machine;
  }

  /**
   * A call has ended. Also tells the flight recorder, if it wants calls that took so long.
   *
   * @param call the name of the call
   * @param pid whose call
   * @param error the name of the error; null for success
   * @param nanos how long it took
   * @param phaseNanos how that divides, by {@link Phase#ordinal()}
   * @param event that began with the call
   */
  public void add(
      String call,
      int pid,
      @Nullable String error,
      long nanos,
      long[] phaseNanos,
      SystemCallFlightEvent event) {
    counters.computeIfAbsent(call, name -> new CallCounter()).add(nanos, phaseNanos, error);
    event.end();
    if (event.shouldCommit()) {
      event.fill(machine, call, pid, error);
      event.commit();
    }
  }

  /** What was counted so far, the calls that took most time first. */
  public List<CallStatistics> statistics() {
    return counters.entrySet().stream()
        .map(entry -> entry.getValue().statistics(entry.getKey()))
        .sorted(
            Comparator.comparingLong(CallStatistics::totalNanos)
                .reversed()
                .thenComparing(CallStatistics::name))
        .toList();
  }
}
