package io.vivarium.bench.scale;

import io.vivarium.GuestProcess;
import io.vivarium.Progress;
import io.vivarium.VirtualMachine;
import io.vivarium.Vivarium;
import io.vivarium.bench.Facts;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * What short commands in one machine feel of another machine of the same JVM: their latency alone
 * and beside a neighbour, by turns. {@code bench/run interference} starts it; words select rows.
 */
public final class Interference {
  private static final PrintStream OUT = new PrintStream(System.out, true, StandardCharsets.UTF_8);
  private static final Duration WARMING = Duration.ofSeconds(8);
  private static final Duration TURN = Duration.ofSeconds(3);
  private static final int ROUNDS = 4;

  /** How long a neighbour gets to be in full swing, and one that is gone to be forgotten. */
  private static final Duration SETTLING = Duration.ofMillis(700);

  /** Between two commands, as somebody does who looks at what the first one said. */
  private static final Duration PAUSE = Duration.ofMillis(1);

  private final Vivarium vivarium;
  private final VirtualMachine machine;

  private Interference(Vivarium vivarium, VirtualMachine machine) {
    this.vivarium = vivarium;
    this.machine = machine;
  }

  /** Runs what the words select. */
  public static void main(String[] words) throws Exception {
    OUT.println("    $ " + System.getProperty("vivarium.bench.command", "Interference"));
    Facts.lines().forEach(line -> OUT.println("    " + line));
    OUT.println();
    OUT.println(
        "| neighbour | command | p50 alone ms | beside ms | ratio | p99 alone ms | beside ms | ratio"
            + " | runs | others' processors, alone | beside |");
    OUT.println("|---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|");
    try (Vivarium vivarium = Vivarium.builder().progress(Progress.SILENT).create();
        VirtualMachine machine = vivarium.machine()) {
      Interference interference = new Interference(vivarium, machine);
      List<Work> works = List.of(Work.nothing(), Work.stat());
      for (Work work : works) {
        interference.turn(work, new Recorder(), WARMING);
      }
      for (Neighbour neighbour : Neighbour.all()) {
        for (Work work : works) {
          String name = neighbour.label() + " " + work.name();
          if (words.length == 0 || List.of(words).stream().anyMatch(name::contains)) {
            interference.row(neighbour, work);
          }
        }
      }
    }
  }

  private void row(Neighbour neighbour, Work work) throws InterruptedException {
    // Once for warming up: the neighbour's code is new too.
    beside(neighbour, work, new Recorder());
    Recorder alone = new Recorder();
    Recorder beside = new Recorder();
    double othersAlone = 0;
    double othersBeside = 0;
    for (int round = 0; round < ROUNDS; round++) {
      Thread.sleep(SETTLING);
      othersAlone += turn(work, alone, TURN) / ROUNDS;
      othersBeside += beside(neighbour, work, beside) / ROUNDS;
    }
    Samples quiet = alone.samples();
    Samples loud = beside.samples();
    OUT.printf(
        Locale.ROOT,
        "| %s | %s | %.2f | %.2f | %.1f | %.2f | %.2f | %.1f | %d | %.2f | %.2f |%n",
        neighbour.label(),
        work.name(),
        quiet.median(),
        loud.median(),
        loud.median() / quiet.median(),
        quiet.quantile(0.99),
        loud.quantile(0.99),
        loud.quantile(0.99) / quiet.quantile(0.99),
        loud.runs(),
        othersAlone,
        othersBeside);
  }

  private double beside(Neighbour neighbour, Work work, Recorder recorder)
      throws InterruptedException {
    try (VirtualMachine other = vivarium.machine();
        GuestProcess process = other.spawn(neighbour.command())) {
      Thread.sleep(SETTLING);
      double others = turn(work, recorder, TURN);
      if (!process.isAlive()) {
        throw new IllegalStateException(neighbour.label() + ": has ended by itself");
      }
      return others;
    }
  }

  /** Says how many processors other programs of the host kept busy. */
  private double turn(Work work, Recorder recorder, Duration time) throws InterruptedException {
    CpuUse before = CpuUse.now();
    long end = before.nanos() + time.toNanos();
    do {
      recorder.add(work.run(machine));
      Thread.sleep(PAUSE);
    } while (System.nanoTime() < end);
    return CpuUse.now().others(before);
  }
}
