package io.vivarium.bench.result;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is written can be read, and nothing else. */
final class ResultsFileTest {
  @TempDir private Path folder;

  @Test
  void what_was_written_is_read() throws IOException {
    Measurement measured = new Measurement(3.5, List.of(1.25, 1.5, 9.0), OptionalLong.of(4096));
    Results results =
        new Results(
            Map.of("measured", "2026-11-24T10:00:00Z"),
            List.of(
                new RowResult("fs/stat", Map.of(Lane.WASM, measured)),
                new RowResult(
                    "startup/fork",
                    Map.of(Lane.JAVA, new Measurement(1, List.of(2.0), OptionalLong.empty())))));
    Path file = folder.resolve("results.json");
    ResultsFile.write(file, results);
    assertThat(ResultsFile.read(file)).isEqualTo(results);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "# Vivarium",
        "[]",
        "{\"format\": 2}",
        "{\"format\": 1}",
        "{\"format\": 1, \"provenance\": {}, \"rows\": [{}]}",
        "{\"format\": 1, \"provenance\": {}, \"rows\": [{\"row\": \"a/b\", \"wasm\": {}}]}",
        "{\"format\": 1, \"provenance\": {}, \"rows\":"
            + " [{\"row\": \"a/b\", \"wasm\": {\"cold\": 1, \"warm\": []}}]}"
      })
  void anything_else_is_named_in_one_line(String text) throws IOException {
    Path file = Files.writeString(folder.resolve("other.json"), text);
    assertThatIOException()
        .isThrownBy(() -> ResultsFile.read(file))
        .withMessageStartingWith(file + ": not a file of benchmark results")
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
  }
}
