package io.vivarium.conformance.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.vivarium.conformance.cli.Viv.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code viv exec}: its options, and how it ends. */
final class ExecIT {
  @TempDir private Path directory;

  @Test
  void exit_status_of_the_command_passes_through() throws Exception {
    assertThat(Viv.of("exec", "--", "true").run().status()).isZero();
    assertThat(Viv.of("exec", "false").run().status()).isEqualTo(1);
    assertThat(Viv.of("exec", "--", "sh", "-c", "exit 217").run().status()).isEqualTo(217);
  }

  @Test
  void arguments_pass_through_untouched() throws Exception {
    Result result =
        Viv.of(
                "exec", "--", "printf", "[%s]", "", " a  b ", "*", "$HOME", "\"q\"", "--", "-e",
                "@f", "ä€😀")
            .run();

    assertThat(result.outText()).isEqualTo("[][ a  b ][*][$HOME][\"q\"][--][-e][@f][ä€😀]");
    assertThat(result.errText()).isEmpty();
  }

  @Test
  void environment_has_what_was_asked_for_and_nothing_of_the_host() throws Exception {
    Result result =
        Viv.of("exec", "-e", "A=1 2", "--env", "PASSED", "--", "env")
            .environment("PASSED", "on")
            .environment("SECRET", "host")
            .run();

    assertThat(result.outText().lines()).contains("A=1 2", "PASSED=on");
    assertThat(result.outText()).doesNotContain("SECRET");
  }

  @Test
  void command_starts_in_the_directory_that_was_asked_for() throws Exception {
    assertThat(Viv.of("exec", "--cwd", "/tmp", "pwd").run().outText()).isEqualTo("/tmp\n");
  }

  @Test
  void command_runs_as_the_user_that_was_asked_for() throws Exception {
    assertThat(Viv.of("exec", "--user", "root", "--", "id", "-u").run().outText()).isEqualTo("0\n");
    assertThat(
            Viv.of("exec", "-u", "123:456", "--", "sh", "-c", "touch /tmp/f; stat -c %u:%g /tmp/f")
                .run()
                .outText())
        .isEqualTo("123:456\n");
    assertThat(Viv.of("exec", "--", "id", "-u").run().outText()).isNotEqualTo("0\n");
  }

  @Test
  void mounted_directory_is_read_and_written() throws Exception {
    Files.writeString(directory.resolve("in"), "from the host\n");

    Result result =
        Viv.of("exec", "--mount", directory + ":/work", "--cwd", "/work", "--", "cp", "in", "out")
            .run();

    assertThat(result.status()).as(result.errText()).isZero();
    assertThat(directory.resolve("out")).hasContent("from the host\n");
  }

  @Test
  void directory_mounted_read_only_is_read_and_not_written() throws Exception {
    Files.writeString(directory.resolve("in"), "from the host\n");

    Result read = Viv.of("exec", "--mount", directory + ":/work:ro", "cat", "/work/in").run();
    Result write =
        Viv.of("exec", "--mount", directory + ":/work:ro", "--", "cp", "/work/in", "/work/out")
            .run();

    assertThat(read.outText()).isEqualTo("from the host\n");
    assertThat(write.status()).isNotZero();
    assertThat(write.errText()).contains("Read-only file system");
    assertThat(directory.resolve("out")).doesNotExist();
  }

  @Test
  void every_machine_is_fresh() throws Exception {
    Viv.of("exec", "--", "touch", "/tmp/left").run();

    assertThat(Viv.of("exec", "--", "ls", "/tmp").run().outText()).isEmpty();
  }

  @Test
  void storage_is_limited_to_what_was_asked_for() throws Exception {
    Result result =
        Viv.of("exec", "--storage", "1M", "--", "sh", "-c", "head -c 2000000 /dev/zero > /tmp/f")
            .run();

    assertThat(result.errText()).contains("No space left on device");
  }

  @Test
  void memory_of_all_guests_is_limited_to_what_was_asked_for() throws Exception {
    Result little = Viv.of("exec", "--guest-memory", "64K", "--", "true").run();
    Result enough = Viv.of("exec", "--guest-memory", "64M", "--", "true").run();

    assertThat(little.status()).isNotZero();
    assertThat(little.errText())
        .contains(
            "viv: the guests reached the memory that they may have, 64.0 KiB; --guest-memory sets"
                + " another");
    assertThat(enough.status()).as(enough.errText()).isZero();
  }

  @Test
  void time_limit_kills_the_command_and_everything_it_started() throws Exception {
    Result result =
        Viv.of("exec", "--timeout", "1.5", "--", "sh", "-c", "sleep 1000 & echo up; sleep 1000")
            .run();

    assertThat(result.status()).isEqualTo(124);
    assertThat(result.outText()).isEqualTo("up\n");
    assertThat(result.errText()).isEqualTo("viv: timed out after 1.5s\n");
  }

  @Test
  void time_limit_that_is_not_reached_changes_nothing() throws Exception {
    assertThat(Viv.of("exec", "--timeout", "1h", "--", "sh", "-c", "exit 3").run().status())
        .isEqualTo(3);
  }

  @Test
  void what_a_command_leaves_in_the_background_ends_with_it() throws Exception {
    Result result = Viv.of("exec", "--", "sh", "-c", "sleep 1000 & echo done").run();

    assertThat(result.outText()).isEqualTo("done\n");
    assertThat(result.status()).isZero();
  }

  @Test
  void unknown_command_is_127_and_says_where_to_look() throws Exception {
    Result result = Viv.of("exec", "--", "no-such-command", "x").run();

    assertThat(result.status()).isEqualTo(127);
    assertThat(result.outText()).isEmpty();
    assertThat(result.errText()).contains("no-such-command", "viv software").hasLineCount(1);
  }

  @Test
  void file_that_is_no_program_is_126() throws Exception {
    Result result = Viv.of("exec", "--", "/etc/passwd").run();

    assertThat(result.status()).isEqualTo(126);
    assertThat(result.errText()).contains("/etc/passwd", "Permission denied").hasLineCount(1);
  }

  @Test
  void unknown_user_and_missing_directory_are_told_in_one_line() throws Exception {
    Result user = Viv.of("exec", "--user", "nobody-at-all", "true").run();
    Result place = Viv.of("exec", "--cwd", "/no/such/place", "true").run();

    assertThat(user.status()).isEqualTo(125);
    assertThat(user.errText()).contains("nobody-at-all").hasLineCount(1);
    assertThat(place.status()).isEqualTo(125);
    assertThat(place.errText()).contains("/no/such/place").hasLineCount(1);
  }

  @Test
  void wrong_options_are_told_in_one_line_that_names_the_help() throws Exception {
    for (String[] wrong :
        new String[][] {
          {"exec"},
          {"exec", "--nope", "ls"},
          {"exec", "--cwd"},
          {"exec", "--cwd", "tmp", "ls"},
          {"exec", "--timeout", "soon", "ls"},
          {"exec", "--mount", "here", "ls"},
          {"exec", "--mount", "/no/such/place:/x", "ls"},
          {"exec", "--mount", "/tmp:/", "ls"},
          {"exec", "--storage", "much", "ls"},
          {"exec", "--guest-memory", "much", "ls"},
          {"exec", "--env", "=", "ls"}
        }) {
      Result result = Viv.of(wrong).run();
      assertThat(result.status()).as(String.join(" ", wrong)).isEqualTo(2);
      assertThat(result.out()).isEmpty();
      assertThat(result.errText())
          .startsWith("viv: exec: ")
          .endsWith("; see viv exec --help\n")
          .hasLineCount(1);
    }
  }

  @Test
  void failure_shows_no_stack_trace_unless_asked_for() throws IOException, Exception {
    Path home = Files.writeString(directory.resolve("file"), "");
    Viv call = Viv.of("exec", "true").environment("VIVARIUM_HOME", home.toString());

    Result quiet = call.run();
    Result debug = call.environment("VIV_DEBUG", "1").run();

    assertThat(quiet.status()).isEqualTo(125);
    assertThat(quiet.errText()).startsWith("viv: ").doesNotContain("\tat ");
    assertThat(debug.errText()).contains("\tat io.vivarium.");
  }
}
