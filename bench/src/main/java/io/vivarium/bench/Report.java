package io.vivarium.bench;

import java.io.PrintStream;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The table of results, printed row by row, in Markdown. */
final class Report {
  private final PrintStream out;

  Report(PrintStream out) {
    this.out = out;
  }

  void begin() {
    out.println(
        "| what | median ms | p95 ms | fastest ms | runs | target ms | reference ms | ratio |");
    out.println("|---|---:|---:|---:|---:|---:|---:|---:|");
    out.flush();
  }

  void row(Scenario scenario, Timings timings) {
    Double reference = scenario.reference();
    out.printf(
        Locale.ROOT,
        "| %s | %.2f | %.2f | %.2f | %d | %s | %s | %s |%n",
        scenario.name().replace("|", "\\|"),
        timings.median(),
        timings.p95(),
        timings.fastest(),
        timings.runs(),
        target(scenario.target(), timings.median()),
        number(reference),
        reference == null ? "" : number(reference / timings.median()) + "x");
    out.flush();
  }

  private static String target(@Nullable Double target, double median) {
    return target == null ? "" : "< " + number(target) + (median < target ? "" : " **missed**");
  }

  private static String number(@Nullable Double value) {
    if (value == null) {
      return "";
    }
    return String.format(
        Locale.ROOT, value < 10 && value != Math.rint(value) ? "%.1f" : "%.0f", value);
  }
}
