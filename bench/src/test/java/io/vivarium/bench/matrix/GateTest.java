package io.vivarium.bench.matrix;

import static org.assertj.core.api.Assertions.assertThat;

import io.vivarium.bench.matrix.Gate.Verdict;
import io.vivarium.bench.result.Lane;
import io.vivarium.bench.result.Measurement;
import io.vivarium.bench.result.RowResult;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** What the gate lets through; all times are made up. */
class GateTest {
  private static Measurement took(double millis) {
    return new Measurement(
        10 * millis, List.of(millis, 9 * millis, millis / 2), OptionalLong.empty());
  }

  private static RowResult row(Map<Lane, Double> millis) {
    Map<Lane, Measurement> lanes = new EnumMap<>(Lane.class);
    millis.forEach((lane, took) -> lanes.put(lane, took(took)));
    return new RowResult("fs/some", lanes);
  }

  private static List<Verdict> judge(Map<Lane, Double> before, Map<Lane, Double> now) {
    return Gate.judge(row(before), Optional.of(row(now)));
  }

  private static boolean passes(double nativeBefore, double before, double nativeNow, double now) {
    List<Verdict> verdicts =
        judge(
            Map.of(Lane.NATIVE, nativeBefore, Lane.WASM, before),
            Map.of(Lane.NATIVE, nativeNow, Lane.WASM, now));
    assertThat(verdicts).hasSize(1);
    return verdicts.getFirst().passed();
  }

  @Test
  void less_than_twice_the_share_of_the_baseline_passes_and_more_does_not() {
    assertThat(passes(1, 3, 1, 5.99)).isTrue();
    assertThat(passes(1, 3, 1, 6.01)).isFalse();
    assertThat(passes(1, 3, 1, 9)).isFalse();
  }

  @Test
  void a_machine_of_another_speed_is_no_reason() {
    assertThat(passes(1, 3, 10, 30)).isTrue();
    assertThat(passes(1, 3, 0.2, 0.6)).isTrue();
    assertThat(passes(1, 3, 10, 61)).isFalse();
  }

  @Test
  void what_became_faster_passes() {
    assertThat(passes(1, 3, 1, 0.1)).isTrue();
  }

  @Test
  void short_rows_have_an_allowance_that_does_not_hide_three_times_the_time() {
    assertThat(passes(0.001, 0.002, 0.001, 0.0069)).isTrue();
    assertThat(passes(0.001, 0.002, 0.001, 0.0071)).isFalse();
    assertThat(passes(0.1, 0.07, 0.1, 0.21)).isFalse();
    assertThat(passes(0.008, 0.006, 0.008, 0.018)).isFalse();
  }

  @Test
  void every_lane_of_ours_is_judged_and_no_other() {
    assertThat(
            judge(
                Map.of(Lane.NATIVE, 1.0, Lane.NODE, 1.0, Lane.WASM, 2.0, Lane.JS, 2.0),
                Map.of(Lane.NATIVE, 1.0, Lane.NODE, 99.0, Lane.WASM, 2.0, Lane.JS, 5.0)))
        .extracting(Verdict::passed)
        .containsExactly(true, false);
  }

  @Test
  void a_row_or_lane_that_is_missing_does_not_pass() {
    Map<Lane, Double> before = Map.of(Lane.HOST, 1.0, Lane.CMD, 2.0);
    assertThat(Gate.judge(row(before), Optional.empty()))
        .singleElement()
        .matches(verdict -> !verdict.passed())
        .extracting(Verdict::text)
        .isEqualTo("lane cmd was not measured");
    assertThat(judge(before, Map.of(Lane.CMD, 2.0)))
        .singleElement()
        .extracting(Verdict::text)
        .isEqualTo("lane host was not measured");
  }

  @Test
  void a_verdict_says_what_was_measured_and_what_is_allowed() {
    assertThat(
            judge(
                Map.of(Lane.NATIVE, 2.0, Lane.WASM, 3.0),
                Map.of(Lane.NATIVE, 4.0, Lane.WASM, 12.5)))
        .singleElement()
        .extracting(Verdict::text)
        .isEqualTo(
            "wasm takes 12.5000 ms, 3.13 times native; the baseline has 1.50 times, so at most 12.0000 ms");
  }

  @Test
  void the_gate_looks_at_rows_of_several_families() {
    assertThat(Gate.ROWS).doesNotHaveDuplicates().hasSizeGreaterThan(8);
    assertThat(Gate.ROWS)
        .extracting(row -> row.substring(0, row.indexOf('/')))
        .contains("fs", "pipes", "process", "control", "ecosystem");
  }
}
