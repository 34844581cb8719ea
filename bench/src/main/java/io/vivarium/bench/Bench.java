package io.vivarium.bench;

import io.vivarium.Progress;
import io.vivarium.Vivarium;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * Times whole commands, machines and launches, and prints a table. {@code bench/run} starts it.
 *
 * <p>Arguments are words: of the names of what runs, one must contain one of them; none means all.
 */
public final class Bench {
  private static final PrintStream OUT = new PrintStream(System.out, true, StandardCharsets.UTF_8);

  private final List<String> words;
  private final Report report = new Report(OUT);

  private Bench(List<String> words) {
    this.words = words;
  }

  /** Runs what the words select. */
  public static void main(String[] arguments) throws Exception {
    OUT.println("    $ " + System.getProperty("vivarium.bench.command", Bench.class.getName()));
    Facts.lines().forEach(line -> OUT.println("    " + line));
    OUT.println();
    new Bench(List.of(arguments)).run();
  }

  private void run() throws Exception {
    report.begin();
    try (Vivarium vivarium = Vivarium.builder().progress(Progress.SILENT).create()) {
      try (CommandScenarios commands = new CommandScenarios(vivarium)) {
        measure(commands.all());
      }
      try (MachineScenarios machines = new MachineScenarios(vivarium)) {
        measure(machines.all());
      }
    }
    Path checkout = Path.of(System.getProperty("vivarium.bench.checkout", ".")).toAbsolutePath();
    measure(new LaunchScenarios(checkout.normalize()).all());
  }

  private void measure(List<Scenario> scenarios) throws Exception {
    for (Scenario scenario : scenarios) {
      if (selected(scenario)) {
        report.row(scenario, scenario.measure());
      }
    }
  }

  private boolean selected(Scenario scenario) {
    String name = scenario.name().toLowerCase(Locale.ROOT);
    return words.isEmpty()
        || words.stream().anyMatch(word -> name.contains(word.toLowerCase(Locale.ROOT)));
  }
}
