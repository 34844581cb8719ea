package io.vivarium.kernel.process;

import io.vivarium.kernel.limit.Gauge;
import io.vivarium.kernel.limit.Gauges;
import io.vivarium.kernel.limit.Limit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Holds the processes of one machine to their CPU time and wall-clock time, and the machine to its
 * CPU time, as RLIMIT_CPU does: at the limit SIGXCPU, a second later SIGKILL.
 *
 * <p>Nothing happens when a process starts, runs or ends. A thread cannot use more CPU time than
 * time passes, so the next look is due when the process with the least time left could have used
 * it: seldom while limits are far away, every millisecond just before one is reached. Waiting costs
 * a process nothing.
 */
final class TimeWatch implements Runnable {
  /** Closest together that two looks are, nanoseconds. */
  private static final long SHORTEST = TimeUnit.MILLISECONDS.toNanos(1);

  /** From SIGXCPU to SIGKILL, nanoseconds of CPU time. */
  private static final long GRACE = TimeUnit.SECONDS.toNanos(1);

  private final ProcessTable table;
  private final Gauges gauges;
  private final long processTime;
  private final long wallTime;
  private final long machineTime;
  private final Gauge machineGauge;
  private final int processors = Runtime.getRuntime().availableProcessors();

  // Guarded by the lock of the table.
  private final Map<Process, Watched> watched = new HashMap<>();
  private @Nullable Future<?> scheduled;
  private boolean exhausted;

  /** What is remembered of a process between two looks. */
  private static final class Watched {
    private final Gauge time;
    private final Gauge wall;
    private boolean warned;

    Watched(Gauge time, Gauge wall) {
      this.time = time;
      this.wall = wall;
    }
  }

  TimeWatch(ProcessTable table, Gauges gauges) {
    this.table = table;
    this.gauges = gauges;
    this.processTime = nanos(Limit.PROCESS_TIME);
    this.wallTime = nanos(Limit.PROCESS_WALL_TIME);
    this.machineTime = nanos(Limit.MACHINE_TIME);
    this.machineGauge = gauges.ofMachine(Limit.MACHINE_TIME);
    machineGauge.shows(() -> TimeUnit.NANOSECONDS.toMillis(used()));
    if (gauges.limits().get(Limit.MACHINE_TIME) < Limit.MACHINE_TIME.most()) {
      CpuClock.use();
    }
  }

  private long nanos(Limit limit) {
    return TimeUnit.MILLISECONDS.toNanos(gauges.limits().get(limit));
  }

  /** A process starts. Lock held. */
  void started() {
    if (scheduled == null) {
      schedule(furthest());
    }
  }

  /**
   * No process is left and none will come: the look that is due lets go of the machine. Lock held.
   */
  void close() {
    Future<?> due = scheduled;
    scheduled = null;
    if (due != null) {
      due.cancel(false);
    }
  }

  /** Whether the machine has used its CPU time up, for ever. Lock held. */
  boolean exhausted() {
    return exhausted;
  }

  /** When to look at what has not run yet. */
  private long furthest() {
    return Math.min(early(processTime), Math.min(early(wallTime), early(machineTime) / processors));
  }

  private static long early(long limit) {
    return limit / 100 * Gauge.WARN_PERCENT;
  }

  private void schedule(long delay) {
    scheduled = KernelTimer.schedule(this, Math.max(SHORTEST, delay));
  }

  @Override
  public void run() {
    synchronized (table.lock) {
      List<Process> alive =
          table.processes().stream().filter(p -> p.isAlive() && !p.isInit()).toList();
      watched.keySet().retainAll(alive);
      if (alive.isEmpty()) {
        scheduled = null;
        return;
      }
      long next = furthest();
      for (Process process : alive) {
        next = Math.min(next, look(process));
      }
      schedule(Math.min(next, lookAtMachine()));
    }
  }

  /** Holds one process to its limits; answers how long nothing can happen. */
  private long look(Process process) {
    Watched known =
        watched.computeIfAbsent(
            process,
            added ->
                new Watched(
                    gauges.ofProcess(Limit.PROCESS_TIME, added.pid()),
                    gauges.ofProcess(Limit.PROCESS_WALL_TIME, added.pid())));
    long used = process.cpuTime();
    long age = System.nanoTime() - process.startTime();
    known.time.rose(TimeUnit.NANOSECONDS.toMillis(used));
    known.wall.rose(TimeUnit.NANOSECONDS.toMillis(age));
    if (age >= wallTime) {
      known.wall.refused(TimeUnit.NANOSECONDS.toMillis(age));
      process.signals().post(Signal.SIGKILL);
    } else if (used >= processTime + GRACE) {
      process.signals().post(Signal.SIGKILL);
    } else if (used >= processTime && !known.warned) {
      known.warned = true;
      known.time.refused(TimeUnit.NANOSECONDS.toMillis(used));
      process.signals().post(Signal.SIGXCPU);
    }
    return Math.min(
        left(age, wallTime),
        known.warned ? left(used, processTime + GRACE) : left(used, processTime));
  }

  /** Time until a warning or the limit is due; a while when both have been. */
  private static long left(long used, long limit) {
    long warning = early(limit);
    if (used < warning) {
      return warning - used;
    }
    return used < limit ? limit - used : GRACE;
  }

  /** CPU time of the machine so far, nanoseconds. */
  private long used() {
    long used = 0;
    for (Process process : table.processes()) {
      used += process.cpuTime() + process.childrenCpuTime();
    }
    return used;
  }

  private long lookAtMachine() {
    long used = used();
    machineGauge.rose(TimeUnit.NANOSECONDS.toMillis(used));
    if (used >= machineTime && !exhausted) {
      exhausted = true;
      machineGauge.refused(TimeUnit.NANOSECONDS.toMillis(used));
    }
    if (exhausted) {
      for (Process process : table.processes()) {
        process.signals().post(Signal.SIGKILL);
      }
    }
    return left(used, machineTime) / processors;
  }
}
