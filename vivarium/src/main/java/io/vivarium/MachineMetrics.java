package io.vivarium;

import io.vivarium.kernel.limit.GaugeReading;
import io.vivarium.kernel.limit.Limit;
import io.vivarium.kernel.trace.CallStatistics;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What a machine was doing and held, at one moment. Immutable.
 *
 * @param calls the system calls that were made, those that took most time first
 * @param gauges the figures of the whole machine that limits hold, in the order of {@link
 *     Vivarium#limits()}
 */
public record MachineMetrics(List<Call> calls, List<Gauge> gauges) {
  /** As described; the lists are copied. */
  public MachineMetrics {
    calls = List.copyOf(calls);
    gauges = List.copyOf(gauges);
  }

  /**
   * A figure and its limit. Immutable.
   *
   * @param key of the limit, such as {@code storage.bytes}
   * @param unit what the figures count
   * @param used the figure; 0 for what is only checked, not held, such as the size of a module.
   *     Storage may be negative where a machine deleted files that it shares with others
   * @param peak the highest value that it ever had, what was refused not included
   * @param limit what it is held against
   */
  public record Gauge(String key, LimitEntry.Unit unit, long used, long peak, long limit) {
    static Gauge of(GaugeReading reading) {
      Limit limit = reading.limit();
      return new Gauge(
          limit.key(),
          LimitEntry.Unit.valueOf(limit.unit().name()),
          reading.used(),
          reading.peak(),
          reading.capacity());
    }
  }

  /**
   * What a system call is doing. A phase that begins inside another one interrupts it, so the times
   * of all phases add up to the time of the call.
   */
  public enum Phase {
    /** Taking paths, buffer lists and bytes out of the guest's memory. */
    DECODE,
    /** Finding what a descriptor refers to. */
    DESCRIPTOR,
    /** Walking a path: lookups of names, symbolic links, mounts, search permission on the way. */
    PATH,
    /** Asking the machine's policy. */
    PERMISSION,
    /** Turning a directory descriptor and a path of the guest into where a walk starts. */
    RESOLVE,
    /** Everything else: the work itself, with the waiting it takes. */
    OPERATE,
    /** Putting results into the guest's memory. */
    ENCODE
  }

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
  public record Call(
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
    public Call {
      errors = Map.copyOf(errors);
      phaseNanos = Map.copyOf(phaseNanos);
    }

    static Call of(CallStatistics call) {
      Map<Phase, Long> phases = new EnumMap<>(Phase.class);
      call.phaseNanos().forEach((phase, nanos) -> phases.put(Phase.valueOf(phase.name()), nanos));
      return new Call(
          call.name(),
          call.calls(),
          call.errors(),
          call.totalNanos(),
          call.p50Nanos(),
          call.p95Nanos(),
          call.p99Nanos(),
          call.maxNanos(),
          phases);
    }

    /** How many calls failed. */
    public long failures() {
      return errors.values().stream().mapToLong(Long::longValue).sum();
    }
  }
}
