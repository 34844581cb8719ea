package io.vivarium.bench;

import io.vivarium.bench.micro.PopulationBenchmark;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The methods of {@link PopulationBenchmark} by turns in one JVM: machines with few and many files,
 * with a quota and without one, all under the same compiled code. JVMs differ from each other by
 * more than what is looked for here. {@code bench/run population} starts it; words select rows.
 */
public final class PopulationCost {
  private static final PrintStream OUT = new PrintStream(System.out, true, StandardCharsets.UTF_8);
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  private static final int[] POPULATIONS = {100, 10_000, 1_000_000};
  private static final int ROUNDS = 25;
  private static final int WARM_UPS = 10;

  /** CPU time of a round of a machine, about. */
  private static final long ROUND_NANOS = 20_000_000;

  private PopulationCost() {}

  /** Runs what the words select. */
  public static void main(String[] words) {
    OUT.println("    $ " + System.getProperty("vivarium.bench.command", "PopulationCost"));
    Facts.lines().forEach(line -> OUT.println("    " + line));
    OUT.println();
    OUT.println(
        "| System calls | 100 | 10,000 | 1,000,000 | largest : smallest"
            + " | quota : none, 100 | 10,000 | 1,000,000 |");
    OUT.println("|---|---:|---:|---:|---:|---:|---:|---:|");
    List<PopulationBenchmark> machines = new ArrayList<>();
    for (boolean quota : new boolean[] {true, false}) {
      for (int inodes : POPULATIONS) {
        PopulationBenchmark machine = new PopulationBenchmark();
        machine.inodes = inodes;
        machine.quota = quota;
        machine.populate();
        machines.add(machine);
      }
    }
    try {
      calls()
          .forEach((name, call) -> {
            if (words.length == 0 || List.of(words).stream().anyMatch(name::contains)) {
              row(name, call, machines);
            }
          });
    } finally {
      machines.forEach(PopulationBenchmark::close);
    }
  }

  private static Map<String, Consumer<PopulationBenchmark>> calls() {
    Map<String, Consumer<PopulationBenchmark>> calls = new LinkedHashMap<>();
    calls.put("create, close, unlink", PopulationBenchmark::createAndUnlink);
    calls.put(
        "the same in the wide directory", PopulationBenchmark::createAndUnlinkInWideDirectory);
    calls.put("the same 32 components deep", PopulationBenchmark::createAndUnlinkDeep);
    calls.put("stat", PopulationBenchmark::stat);
    calls.put("stat, 32 components", PopulationBenchmark::statDeep);
    calls.put("stat in the wide directory", PopulationBenchmark::statInWideDirectory);
    calls.put("rename", PopulationBenchmark::rename);
    calls.put("truncate and write 4 KiB", PopulationBenchmark::write4KiB);
    calls.put("truncate and write 1 MiB", PopulationBenchmark::write1MiB);
    calls.put("mkdir, create, unlink, rmdir", PopulationBenchmark::makeAndRemoveDirectory);
    return calls;
  }

  private static void row(
      String name, Consumer<PopulationBenchmark> call, List<PopulationBenchmark> machines) {
    int times = 1;
    while (time(call, machines.getFirst(), times) < ROUND_NANOS) {
      times *= 2;
    }
    long[][] samples = new long[machines.size()][ROUNDS];
    for (int round = -WARM_UPS; round < ROUNDS; round++) {
      for (int i = 0; i < machines.size(); i++) {
        long took = time(call, machines.get(i), times);
        if (round >= 0) {
          samples[i][round] = took;
        }
      }
    }
    double[] medians = new double[samples.length];
    for (int i = 0; i < samples.length; i++) {
      medians[i] = new Timings(samples[i]).median() * 1e6 / times;
    }
    OUT.printf(
        Locale.ROOT,
        "| %s | %,.0f | %,.0f | %,.0f | %.2f | %.2f | %.2f | %.2f |%n",
        name,
        medians[0],
        medians[1],
        medians[2],
        medians[2] / medians[0],
        medians[0] / medians[3],
        medians[1] / medians[4],
        medians[2] / medians[5]);
  }

  /** CPU time of this thread, so that what else the host does counts little. */
  private static long time(
      Consumer<PopulationBenchmark> call, PopulationBenchmark machine, int times) {
    long start = THREADS.getCurrentThreadCpuTime();
    for (int i = 0; i < times; i++) {
      call.accept(machine);
    }
    return THREADS.getCurrentThreadCpuTime() - start;
  }
}
