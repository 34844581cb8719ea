package io.vivarium.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

final class FiguresTest {
  @Test
  void times_have_the_unit_that_keeps_them_short() {
    assertThat(Figures.time(0)).isEqualTo("0.00 ns");
    assertThat(Figures.time(0.0004)).isEqualTo("400 ns");
    assertThat(Figures.time(0.0123)).isEqualTo("12.3 us");
    assertThat(Figures.time(1)).isEqualTo("1.00 ms");
    assertThat(Figures.time(422.99)).isEqualTo("423 ms");
    assertThat(Figures.time(61_000)).isEqualTo("61.0 s");
  }

  @Test
  void what_is_not_known_is_not_shown() {
    assertThat(Figures.ratio(OptionalDouble.empty())).isEmpty();
    assertThat(Figures.bytes(OptionalLong.empty())).isEmpty();
  }

  @Test
  void ratios_and_memory() {
    assertThat(Figures.ratio(OptionalDouble.of(1.704))).isEqualTo("1.70x");
    assertThat(Figures.bytes(OptionalLong.of(65_536))).isEqualTo("64.0 KiB");
    assertThat(Figures.bytes(OptionalLong.of(1_310_720))).isEqualTo("1.25 MiB");
  }
}
