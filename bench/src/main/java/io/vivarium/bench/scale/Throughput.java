package io.vivarium.bench.scale;

import io.vivarium.Progress;
import io.vivarium.VirtualMachine;
import io.vivarium.Vivarium;
import io.vivarium.bench.Facts;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * How much more machines do on several processors than on one: a thread for each machine runs one
 * command after the other, by turns with one machine and with all. {@code bench/run throughput}
 * starts it; words select rows.
 *
 * <p>Processors are shared with whatever else the host does, so each turn also says what CPU time a
 * command took, and how many processors others kept busy meanwhile; the best turn counts.
 */
public final class Throughput {
  private static final PrintStream OUT = new PrintStream(System.out, true, StandardCharsets.UTF_8);
  private static final Duration WARMING = Duration.ofSeconds(12);
  private static final Duration TURN = Duration.ofSeconds(3);
  private static final int ROUNDS = 5;

  private final List<VirtualMachine> machines;
  private final ExecutorService threads;

  private Throughput(List<VirtualMachine> machines, ExecutorService threads) {
    this.machines = machines;
    this.threads = threads;
  }

  /**
   * One turn.
   *
   * @param rate commands per second
   * @param cpuMillis CPU time of this JVM for each command
   * @param others processors that others kept busy
   */
  private record Turn(double rate, double cpuMillis, double others) {
    static Turn better(Turn one, Turn other) {
      return one.rate >= other.rate ? one : other;
    }
  }

  /** Runs what the words select. */
  public static void main(String[] words) throws Exception {
    int most = Runtime.getRuntime().availableProcessors();
    OUT.println("    $ " + System.getProperty("vivarium.bench.command", "Throughput"));
    Facts.lines().forEach(line -> OUT.println("    " + line));
    OUT.println();
    OUT.printf(
        "| what | 1 machine, per s | %d machines, per s | ratio | CPU ms a command, 1 | %d"
            + " | others' processors, 1 | %d |%n",
        most, most, most);
    OUT.println("|---|---:|---:|---:|---:|---:|---:|---:|");
    List<VirtualMachine> machines = new ArrayList<>();
    try (Vivarium vivarium = Vivarium.builder().progress(Progress.SILENT).create();
        ExecutorService threads = Executors.newFixedThreadPool(most)) {
      for (int i = 0; i < most; i++) {
        VirtualMachine machine = vivarium.machine();
        machines.add(machine);
        Work.prepare(machine);
      }
      Throughput throughput = new Throughput(List.copyOf(machines), threads);
      for (Work work : Work.mixes()) {
        if (words.length == 0 || List.of(words).stream().anyMatch(work.name()::contains)) {
          throughput.row(work);
        }
      }
    } finally {
      machines.forEach(VirtualMachine::close);
    }
  }

  private void row(Work work) throws Exception {
    turn(work, machines.size(), WARMING);
    turn(work, 1, TURN);
    Turn alone = turn(work, 1, TURN);
    Turn together = turn(work, machines.size(), TURN);
    for (int round = 1; round < ROUNDS; round++) {
      alone = Turn.better(alone, turn(work, 1, TURN));
      together = Turn.better(together, turn(work, machines.size(), TURN));
    }
    OUT.printf(
        Locale.ROOT,
        "| %s | %,.0f | %,.0f | %.2f | %.2f | %.2f | %.2f | %.2f |%n",
        work.name(),
        alone.rate,
        together.rate,
        together.rate / alone.rate,
        alone.cpuMillis,
        together.cpuMillis,
        alone.others,
        together.others);
  }

  private Turn turn(Work work, int count, Duration time) throws Exception {
    CpuUse before = CpuUse.now();
    long end = before.nanos() + time.toNanos();
    List<Callable<Long>> tasks = new ArrayList<>();
    for (VirtualMachine machine : machines.subList(0, count)) {
      tasks.add(() -> runUntil(end, work, machine));
    }
    long commands = 0;
    for (Future<Long> done : threads.invokeAll(tasks)) {
      commands += done.get();
    }
    CpuUse after = CpuUse.now();
    return new Turn(
        commands / after.seconds(before), after.own(before) * 1e3 / commands, after.others(before));
  }

  private static long runUntil(long end, Work work, VirtualMachine machine) {
    long commands = 0;
    do {
      work.run(machine);
      commands++;
    } while (System.nanoTime() < end);
    return commands;
  }
}
