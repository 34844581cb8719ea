package io.vivarium.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Times are written as timeout(1) takes them. */
final class TimeLimitTest {
  @Test
  void number_without_unit_is_seconds() {
    assertThat(TimeLimit.parse("10")).isEqualTo(new TimeLimit("10s", Duration.ofSeconds(10)));
  }

  @Test
  void every_unit_has_its_length() {
    assertThat(TimeLimit.parse("500ms").duration()).isEqualTo(Duration.ofMillis(500));
    assertThat(TimeLimit.parse("2s").duration()).isEqualTo(Duration.ofSeconds(2));
    assertThat(TimeLimit.parse("1.5m").duration()).isEqualTo(Duration.ofSeconds(90));
    assertThat(TimeLimit.parse("2h").duration()).isEqualTo(Duration.ofHours(2));
    assertThat(TimeLimit.parse("1d").duration()).isEqualTo(Duration.ofDays(1));
    assertThat(TimeLimit.parse("0.001").duration()).isEqualTo(Duration.ofMillis(1));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "s", "-1", "0", "0.0s", "1 s", "1x", "1e3", "1,5", "PT1S", "999999d"})
  void anything_else_is_refused(String text) {
    assertThatThrownBy(() -> TimeLimit.parse(text))
        .isInstanceOf(UsageError.class)
        .hasMessage("--timeout takes a time such as 10s, 1.5m or 500ms, not '" + text + "'");
  }
}
