package io.vivarium.bench.matrix;

import io.vivarium.bench.result.Lane;
import io.vivarium.bench.result.Measurement;
import io.vivarium.bench.result.RowResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Tells whether something became slow since a baseline. Machines differ, so times are not compared:
 * a lane of ours is compared with the lane outside the machine that did the same work in the same
 * run, and that ratio with the one of the baseline.
 */
final class Gate {
  /**
   * The rows that are looked at: each hot path of the machine once. No shell: it takes HotSpot
   * minutes to compile one, and a gate has not so much time.
   */
  static final List<String> ROWS =
      List.of(
          "fs/open_close_churn",
          "fs/stat_storm",
          "fs/fs_write_small",
          "fs/fs_write_big",
          "fs/fs_read_small",
          "fs/readdir_small",
          "pipes/pass_through_big",
          "process/exec_capture",
          "control/cpu_loop",
          "ecosystem/cat",
          "ecosystem/ls_100");

  /** How many times its share of the baseline a lane may take. */
  static final double FACTOR = 2;

  /** Rows expected below this have the allowance, milliseconds. */
  static final double SHORT = 0.5;

  /** What a short row may take beyond its share, whatever the factor; milliseconds. */
  static final double ALLOWANCE = 0.005;

  private Gate() {}

  /**
   * What the gate says of one lane of one row.
   *
   * @param row the row
   * @param passed whether it is fast enough
   * @param text why, for people
   */
  record Verdict(String row, boolean passed, String text) {}

  /**
   * Judges a row.
   *
   * @param before the row in the baseline
   * @param now the row as it is; empty when it was not measured
   * @return a verdict for each lane of ours in the baseline that has a lane to be compared with
   */
  static List<Verdict> judge(RowResult before, Optional<RowResult> now) {
    List<Verdict> verdicts = new ArrayList<>();
    Optional<Lane> yardstick = before.yardstick();
    for (Lane lane : before.lanes().keySet()) {
      if (lane.ours() && yardstick.isPresent()) {
        verdicts.add(judge(before, now, lane, yardstick.get()));
      }
    }
    return verdicts;
  }

  private static Verdict judge(
      RowResult before, Optional<RowResult> now, Lane lane, Lane yardstick) {
    String row = before.row();
    Optional<Measurement> ours = now.map(found -> found.lanes().get(lane));
    Optional<Measurement> other = now.map(found -> found.lanes().get(yardstick));
    if (ours.isEmpty() || other.isEmpty()) {
      Lane missing = ours.isEmpty() ? lane : yardstick;
      return new Verdict(row, false, "lane " + missing.label() + " was not measured");
    }
    double expectedRatio = before.ratio(lane, yardstick).orElseThrow();
    double expected = expectedRatio * other.get().p50();
    double took = ours.get().p50();
    double allowed = Math.max(FACTOR * expected, expected < SHORT ? expected + ALLOWANCE : 0);
    return new Verdict(
        row,
        took <= allowed,
        String.format(
            Locale.ROOT,
            "%s takes %.4f ms, %.2f times %s; the baseline has %.2f times, so at most %.4f ms",
            lane.label(),
            took,
            took / other.get().p50(),
            yardstick.label(),
            expectedRatio,
            allowed));
  }
}
