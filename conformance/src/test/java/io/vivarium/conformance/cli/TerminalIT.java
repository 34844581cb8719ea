package io.vivarium.conformance.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code viv sh} on a terminal of the host, which script(1) makes. The terminal tells its modes
 * before and after.
 */
final class TerminalIT {
  private static final Duration PATIENCE = Duration.ofSeconds(40);
  private static final String CONTROL_C = "\003";
  private static final String CONTROL_D = "\004";
  private static final String CONTROL_Z = "\032";

  private final StringBuilder screen = new StringBuilder();
  private Process process;

  @AfterEach
  void end() {
    if (process != null) {
      Viv.kill(process);
    }
  }

  @Test
  void what_is_typed_is_echoed_once_and_run() throws Exception {
    start("");
    type("echo a''b\r");

    await("echo a''b\\s+ab\r\n");
    assertThat(screen.toString().split("echo a''b", -1)).hasSize(2);
  }

  @Test
  void control_c_interrupts_the_command_and_not_the_shell() throws Exception {
    start("");
    type("echo re''ady; sleep 1000\r");
    await("ready\r\n");
    type(CONTROL_C);
    type("echo st=$?\r");

    await("st=130\r\n");
  }

  @Test
  void erase_takes_a_whole_character_away() throws Exception {
    start("");
    type("echo [aä\177b]\r");

    await("\\[ab\\]\r\n");
  }

  @Test
  void control_z_does_not_stop_viv() throws Exception {
    start("");
    type("echo re''ady; sleep 1000\r");
    await("ready\r\n");
    type(CONTROL_Z);
    Thread.sleep(500);
    type(CONTROL_C + "\r");
    type("echo still he''re\r");

    await("still here\r\n");
  }

  @Test
  void control_d_ends_the_shell_and_the_terminal_is_as_before() throws Exception {
    start("");
    type("sh -c 'exit 3'; echo en''ded\r");
    await("ended\r\n(?s:.*)[$#] ");
    type(CONTROL_D);

    await("AFTER=");
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    drain();
    assertThat(group("AFTER=(\\S+)")).isEqualTo(group("BEFORE=(\\S+)"));
    assertThat(group("STATUS=(\\d+)")).isEqualTo("0");
  }

  @Test
  void terminal_is_as_before_when_viv_is_terminated() throws Exception {
    start("");
    type("echo re''ady; sleep 1000\r");
    await("ready\r\n");
    process
        .descendants()
        .filter(child -> child.info().command().orElse("").endsWith("/java"))
        .forEach(ProcessHandle::destroy);

    await("AFTER=");
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    drain();
    assertThat(group("AFTER=(\\S+)")).isEqualTo(group("BEFORE=(\\S+)"));
    assertThat(group("STATUS=(\\d+)")).isEqualTo("143");
  }

  @Test
  void terminal_is_as_before_when_time_is_up() throws Exception {
    start("--timeout 3");

    await("AFTER=");
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    drain();
    assertThat(screen).contains("viv: timed out after 3s");
    assertThat(group("AFTER=(\\S+)")).isEqualTo(group("BEFORE=(\\S+)"));
    assertThat(group("STATUS=(\\d+)")).isEqualTo("124");
  }

  @Test
  void commands_see_a_terminal_of_the_type_outside() throws Exception {
    start("");
    type("test -t 0 && test -t 1 && test -t 2 && echo term''inal $TERM\r");

    await("terminal xterm\r\n");
  }

  @Test
  void programs_see_the_size_of_the_terminal_also_when_it_changes(@TempDir Path directory)
      throws Exception {
    Path probe = Files.write(directory.resolve("size"), SizeProbe.assemble());
    assertThat(probe.toFile().setExecutable(true)).isTrue();
    start("--mount " + directory + ":/probe:ro");
    type("/probe/size\r");
    await("\\[!\r\n"); // 91 columns, 33 rows

    resize(40, 65);
    type("/probe/size\r");

    await("A\\(\r\n");
  }

  /** The terminal of the host; viv gets SIGWINCH. */
  private void resize(int rows, int columns) throws Exception {
    String[] stty = {"stty", "-F", group("TTY=(\\S+)"), "rows", "" + rows, "cols", "" + columns};
    assertThat(new ProcessBuilder(stty).inheritIO().start().waitFor()).isZero();
    Thread.sleep(500); // a signal, and a thread of viv that handles it
  }

  /** Starts a shell in a machine and waits for its prompt. */
  private void start(String options) throws Exception {
    process =
        Viv.onTerminal(
                "stty rows 33 cols 91; echo TTY=$(tty) BEFORE=$(stty -g); \"$viv\" sh "
                    + options
                    + "; echo STATUS=$? AFTER=$(stty -g)")
            .start();
    await("BEFORE=\\S+\r\n(?s:.*)[$#] ");
  }

  private void type(String keys) throws IOException {
    process.getOutputStream().write(keys.getBytes(UTF_8));
    process.getOutputStream().flush();
  }

  /** Waits until the screen has shown something. */
  private void await(String pattern) throws Exception {
    Instant end = Instant.now().plus(PATIENCE);
    while (!Pattern.compile(pattern).matcher(screen).find()) {
      assertThat(Instant.now()).as(pattern + " in " + screen).isBefore(end);
      Thread.sleep(50);
      drain();
    }
  }

  private void drain() throws IOException {
    InputStream out = process.getInputStream();
    while (out.available() > 0) {
      screen.append(new String(out.readNBytes(out.available()), UTF_8));
    }
  }

  private String group(String pattern) {
    Matcher matcher = Pattern.compile(pattern).matcher(screen);
    assertThat(matcher.find()).as(pattern + " in " + screen).isTrue();
    return matcher.group(1);
  }
}
