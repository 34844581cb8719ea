package io.vivarium;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Commands in a machine: how they start, what they get, how they end. */
class VirtualMachineTest {
  /** Long enough for any machine of a build farm; never waited for when all is well. */
  private static final Duration LONG = Duration.ofSeconds(60);

  private static Vivarium vivarium;
  private static VirtualMachine machine;

  @BeforeAll
  static void start() {
    vivarium = Vivarium.create();
    machine = vivarium.machine(options -> options.environment("COLOR", "green"));
  }

  @AfterAll
  static void stop() {
    machine.close();
    vivarium.close();
  }

  private static ExecResult sh(String script) {
    return machine.exec(Command.shell(script).withTimeout(LONG));
  }

  private static String out(Command command) {
    ExecResult result = machine.exec(command.withTimeout(LONG));
    assertThat(result.stderrText()).isEmpty();
    return result.stdoutText();
  }

  // ---- exec

  @Test
  void script_runs_in_a_shell_and_its_streams_are_collected_apart() {
    ExecResult result = sh("echo out; echo err >&2; printf '\\377'");
    assertThat(result.exitStatus()).isZero();
    assertThat(result.succeeded()).isTrue();
    assertThat(result.stdout()).containsExactly('o', 'u', 't', '\n', 0xff);
    assertThat(result.stderrText()).isEqualTo("err\n");
    assertThat(result.timedOut()).isFalse();
    assertThat(result.truncated()).isFalse();
  }

  @Test
  void arguments_reach_the_program_as_they_are() {
    assertThat(out(Command.of("printf", "%s|", "a b", "$HOME", "*", "", "ü")))
        .isEqualTo("a b|$HOME|*||ü|");
    assertThat(machine.exec(List.of("echo", "one", "two")).stdoutText()).isEqualTo("one two\n");
  }

  @Test
  void input_is_fed_and_ends() {
    assertThat(out(Command.of("cat").withInput("text".getBytes(UTF_8)))).isEqualTo("text");
    assertThat(out(Command.of("cat"))).isEmpty();
    byte[] large = new byte[1 << 20];
    assertThat(out(Command.of("wc", "-c").withInput(large)).strip()).isEqualTo("1048576");
    assertThat(machine.exec(Command.of("true").withInput(large)).exitStatus()).isZero();
  }

  @Test
  void exit_statuses_are_those_of_a_shell() {
    assertThat(sh("exit 0").exitStatus()).isZero();
    assertThat(sh("exit 3").exitStatus()).isEqualTo(3);
    assertThat(sh("exit 255").exitStatus()).isEqualTo(255);
    assertThat(machine.exec(List.of("false")).exitStatus()).isEqualTo(1);
    assertThat(sh("kill -9 $$").exitStatus()).isEqualTo(128 + 9);
    assertThat(sh("kill -TERM $$").exitStatus()).isEqualTo(128 + 15);
  }

  @Test
  void program_that_is_not_there_or_cannot_run_is_told_as_a_shell_does() {
    ExecResult missing = machine.exec(List.of("no-such-program"));
    assertThat(missing.exitStatus()).isEqualTo(127);
    assertThat(missing.stderrText()).contains("no-such-program");
    ExecResult denied = machine.exec(List.of("/etc/passwd"));
    assertThat(denied.exitStatus()).isEqualTo(126);
    assertThatExceptionOfType(NotStartedException.class)
        .isThrownBy(() -> machine.spawn(Command.of("no-such-program")).close());
    assertThatExceptionOfType(NotStartedException.class)
        .isThrownBy(
            () -> machine.spawn(Command.of("no-such-program"), new TerminalSize(24, 80)).close());
    assertThatIllegalArgumentException().isThrownBy(() -> Command.of(List.of()));
  }

  @Test
  void output_beyond_the_limit_is_dropped_and_told() {
    ExecResult result =
        machine.exec(Command.shell("seq 100000; echo end >&2").withCaptureLimit(10));
    assertThat(result.stdoutText()).isEqualTo("1\n2\n3\n4\n5\n");
    assertThat(result.stderrText()).isEqualTo("end\n");
    assertThat(result.truncated()).isTrue();
    assertThat(result.exitStatus()).isZero();
    assertThat(machine.exec(Command.shell("echo x").withCaptureLimit(2)).truncated()).isFalse();
  }

  @Test
  void environment_is_the_machines_with_the_commands_on_top() {
    assertThat(out(Command.shell("echo $COLOR $HOME $USER"))).isEqualTo("green /home/user user\n");
    assertThat(out(Command.shell("echo $COLOR").withEnvironment("COLOR", "red")))
        .isEqualTo("red\n");
    assertThat(
            out(
                Command.of("/usr/bin/env")
                    .withCleanEnvironment()
                    .withEnvironment("ONLY", "this one")))
        .contains("ONLY=this one\n")
        .doesNotContain("COLOR", "HOME");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Command.of("true").withEnvironment("A=B", ""));
  }

  @Test
  void command_runs_in_its_directory() {
    assertThat(out(Command.of("pwd"))).isEqualTo("/home/user\n");
    assertThat(out(Command.of("pwd").withWorkingDirectory("/usr"))).isEqualTo("/usr\n");
    assertThatExceptionOfType(VivariumException.class)
        .isThrownBy(() -> machine.exec(Command.of("pwd").withWorkingDirectory("/none")))
        .withMessageContaining("/none");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Command.of("pwd").withWorkingDirectory("relative"));
  }

  @Test
  void command_runs_as_its_user() throws IOException {
    assertThat(out(Command.of("id", "-u"))).isEqualTo("1000\n");
    assertThat(out(Command.of("id", "-u").withUser("root"))).isEqualTo("0\n");
    assertThat(out(Command.shell("echo x >/tmp/owned").withUser("123:456"))).isEmpty();
    Path owned = machine.files().getPath("/tmp/owned");
    assertThat(Files.readAttributes(owned, "unix:uid,gid"))
        .containsOnly(Map.entry("uid", 123), Map.entry("gid", 456));
    assertThat(sh("echo x >/etc/mine").succeeded()).isFalse();
    assertThat(machine.exec(Command.shell("echo x >/etc/mine && rm /etc/mine").withUser("root")))
        .returns(0, ExecResult::exitStatus);
    assertThatExceptionOfType(VivariumException.class)
        .isThrownBy(() -> machine.exec(Command.of("true").withUser("nobody-here")))
        .withMessageContaining("nobody-here");
  }

  @Test
  void commands_run_at_the_same_time() throws Exception {
    Thread[] threads = new Thread[8];
    String[] outputs = new String[threads.length];
    for (int i = 0; i < threads.length; i++) {
      int number = i;
      threads[i] =
          Thread.ofVirtual()
              .start(() ->
                  outputs[number] =
                      sh("seq 1000 | sort -rn | head -1; echo " + number).stdoutText());
    }
    for (int i = 0; i < threads.length; i++) {
      assertThat(threads[i].join(LONG)).isTrue();
      assertThat(outputs[i]).isEqualTo("1000\n" + i + "\n");
    }
  }

  // ---- time limits and cancellation

  @Test
  void time_limit_kills_everything_the_command_started() {
    ExecResult result =
        machine.exec(
            Command.shell("sleep 1000 & echo $! >/tmp/limited; echo before; while :; do :; done")
                .withTimeout(Duration.ofMillis(500)));
    assertThat(result.timedOut()).isTrue();
    assertThat(result.exitStatus()).isEqualTo(128 + 9);
    assertThat(result.stdoutText()).isEqualTo("before\n");
    assertEnds("/tmp/limited");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Command.of("true").withTimeout(Duration.ZERO));
  }

  @Test
  void interrupting_the_caller_kills_the_command() throws Exception {
    CountDownLatch running = new CountDownLatch(1);
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    Thread caller =
        Thread.ofPlatform()
            .start(() -> {
              running.countDown();
              try {
                machine.exec("sleep 1000 & echo $! >/tmp/interrupted; wait");
              } catch (VivariumException e) {
                thrown.set(e);
              }
            });
    running.await();
    await(machine, "/tmp/interrupted");
    caller.interrupt();
    assertThat(caller.join(LONG)).isTrue();
    assertThat(thrown.get()).isInstanceOf(VivariumException.class);
    assertEnds("/tmp/interrupted");
  }

  /** Waits until a command has written a file. */
  private static void await(VirtualMachine where, String file) throws Exception {
    Path path = where.files().getPath(file);
    while (!Files.exists(path) || Files.size(path) == 0) {
      Thread.sleep(10);
    }
  }

  /** Killed processes take a moment to be gone. */
  private static void assertEnds(String pidFile) {
    long end = System.nanoTime() + LONG.toNanos();
    while (sh("kill -0 $(cat " + pidFile + ")").succeeded()) {
      assertThat(System.nanoTime()).as("the process in %s still runs", pidFile).isLessThan(end);
    }
  }

  @Test
  void what_a_command_leaves_in_the_background_is_not_waited_for() {
    ExecResult result = sh("sleep 1000 & echo $!");
    assertThat(result.exitStatus()).isZero();
    String pid = result.stdoutText().strip();
    assertThat(sh("kill " + pid).exitStatus()).isZero();
  }

  // ---- spawn

  @Test
  void spawned_command_is_talked_to_through_pipes() throws Exception {
    try (GuestProcess process = machine.spawn(Command.shell("read x; echo got $x; echo e >&2"))) {
      assertThat(process.isAlive()).isTrue();
      assertThat(process.pid()).isPositive();
      assertThat(process.waitFor(Duration.ofMillis(20))).isEmpty();
      process.stdin().write("hello\n".getBytes(UTF_8));
      process.stdin().flush();
      assertThat(new String(process.stdout().readAllBytes(), UTF_8)).isEqualTo("got hello\n");
      assertThat(new String(process.stderr().readAllBytes(), UTF_8)).isEqualTo("e\n");
      assertThat(process.waitFor()).isZero();
      assertThat(process.waitFor(Duration.ZERO)).isEqualTo(OptionalInt.of(0));
      assertThat(process.isAlive()).isFalse();
    }
  }

  @Test
  void spawned_command_gets_signals_and_is_killed_on_close() throws Exception {
    GuestProcess process = machine.spawn(Command.shell("echo up; sleep 1000"));
    assertThat(until(process.stdout(), "up")).isEqualTo("up");
    process.signal(15);
    assertThat(process.waitFor(LONG)).isEqualTo(OptionalInt.of(128 + 15));
    process.close();
    GuestProcess second = machine.spawn(Command.of("sleep", "1000"));
    second.close();
    assertThat(second.waitFor(LONG)).isEqualTo(OptionalInt.of(128 + 9));
    second.close();
    assertThatIllegalArgumentException().isThrownBy(() -> second.signal(0));
    assertThatIllegalArgumentException().isThrownBy(() -> second.signal(65));
  }

  @Test
  void waiting_for_a_command_can_be_interrupted_and_leaves_it_running() throws Exception {
    try (GuestProcess process = machine.spawn(Command.of("sleep", "1000"))) {
      Thread.currentThread().interrupt();
      assertThatExceptionOfType(InterruptedException.class).isThrownBy(process::waitFor);
      assertThat(process.isAlive()).isTrue();
    }
  }

  @Test
  void command_on_a_terminal_is_typed_to_and_can_be_resized() throws Exception {
    String script = "test -t 0 && echo tty; read x; echo \"[$x]\" >&2; echo $TERM";
    try (GuestProcess process = machine.spawn(Command.shell(script), new TerminalSize(33, 111))) {
      InputStream output = process.stdout();
      assertThat(until(output, "tty")).isEqualTo("tty");
      process.resize(new TerminalSize(44, 222));
      process.stdin().write("typed\n".getBytes(UTF_8));
      process.stdin().flush();
      assertThat(until(output, "xterm-256color")).contains("typed\r\n[typed]\r\n");
      assertThat(process.waitFor(LONG)).isEqualTo(OptionalInt.of(0));
      assertThat(process.stderr().read()).isEqualTo(-1);
    }
  }

  @Test
  void interrupt_character_on_a_terminal_ends_the_command() throws Exception {
    try (GuestProcess process =
        machine.spawn(Command.shell("echo up; sleep 1000"), new TerminalSize(24, 80))) {
      assertThat(until(process.stdout(), "up")).contains("up");
      process.stdin().write(3);
      process.stdin().flush();
      assertThat(process.waitFor(LONG)).isEqualTo(OptionalInt.of(128 + 2));
    }
  }

  private static String until(InputStream stream, String end) throws IOException {
    StringBuilder text = new StringBuilder();
    while (text.indexOf(end) < 0) {
      int next = stream.read();
      if (next < 0) {
        break;
      }
      text.append((char) next);
    }
    return text.toString();
  }

  // ---- closing

  @Test
  void closing_a_machine_ends_what_runs_in_it() throws Exception {
    VirtualMachine doomed = vivarium.machine();
    GuestProcess process = doomed.spawn(Command.of("sleep", "1000"));
    GuestProcess busy = doomed.spawn(Command.shell("while :; do :; done"));
    GuestProcess terminal = doomed.spawn(Command.of("cat"), new TerminalSize(24, 80));
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    AtomicReference<ExecResult> returned = new AtomicReference<>();
    Thread caller =
        Thread.ofPlatform()
            .start(() -> {
              try {
                returned.set(doomed.exec("echo x >/tmp/up; sleep 2000"));
              } catch (VivariumException e) {
                thrown.set(e);
              }
            });
    await(doomed, "/tmp/up");
    doomed.close();
    doomed.close();
    assertThat(process.waitFor(LONG)).isPresent();
    assertThat(busy.waitFor(LONG)).isPresent();
    assertThat(terminal.waitFor(LONG)).isPresent();
    assertThat(caller.join(LONG)).isTrue();
    assertThat(returned.get() != null && returned.get().succeeded()).isFalse();
    process.close();
    busy.close();
    terminal.close();
  }

  @Test
  void closed_machine_refuses_everything() {
    VirtualMachine closed = vivarium.machine();
    closed.close();
    assertThatExceptionOfType(VivariumException.class).isThrownBy(() -> closed.exec("true"));
    assertThatExceptionOfType(VivariumException.class)
        .isThrownBy(() -> closed.spawn(Command.of("true")).close());
    assertThatExceptionOfType(VivariumException.class).isThrownBy(closed::snapshot);
    assertThatExceptionOfType(VivariumException.class).isThrownBy(() -> closed.fork().close());
    assertThatExceptionOfType(VivariumException.class)
        .isThrownBy(() -> closed.mount("/x", Mount.memory(1, 1)));
    assertThatExceptionOfType(VivariumException.class).isThrownBy(() -> closed.unmount("/x"));
  }

  @Test
  void machines_leave_no_threads_behind() throws Exception {
    try (VirtualMachine warm = vivarium.machine()) {
      warm.exec("seq 10 | sort | cat");
    }
    int before = Thread.activeCount();
    for (int i = 0; i < 10; i++) {
      VirtualMachine each = vivarium.machine();
      each.exec("seq 10 | sort | cat; sleep 1000 &");
      each.close();
    }
    long end = System.nanoTime() + LONG.toNanos();
    while (Thread.activeCount() > before + 2) {
      assertThat(System.nanoTime()).as("threads: %d", Thread.activeCount()).isLessThan(end);
      Thread.sleep(10);
    }
  }

  @Test
  void machine_keeps_to_its_limits_of_storage() throws Exception {
    try (VirtualMachine small = vivarium.machine(options -> options.storage(1 << 20, 2000))) {
      ExecResult result = small.exec("head -c 3000000 /dev/zero >big");
      assertThat(result.succeeded()).isFalse();
      assertThat(result.stderrText()).contains("No space left");
      assertThat(Files.size(small.files().getPath("/home/user/big"))).isLessThanOrEqualTo(1 << 20);
    }
  }

  @Test
  void machine_keeps_to_its_limits_of_memory_and_processes() {
    try (VirtualMachine small =
        vivarium.machine(options -> options.limit("memory.process", 1 << 16))) {
      ExecResult result = small.exec(Command.of("true"));
      assertThat(result.exitStatus()).isEqualTo(126);
      assertThat(result.stderrText()).contains("Cannot allocate memory");
    }
    try (VirtualMachine few = vivarium.machine(options -> options.limit("process.count", 3))) {
      ExecResult result =
          few.exec(
              Command.shell("sleep 60 & sleep 60 & sleep 60; echo over; kill %1 %2")
                  .withTimeout(LONG));
      assertThat(result.stderrText()).containsIgnoringCase("temporarily unavailable");
      assertThat(result.stdoutText()).isEqualTo("over\n");
      assertThat(few.exec(Command.of("true")).exitStatus()).isZero();
    }
  }

  @Test
  void limit_that_is_none_or_out_of_range_is_refused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> vivarium.machine(options -> options.limit("process.cout", 1)))
        .withMessageContaining("process.count");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> vivarium.machine(options -> options.limit("process.count", 0)))
        .withMessage("process.count can be 1 to 32767, not 0");
    assertThat(Vivarium.limits()).extracting(LimitEntry::key).doesNotHaveDuplicates();
  }
}
