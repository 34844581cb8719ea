package io.vivarium.conformance.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.vivarium.conformance.cli.Viv.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code viv} tells of the system calls, limits and permissions of a command. */
final class WatchingIT {
  @TempDir private Path directory;

  @Test
  void strace_shows_calls_on_standard_error_and_leaves_the_command_alone() throws Exception {
    Result result = Viv.of("exec", "--strace", "--", "cat", "/etc/hostname", "/nowhere").run();

    assertThat(result.status()).isEqualTo(1);
    assertThat(result.outText()).isEqualTo("vivarium\n");
    List<String> lines = result.errText().lines().toList();
    assertThat(lines)
        .anyMatch(line ->
            line.matches(
                "\\[pid 2] path_open\\(ROOT, SYMLINK_FOLLOW, \"etc/hostname\", .*\\[3]\\) = 0"))
        .anyMatch(line ->
            line.matches("\\[pid 2] .*\"nowhere\".* = -1 ENOENT \\(No such file or directory\\)"))
        .contains("[pid 2] +++ exited with 1 +++");
  }

  @Test
  void strace_of_a_pipeline_has_whole_lines_of_every_process_in_a_file() throws Exception {
    Path file = directory.resolve("calls");
    Result result =
        Viv.of("exec", "--strace=" + file, "--", "sh", "-c", "seq 500 | cat | wc -l").run();

    assertThat(result.outText().strip()).isEqualTo("500");
    assertThat(result.errText()).isEmpty();
    List<String> lines = Files.readAllLines(file);
    assertThat(lines).allMatch(line -> line.matches("\\[pid \\d+] .*(\\) += .*|[-+]{3})"));
    assertThat(lines.stream().map(line -> line.substring(0, line.indexOf(']'))).distinct())
        .hasSizeGreaterThanOrEqualTo(4);
    assertThat(lines.stream().filter(line -> line.endsWith("+++ exited with 0 +++")))
        .hasSizeGreaterThanOrEqualTo(4);
  }

  @Test
  void nothing_that_a_command_writes_reaches_the_terminal_through_a_trace() throws Exception {
    String nasty = "\033]0;x\007\n+++ exited with 9 +++\n";
    Result result = Viv.of("exec", "--strace", "--", "sh", "-c", "cat > /tmp/f").input(nasty).run();

    assertThat(result.err()).doesNotContain(0x1b, 0x07);
    assertThat(result.errText().lines()).noneMatch(line -> line.startsWith("+++"));
    assertThat(result.errText()).contains("\"\\33]0;x\\7\\n+++ exited");
  }

  @Test
  void metrics_are_a_table_at_the_end() throws Exception {
    Result result = Viv.of("exec", "--metrics", "--", "cat", "/etc/hostname").run();

    assertThat(result.outText()).isEqualTo("vivarium\n");
    List<String> lines = result.errText().lines().toList();
    assertThat(lines.getFirst().strip().split("\\s+"))
        .containsExactly(
            "%",
            "time",
            "seconds",
            "usecs/call",
            "p50",
            "p95",
            "p99",
            "max",
            "calls",
            "errors",
            "syscall");
    assertThat(lines).anyMatch(line -> line.endsWith(" path_open"));
    assertThat(lines).anyMatch(line -> line.endsWith(" total"));
    assertThat(lines)
        .anyMatch(line ->
            line.matches(
                "phases: decode [0-9.]+% descriptor .* path .* permission .* encode [0-9.]+%"));
    int gauges = lines.indexOf("% limit          now         peak        limit  figure");
    assertThat(gauges).isPositive();
    assertThat(lines.subList(gauges + 2, lines.size()))
        .allMatch(line -> line.matches(" *\\d+\\.\\d\\d +-?\\d\\S*.* [a-z]+\\.[a-z-]+"))
        .anyMatch(line -> line.matches(" +0\\.39 +0 +1 +256  process\\.count"))
        .anyMatch(line -> line.matches(".* 64\\.0 MiB  storage\\.bytes"))
        .anyMatch(line -> line.matches(".* 2\\.0 GiB  memory\\.machine"));
  }

  @Test
  void command_that_failed_at_a_limit_or_a_rule_is_told_which() throws Exception {
    Result full =
        Viv.of("exec", "--limit", "storage.bytes=1M", "--", "cp", "/dev/stdin", "/tmp/f")
            .input(new byte[2 << 20])
            .run();
    assertThat(full.status()).isNotZero();
    assertThat(full.errText()).contains("storage.bytes");

    Result denied =
        Viv.of("exec", "--deny-fs", "read:/etc/passwd", "--", "cat", "/etc/passwd").run();
    assertThat(denied.status()).isNotZero();
    assertThat(denied.outText()).isEmpty();
    assertThat(denied.errText()).contains("Permission denied", "/etc/passwd", "read");
  }
}
