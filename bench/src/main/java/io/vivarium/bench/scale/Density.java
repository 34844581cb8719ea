package io.vivarium.bench.scale;

import io.vivarium.Command;
import io.vivarium.ExecResult;
import io.vivarium.Progress;
import io.vivarium.VirtualMachine;
import io.vivarium.Vivarium;
import io.vivarium.bench.Facts;
import io.vivarium.bench.result.Measurement;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.Callable;

/**
 * The rows of the family {@code density}: what a machine costs that is alive and has run {@code
 * ls}, when there are many of them. {@code bench/run density} prints more of the same.
 */
public final class Density {
  private static final int[] MACHINES = {100, 500};

  /** What a JVM learns about code that it runs stays, and has nothing to do with machines. */
  private static final long KEPT = 4 << 20;

  private final Vivarium vivarium;

  /** The family, with machines of a Vivarium. */
  public Density(Vivarium vivarium) {
    this.vivarium = vivarium;
  }

  /**
   * How to measure each row, by its name. Runs are milliseconds for one more machine that has run
   * {@code ls}, from none to all; memory is bytes of each machine, in the heap and outside it.
   *
   * @throws IllegalStateException on measuring, when memory is not given back by closing
   */
  public Map<String, Callable<Measurement>> rows() {
    Map<String, Callable<Measurement>> rows = new LinkedHashMap<>();
    for (int machines : MACHINES) {
      rows.put("density/machines_" + machines, () -> figures(machines).measurement());
    }
    return rows;
  }

  /**
   * What so many machines cost.
   *
   * @param millis for one after the other to be made and to run {@code ls}
   * @param before footprint without machines
   * @param alive with all of them
   * @param after when all are closed
   */
  record Figures(List<Double> millis, Footprint before, Footprint alive, Footprint after) {
    double heapOfEach() {
      return (double) (alive.heap() - before.heap()) / millis.size();
    }

    double outsideOfEach() {
      return (double) (alive.buffers() - before.buffers()) / millis.size();
    }

    long heapLeft() {
      return after.heap() - before.heap();
    }

    Measurement measurement() {
      if (heapLeft() > KEPT || after.buffers() > before.buffers() + KEPT) {
        throw new IllegalStateException(
            "Closed machines hold memory: " + before + " before, " + after + " after");
      }
      long each = Math.round(heapOfEach() + outsideOfEach());
      return new Measurement(millis.getFirst(), millis, OptionalLong.of(Math.max(0, each)));
    }
  }

  /** Has so many machines at the same time. */
  Figures figures(int count) {
    // What a JVM does for the first machines stays.
    live(Math.min(count, 20), new ArrayList<>()).forEach(VirtualMachine::close);
    Footprint before = footprint();
    List<Double> millis = new ArrayList<>();
    List<VirtualMachine> machines = live(count, millis);
    Footprint alive;
    try {
      alive = footprint();
    } finally {
      machines.forEach(VirtualMachine::close);
    }
    machines.clear();
    return new Figures(List.copyOf(millis), before, alive, footprint());
  }

  private Footprint footprint() {
    Footprint.Places places = new Footprint.Places(vivarium.codeFolder(), vivarium.codeFolder());
    return Footprint.take(places, vivarium.guestMemoryHeld());
  }

  private List<VirtualMachine> live(int count, List<Double> millis) {
    List<VirtualMachine> machines = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      long start = System.nanoTime();
      VirtualMachine machine = vivarium.machine();
      machines.add(machine);
      ExecResult result = machine.exec(Command.of("ls", "/etc"));
      millis.add((System.nanoTime() - start) / 1e6);
      if (!result.succeeded()) {
        machines.forEach(VirtualMachine::close);
        throw new IllegalStateException("ls failed: " + result.stderrText());
      }
    }
    return machines;
  }

  /** Prints a table. */
  public static void main(String[] arguments) {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    out.println("    $ " + System.getProperty("vivarium.bench.command", "Density"));
    Facts.lines().forEach(line -> out.println("    " + line));
    out.println();
    out.println(
        "| machines | heap of each KiB | outside of each KiB | threads | descriptors"
            + " | to make one and run `ls`, median ms | heap left after close KiB |");
    out.println("|---:|---:|---:|---:|---:|---:|---:|");
    try (Vivarium vivarium = Vivarium.builder().progress(Progress.SILENT).create()) {
      Density density = new Density(vivarium);
      for (int machines : MACHINES) {
        Figures figures = density.figures(machines);
        out.printf(
            Locale.ROOT,
            "| %d | %.1f | %.1f | %+d | %+d | %.2f | %d |%n",
            machines,
            figures.heapOfEach() / 1024,
            figures.outsideOfEach() / 1024,
            figures.alive.threads() - figures.before.threads(),
            figures.alive.descriptors() - figures.before.descriptors(),
            figures.measurement().p50(),
            figures.heapLeft() >> 10);
      }
    }
  }
}
