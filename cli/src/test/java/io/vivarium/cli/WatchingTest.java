package io.vivarium.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The options {@code --strace} and {@code --metrics}. */
final class WatchingTest {
  private static Arguments parse(String... arguments) {
    return Arguments.parse(new ExecCommand().options(), List.of(arguments));
  }

  @Test
  void strace_without_a_file_leaves_the_command_alone() {
    Arguments arguments = parse("--strace", "ls", "--strace=x", "--strace");
    assertThat(arguments.value("strace")).isEqualTo("-");
    assertThat(arguments.operands()).containsExactly("ls", "--strace=x", "--strace");
  }

  @Test
  void strace_takes_a_file_after_an_equals_sign() {
    Arguments arguments = parse("-e", "A=--strace", "--strace=calls.txt", "--metrics", "--", "ls");
    assertThat(arguments.value("strace")).isEqualTo("calls.txt");
    assertThat(arguments.values("env")).containsExactly("A=--strace");
    assertThat(arguments.has("metrics")).isTrue();
    assertThat(arguments.operands()).containsExactly("ls");
  }

  @Test
  void a_file_that_cannot_be_written_is_refused(@TempDir Path folder) {
    Path file = folder.resolve("none/calls");
    assertThatExceptionOfType(UsageError.class)
        .isThrownBy(() -> Watching.of(parse("--strace=" + file, "ls")))
        .withMessageContaining("--strace cannot write " + file);
  }

  @Test
  void a_file_is_made_at_once(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("calls");
    try (Watching watching = Watching.of(parse("--strace=" + file, "ls"))) {
      assertThat(watching).isNotNull();
      assertThat(Files.size(file)).isZero();
    }
  }
}
