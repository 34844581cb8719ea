package io.vivarium.bench.report;

import io.vivarium.bench.result.Lane;
import io.vivarium.bench.result.Measurement;
import io.vivarium.bench.result.Results;
import io.vivarium.bench.result.RowResult;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;

/**
 * The rows of results as a table. Every lane that was measured anywhere has a column with its
 * median; each lane of ours has more about itself, and what it costs beside the lanes outside.
 */
final class RowTable {
  private static final List<Lane> YARDSTICKS = List.of(Lane.NATIVE, Lane.NODE, Lane.HOST);

  private final List<Lane> lanes;

  /** Tables of these rows. */
  RowTable(List<RowResult> rows) {
    this.lanes =
        Arrays.stream(Lane.values())
            .filter(lane -> rows.stream().anyMatch(row -> row.lanes().containsKey(lane)))
            .toList();
  }

  /**
   * A cell.
   *
   * @param text what people read
   * @param value what it is sorted by; NaN when there is nothing
   */
  record Cell(String text, double value) {}

  /** The titles of all columns but the first, which is the name of the row. */
  List<String> titles() {
    List<String> titles = new ArrayList<>();
    lanes.forEach(lane -> titles.add(lane.label()));
    for (Lane lane : ours()) {
      for (Lane yardstick : against(lane)) {
        titles.add(lane.label() + " : " + yardstick.label());
      }
    }
    for (Lane lane : ours()) {
      for (String figure : List.of("p95", "min", "cold", "memory")) {
        titles.add(lane.label() + " " + figure);
      }
    }
    return titles;
  }

  /** The cells of a row, one for each title. */
  List<Cell> cells(RowResult row) {
    List<Cell> cells = new ArrayList<>();
    for (Lane lane : lanes) {
      Measurement measured = row.lanes().get(lane);
      cells.add(measured == null ? nothing() : time(measured.p50()));
    }
    for (Lane lane : ours()) {
      for (Lane yardstick : against(lane)) {
        OptionalDouble ratio = row.ratio(lane, yardstick);
        cells.add(new Cell(Figures.ratio(ratio), ratio.orElse(Double.NaN)));
      }
    }
    for (Lane lane : ours()) {
      Measurement measured = row.lanes().get(lane);
      if (measured == null) {
        cells.addAll(List.of(nothing(), nothing(), nothing(), nothing()));
      } else {
        cells.add(time(measured.p95()));
        cells.add(time(measured.min()));
        cells.add(time(measured.cold()));
        cells.add(
            new Cell(
                Figures.bytes(measured.memory()),
                measured.memory().isPresent()
                    ? (double) measured.memory().getAsLong()
                    : Double.NaN));
      }
    }
    return cells;
  }

  private List<Lane> ours() {
    return lanes.stream().filter(Lane::ours).toList();
  }

  /** Commands are compared with commands, operations with operations. */
  private List<Lane> against(Lane lane) {
    return YARDSTICKS.stream()
        .filter(lanes::contains)
        .filter(yardstick ->
            switch (lane) {
              case CMD -> yardstick == Lane.HOST;
              case WASM, JS -> yardstick != Lane.HOST;
              default -> false;
            })
        .toList();
  }

  private static Cell time(double millis) {
    return new Cell(Figures.time(millis), millis);
  }

  private static Cell nothing() {
    return new Cell("", Double.NaN);
  }

  /** The families of results, in the order they were measured. */
  static List<String> families(Results results) {
    return results.rows().stream().map(RowResult::family).distinct().toList();
  }

  /** The rows of a family. */
  static List<RowResult> ofFamily(Results results, String family) {
    return results.rows().stream().filter(row -> row.family().equals(family)).toList();
  }
}
