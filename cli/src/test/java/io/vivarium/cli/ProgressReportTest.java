package io.vivarium.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How long steps are told, on a terminal and elsewhere. */
final class ProgressReportTest {
  @Test
  void lines_tell_each_step_once_and_each_tenth_of_one_that_counts() {
    List<String> lines = new ArrayList<>();
    try (ProgressReport report = new ProgressInLines(lines::add)) {
      report.at("Fetching", 0, 0);
      report.at("Fetching", 0, 0);
      for (int done = 0; done <= 40; done++) {
        report.at("Compiling c" + done, done, 40);
      }
    }

    assertThat(lines)
        .startsWith("Fetching", "Compiling c0: 0 of 40", "Compiling c4: 4 of 40")
        .hasSize(12);
    assertThat(lines.getLast()).isEqualTo("Compiling c40: 40 of 40");
  }

  @Test
  void line_on_a_terminal_changes_and_is_gone_in_the_end() {
    ByteArrayOutputStream terminal = new ByteArrayOutputStream();
    try (ProgressReport report = new ProgressOnTerminal(terminal)) {
      report.at("Fetching", 0, 0);
      report.at("Compiling", 1, 2);
    }

    assertThat(terminal.toString(UTF_8))
        .isEqualTo(
            "\r\033[KFetching ..."
                + "\r\033[KCompiling [###############               ] 1 of 2"
                + "\r\033[K");
  }

  @Test
  void line_on_a_terminal_is_never_so_long_that_it_wraps() {
    ByteArrayOutputStream terminal = new ByteArrayOutputStream();
    try (ProgressReport report = new ProgressOnTerminal(terminal)) {
      report.at("x".repeat(200), 1_000, 2_000);
      report.at("y".repeat(200), 0, 0);
    }

    assertThat(terminal.toString(UTF_8).split("\r\033\\[K", -1))
        .allMatch(line -> line.length() < 80);
  }

  @Test
  void report_without_progress_writes_nothing() {
    ByteArrayOutputStream terminal = new ByteArrayOutputStream();
    new ProgressOnTerminal(terminal).close();

    assertThat(terminal.size()).isZero();
  }
}
