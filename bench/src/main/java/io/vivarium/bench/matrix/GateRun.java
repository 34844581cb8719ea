package io.vivarium.bench.matrix;

import io.vivarium.bench.matrix.Gate.Verdict;
import io.vivarium.bench.result.Results;
import io.vivarium.bench.result.RowResult;
import java.io.PrintStream;
import java.util.List;
import java.util.Optional;

/** Measures what the gate looks at. Who fails is measured again: a busy machine has bad moments. */
final class GateRun {
  private static final int ATTEMPTS = 3;

  private final Matrix matrix;
  private final Runner runner;
  private final PrintStream out;

  /** A run that tells its verdicts. */
  GateRun(Matrix matrix, Runner runner, PrintStream out) {
    this.matrix = matrix;
    this.runner = runner;
    this.out = out;
  }

  /** Whether every row of the gate is there and fast enough. */
  boolean passes(Results baseline) throws InterruptedException {
    int failures = 0;
    for (String name : Gate.ROWS) {
      Optional<RowResult> before = baseline.row(name);
      if (before.isEmpty()) {
        failures++;
        out.println("FAIL " + name + ": the baseline does not have it");
      } else if (!passes(before.get())) {
        failures++;
      }
    }
    runner.failures().forEach(failure -> out.println("     " + failure));
    out.println(failures == 0 ? "The gate is passed." : failures + " rows are not fast enough.");
    return failures == 0;
  }

  private boolean passes(RowResult before) throws InterruptedException {
    List<Verdict> verdicts = List.of();
    boolean passed = false;
    for (int attempt = 0; attempt < ATTEMPTS && !passed; attempt++) {
      Optional<Row> row = matrix.row(before.row());
      Optional<RowResult> now =
          row.isPresent() ? Optional.of(runner.measure(row.get())) : Optional.empty();
      verdicts = Gate.judge(before, now);
      passed = !verdicts.isEmpty() && verdicts.stream().allMatch(Verdict::passed);
    }
    for (Verdict verdict : verdicts) {
      out.println((verdict.passed() ? "ok   " : "FAIL ") + verdict.row() + ": " + verdict.text());
    }
    return passed;
  }
}
