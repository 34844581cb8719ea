package io.vivarium.bench.matrix;

import io.vivarium.VivariumException;
import io.vivarium.bench.result.Lane;
import io.vivarium.bench.result.Measurement;
import io.vivarium.bench.result.RowResult;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Measures rows, one lane after the other, and says how far it is. */
final class Runner {
  private final Contract contract;
  private final Set<Lane> lanes;
  private final PrintStream progress;
  private final List<String> failures = new ArrayList<>();

  /**
   * A runner.
   *
   * @param lanes those to measure
   * @param progress who gets a line for each row
   */
  Runner(Contract contract, Set<Lane> lanes, PrintStream progress) {
    this.contract = contract;
    this.lanes = lanes;
    this.progress = progress;
  }

  /** Measures a row. A lane that fails is left out, and told by {@link #failures}. */
  RowResult measure(Row row) throws InterruptedException {
    Map<Lane, Measurement> measured = new EnumMap<>(Lane.class);
    progress.printf("%-36s", row.name());
    for (Map.Entry<Lane, LaneRun> lane : row.lanes().entrySet()) {
      if (lanes.contains(lane.getKey())) {
        measure(row, lane.getKey(), lane.getValue(), measured);
      }
    }
    progress.println();
    return new RowResult(row.name(), measured);
  }

  private void measure(Row row, Lane lane, LaneRun run, Map<Lane, Measurement> measured)
      throws InterruptedException {
    try {
      Measurement found = run.measure(contract);
      measured.put(lane, found);
      progress.print(String.format(Locale.ROOT, "  %s %.4f", lane.label(), found.p50()));
    } catch (IOException | VivariumException e) {
      failures.add(row.name() + ", lane " + lane.label() + ": " + e.getMessage());
      progress.print("  " + lane.label() + " FAILED");
    }
    progress.flush();
  }

  /** What went wrong, a line each. */
  List<String> failures() {
    return List.copyOf(failures);
  }
}
