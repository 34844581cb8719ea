package io.vivarium.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sizes are written with units of 1,024. */
final class ByteSizeTest {
  @Test
  void units_are_powers_of_1024() {
    assertThat(ByteSize.parse("--storage", "0")).isZero();
    assertThat(ByteSize.parse("--storage", "4096")).isEqualTo(4096);
    assertThat(ByteSize.parse("--storage", "64K")).isEqualTo(64L << 10);
    assertThat(ByteSize.parse("--storage", "64M")).isEqualTo(64L << 20);
    assertThat(ByteSize.parse("--storage", "1GiB")).isEqualTo(1L << 30);
    assertThat(ByteSize.parse("--storage", "2T")).isEqualTo(2L << 40);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "M", "-1", "1.5G", "1 M", "1P", "99999999T"})
  void anything_else_is_refused(String text) {
    assertThatThrownBy(() -> ByteSize.parse("--storage", text))
        .isInstanceOf(UsageError.class)
        .hasMessage("--storage takes a size such as 64M or 1G, not '" + text + "'");
  }

  @Test
  void size_is_written_with_one_decimal() {
    assertThat(ByteSize.format(0)).isEqualTo("0 B");
    assertThat(ByteSize.format(999)).isEqualTo("999 B");
    assertThat(ByteSize.format(1536)).isEqualTo("1.5 KiB");
    assertThat(ByteSize.format(5L << 30)).isEqualTo("5.0 GiB");
  }
}
