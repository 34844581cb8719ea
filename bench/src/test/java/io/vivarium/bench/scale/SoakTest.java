package io.vivarium.bench.scale;

import static org.assertj.core.api.Assertions.assertThat;

import io.vivarium.Vivarium;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A soak of a few seconds; too short to tell leaks, but everything in it has to work. */
final class SoakTest {
  @Test
  @Timeout(600)
  void everything_works_and_is_measured(@TempDir Path folder) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Soak soak;
    try (Vivarium vivarium = Vivarium.create();
        PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8)) {
      soak = new Soak(vivarium, folder, out);
      soak.run(Duration.ofSeconds(3));
    }
    assertThat(soak.failures()).isEmpty();
    assertThat(soak.footprints()).hasSize(11);
    assertThat(soak.footprints().getLast().guests()).isZero();
    assertThat(bytes.toString(StandardCharsets.UTF_8))
        .contains("minute", "It may grow: heap 8 MiB")
        .doesNotContain("FAILED");
  }
}
