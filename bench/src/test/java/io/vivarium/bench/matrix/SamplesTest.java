package io.vivarium.bench.matrix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.vivarium.bench.result.Measurement;
import java.io.IOException;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The output of benchmark programs. */
class SamplesTest {
  @Test
  void times_are_nanoseconds_and_memory_is_bytes() throws IOException {
    Measurement measured =
        Samples.parse("cold 5000000\nwarm 1500000\nwarm 500000\nwarm 1000000\nmemory 4096\n");
    assertThat(measured.cold()).isEqualTo(5);
    assertThat(measured.warm()).containsExactly(1.5, 0.5, 1.0);
    assertThat(measured.p50()).isEqualTo(1);
    assertThat(measured.p95()).isEqualTo(1.5);
    assertThat(measured.min()).isEqualTo(0.5);
    assertThat(measured.memory()).isEqualTo(OptionalLong.of(4096));
  }

  @Test
  void memory_may_be_unknown() throws IOException {
    assertThat(Samples.parse("cold 1\nwarm 1\n").memory()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "cold 1\n",
        "warm 1\n",
        "cold 1\nwarm\n",
        "cold 1\nwarm one\n",
        "cold 1\nwarm 1\nhot 1\n",
        "cold 1\nwarm 1\n\n",
        "cold 1\nwarm 99999999999999999999\n"
      })
  void anything_else_is_refused(String output) {
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> Samples.parse(output))
        .withMessageContaining("The benchmark program printed");
  }
}
