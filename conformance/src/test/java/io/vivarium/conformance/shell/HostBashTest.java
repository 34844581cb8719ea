package io.vivarium.conformance.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class HostBashTest {

  @Test
  void both_streams_and_the_status_come_back() {
    Outcome outcome = run("echo out; echo err >&2; exit 7");

    assertThat(outcome.out()).isEqualTo("out\n");
    assertThat(outcome.err()).isEqualTo("err\n");
    assertThat(outcome.status()).isEqualTo(7);
  }

  @Test
  void a_signal_that_ends_the_shell_is_in_the_status() {
    assertThat(run("kill -KILL $$").status()).isEqualTo(137);
  }

  @Test
  void a_snippet_starts_in_an_empty_directory_and_a_home_of_its_own() {
    assertThat(run("ls -A; ls -A ~; basename \"$PWD\"; basename ~; touch f ~/g").out())
        .isEqualTo("work\nhome\n");
    assertThat(run("ls -A; ls -A ~").out()).isEmpty();
  }

  @Test
  void nothing_of_the_host_environment_reaches_a_snippet() {
    assertThat(run("env | cut -d= -f1 | grep -v ^GIT_ | sort | tr '\\n' ' '").out())
        .isEqualTo("HOME LC_ALL PATH PWD SHLVL TERM TZ _ ");
  }

  @Test
  void only_published_commands_are_found() {
    assertThat(run("ls").status()).isZero();
    assertThat(run("perl -v").status()).isEqualTo(127);
    assertThat(run("setsid true").status()).isEqualTo(127);
  }

  @Test
  void the_users_are_an_ordinary_one_and_root() {
    assertThat(run("[ $UID -ne 0 ]").status()).isZero();
    assertThat(HostOutcomes.HOST.run(ScriptUser.ROOT, "echo $UID").out()).isEqualTo("0\n");
  }

  @Test
  void signals_have_their_default_effect_and_files_their_usual_modes() {
    assertThat(run("trap; umask").out()).isEqualTo("0022\n");
    assertThat(run("bash -c 'kill -INT $$'; echo $?").out()).isEqualTo("130\n");
  }

  @Test
  void everything_a_snippet_leaves_running_is_killed() throws IOException {
    Outcome outcome = run("sleep 987654 & echo $!");

    long pid = Long.parseLong(outcome.out().strip());
    assertThat(ProcessHandle.of(pid).filter(HostBashTest::isRunning)).isEmpty();
  }

  @Test
  void a_snippet_that_does_not_end_is_killed_at_the_time_limit() {
    try (HostBash host = new HostBash(CommandTable.names(), Duration.ofMillis(300))) {
      Outcome outcome = host.run(ScriptUser.USER, "echo begun; sleep 987653 | cat; echo never");

      assertThat(outcome.status()).isEqualTo(Outcome.TIMED_OUT);
      assertThat(outcome.out()).isEqualTo("begun\n");
    }
  }

  @Test
  void a_scratch_directory_goes_away_whatever_is_in_it() throws IOException {
    Path path;
    try (ScratchDirectory scratch = ScratchDirectory.create()) {
      path = scratch.path();
      Path locked = Files.createDirectories(path.resolve("a/b"));
      Files.createFile(locked.resolve("f"));
      Files.createSymbolicLink(path.resolve("link"), Path.of("/etc"));
      Files.setAttribute(locked, "unix:mode", 0);
    }

    assertThat(path).doesNotExist();
    assertThat(Path.of("/etc")).exists();
  }

  private static Outcome run(String script) {
    return HostOutcomes.HOST.run(ScriptUser.USER, script);
  }

  private static boolean isRunning(ProcessHandle process) {
    try (Stream<String> lines = Files.lines(Path.of("/proc/" + process.pid() + "/status"))) {
      return lines.noneMatch(line -> line.startsWith("State:\tZ"));
    } catch (IOException gone) {
      return false;
    }
  }
}
