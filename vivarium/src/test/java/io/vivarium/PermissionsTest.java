package io.vivarium;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.vivarium.MachineEvent.PermissionDecided;
import io.vivarium.Permissions.Answer;
import io.vivarium.Permissions.Domain;
import io.vivarium.Permissions.Mode;
import io.vivarium.Permissions.Question;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the owner of a machine lets its guests do, held to it from the shell of the machine. */
@Timeout(120)
class PermissionsTest {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final String SECRET = "hunter2";

  private static Vivarium vivarium;

  private final BlockingQueue<MachineEvent> heard = new LinkedBlockingQueue<>();

  @BeforeAll
  static void start() {
    vivarium = Vivarium.create();
  }

  @AfterAll
  static void stop() {
    vivarium.close();
  }

  private VirtualMachine machine(Permissions permissions) {
    return vivarium.machine(options ->
        options.permissions(permissions).environment("TOKEN", SECRET).onEvent(heard::add));
  }

  /** Everything in the machine is allowed but what the rules added to this say. */
  private static Permissions.Builder open() {
    return Permissions.builder()
        .initially(Domain.FS, Mode.ALLOW)
        .initially(Domain.PROCESS, Mode.ALLOW)
        .initially(Domain.ENVIRONMENT, Mode.ALLOW);
  }

  /** A machine in which /work/vault may not be touched, with a secret in it. */
  private VirtualMachine vault() throws IOException {
    VirtualMachine machine = machine(open().deny(Domain.FS, "/work/vault/**").build());
    Path vault = machine.files().getPath("/work/vault");
    Files.createDirectories(vault);
    Files.writeString(vault.resolve("key"), SECRET);
    Files.setAttribute(vault.getParent(), "unix:mode", 0777);
    Files.setAttribute(vault, "unix:mode", 0777);
    Files.setAttribute(vault.resolve("key"), "unix:mode", 0666);
    return machine;
  }

  private static ExecResult sh(VirtualMachine machine, String script) {
    return machine.exec(Command.shell(script).withTimeout(LONG));
  }

  private PermissionDecided nextDecision() throws InterruptedException {
    MachineEvent event = heard.poll(30, TimeUnit.SECONDS);
    assertThat(event).isInstanceOf(PermissionDecided.class);
    return (PermissionDecided) event;
  }

  // ---- what holds unless said otherwise

  @Test
  void everything_in_a_machine_is_allowed_unless_said_otherwise() {
    try (VirtualMachine machine = machine(Permissions.STANDARD)) {
      ExecResult result = sh(machine, "cd /tmp; echo a > f; ln -s f g; cat g; echo $TOKEN; rm f g");
      assertThat(result.stderrText()).isEmpty();
      assertThat(result.stdoutText()).isEqualTo("a\n" + SECRET + "\n");
    }
    assertThat(heard).isEmpty();
  }

  @Test
  void domains_of_which_a_policy_says_nothing_are_denied() {
    try (VirtualMachine machine =
        machine(Permissions.builder().initially(Domain.FS, Mode.ALLOW).build())) {
      ExecResult result = machine.exec(List.of("true"));
      assertThat(result.exitStatus()).isEqualTo(126);
      assertThat(result.stdout()).isEmpty();
    }
    assertThat(heard)
        .isNotEmpty()
        .allSatisfy(event ->
            assertThat(event)
                .isInstanceOfSatisfying(
                    PermissionDecided.class, told -> assertThat(told.allowed()).isFalse()));
  }

  @Test
  void programs_are_allowed_by_their_names() {
    Permissions few =
        Permissions.builder()
            .allow(Domain.FS, "*")
            .allow(Domain.PROCESS, "sh", "ls")
            .allow(Domain.ENVIRONMENT, "*")
            .build();
    try (VirtualMachine machine = machine(few)) {
      ExecResult allowed = sh(machine, "ls -d /tmp");
      assertThat(allowed.stderrText()).isEmpty();
      assertThat(allowed.stdoutText()).isEqualTo("/tmp\n");
      assertThat(sh(machine, "cat /etc/passwd; echo $?").stdoutText()).isEqualTo("126\n");
    }
  }

  @Test
  void rules_that_cannot_be_meant_are_refused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Permissions.builder().allow(Domain.FS, List.of("fly"), "/**").build())
        .withMessageContaining("fly")
        .withMessageContaining("readlink");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Permissions.builder().allow(Domain.FS, List.of(), "/**").build());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Permissions.builder().allow(Domain.FS).build());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Permissions.builder().deadline(Duration.ZERO));
  }

  // ---- the host and forks

  @Test
  void the_host_reads_and_writes_what_guests_may_not_and_nobody_hears_of_it() throws IOException {
    try (VirtualMachine machine = vault()) {
      Path key = machine.files().getPath("/work/vault/key");
      assertThat(Files.readString(key)).isEqualTo(SECRET);
      Files.writeString(key.resolveSibling("more"), "x");
      assertThat(Files.exists(key.resolveSibling("more"))).isTrue();
    }
    assertThat(heard).isEmpty();
  }

  @Test
  void forks_are_held_to_the_same_policy_and_tell_for_themselves()
      throws IOException, InterruptedException {
    try (VirtualMachine machine = vault();
        VirtualMachine fork = machine.fork();
        VirtualMachine forkOfFork = fork.fork()) {
      ExecResult result = sh(forkOfFork, "cat /work/vault/key");
      assertThat(result.succeeded()).isFalse();
      assertThat(result.stdoutText()).isEmpty();
      assertThat(nextDecision().machine()).isEqualTo(forkOfFork.id());
    }
  }

  // ---- ways around it

  @ParameterizedTest
  @ValueSource(
      strings = {
        "cat /work/vault/key",
        "cat /work/../work/./vault//key",
        "cd /work/vault && cat key",
        "ln -s /work/vault/key /tmp/l; cat /tmp/l",
        "ln -s ../work/vault /tmp/l; cat /tmp/l/key",
        "ln -s /tmp/b /tmp/a; ln -s /work/vault /tmp/b; cat /tmp/a/key",
        "ln /work/vault/key /tmp/l; cat /tmp/l",
        "mv /work/vault/key /tmp/k; cat /tmp/k",
        "mv /work/vault /work/open; cat /work/open/key",
        "mv /work /tmp/work; cat /tmp/work/vault/key",
        "cp -r /work/vault /tmp/copy; cat /tmp/copy/key",
        "cp -r /work /tmp/copy; cat /tmp/copy/vault/key",
        "cat /proc/self/root/work/vault/key",
        "cat /proc/$$/root/work/vault/key",
        "cd /work; cat /proc/self/cwd/vault/key; cat /proc/$$/cwd/vault/key",
        "cat < /work/vault/key",
        "exec 3< /work/vault/key; cat /proc/self/fd/3; cat <&3",
        "exec 3<> /work/vault/key; cat <&3",
        ". /work/vault/key",
        "sh /work/vault/key",
        "read line < /work/vault/key; echo $line",
        "tar -cf - /work/vault",
        "tar -cf - -C /work .",
        "grep -r . /work",
        "find /work -type f -exec cat {} +",
        "head -c 99 /work/vault/key; tail /work/vault/key; od -c /work/vault/key",
        "mkdir /tmp/d; mv -T /tmp/d /work/vault; cat /work/vault/key",
      })
  void no_way_leads_to_what_is_denied(String script) throws IOException {
    try (VirtualMachine machine = vault()) {
      ExecResult result = sh(machine, script);
      assertThat(result.timedOut()).isFalse();
      assertThat(result.stdoutText() + result.stderrText()).doesNotContain(SECRET);
      assertThat(Files.readString(machine.files().getPath("/work/vault/key"))).isEqualTo(SECRET);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "rm -rf /work",
        "rm /work/vault/key",
        "echo x > /work/vault/key",
        "echo x >> /work/vault/key",
        "echo x > /tmp/x; mv -f /tmp/x /work/vault/key",
        "echo x > /tmp/x; cp /tmp/x /work/vault/key",
        "ln -s /work/vault/key /tmp/l; echo x > /tmp/l",
        "truncate -s 0 /work/vault/key",
        "touch /work/vault/new",
        "mkdir -p /work/vault/a/b",
        "ln -s /etc/passwd /work/vault/new",
        "chmod 777 /work/vault/key",
        "chmod -R 0 /work/vault",
        "touch -d 2000-01-01 /work/vault/key",
      })
  void nothing_that_is_denied_changes(String script) throws IOException {
    try (VirtualMachine machine = vault()) {
      Path vault = machine.files().getPath("/work/vault");
      Path key = vault.resolve("key");
      String before = Files.readAttributes(key, "unix:mode,lastModifiedTime,size").toString();
      assertThat(sh(machine, script).succeeded()).isFalse();
      assertThat(Files.readString(key)).isEqualTo(SECRET);
      assertThat(Files.readAttributes(key, "unix:mode,lastModifiedTime,size").toString())
          .isEqualTo(before);
      try (Stream<Path> left = Files.list(vault)) {
        assertThat(left).containsExactly(key);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "cat NAME",
        "ls -l NAME",
        "stat NAME",
        "rm NAME",
        "mv NAME /tmp/x",
        "ln NAME /tmp/x",
        "readlink NAME",
        "test -e NAME",
        "/bin/test -r NAME",
        "cd NAME",
        "mkdir NAME",
        "rmdir NAME",
        "chmod 600 NAME",
        "touch NAME",
        "echo x > NAME",
        "sh NAME"
      })
  void what_is_there_answers_as_what_is_not(String script) throws IOException {
    try (VirtualMachine machine = vault()) {
      ExecResult there = sh(machine, script.replace("NAME", "/work/vault/key"));
      ExecResult absent = sh(machine, script.replace("NAME", "/work/vault/nil"));
      assertThat(there.succeeded()).isFalse();
      assertThat(there.exitStatus()).isEqualTo(absent.exitStatus());
      assertThat(there.stdoutText()).isEqualTo(absent.stdoutText());
      assertThat(there.stderrText().replace("key", "nil")).isEqualTo(absent.stderrText());
    }
  }

  @Test
  void a_denied_variable_is_nowhere_in_the_machine() {
    try (VirtualMachine machine = machine(open().deny(Domain.ENVIRONMENT, "TOK*").build())) {
      ExecResult result =
          machine.exec(
              Command.shell(
                      "env; set; printenv TOKEN; cat /proc/self/environ /proc/$$/environ;"
                          + " sh -c 'env; cat /proc/$PPID/environ'")
                  .withEnvironment("TOKEN_TWO", SECRET)
                  .withEnvironment("PLAIN", "seen")
                  .withTimeout(LONG));
      assertThat(result.stdoutText()).contains("PLAIN=seen").doesNotContain(SECRET);
      // Nor does a shell hand one of its own making to its children.
      String made = "TOKEN=made env; export TOKEN=made; env; echo end";
      assertThat(sh(machine, made).stdoutText()).endsWith("end\n").doesNotContain("TOKEN");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "cat /etc/passwd",
        "/bin/cat /etc/passwd",
        "ln -s /bin/cat /tmp/dog; /tmp/dog /etc/passwd",
        "env cat /etc/passwd",
        "exec cat /etc/passwd",
        "echo '#!/bin/cat' > /tmp/s; chmod +x /tmp/s; /tmp/s",
        "echo /etc/passwd | xargs cat",
        "find /etc/passwd -exec cat {} ';'",
        "timeout 9 cat /etc/passwd",
        "/proc/self/root/bin/cat /etc/passwd",
      })
  void a_denied_program_runs_under_no_name(String script) {
    try (VirtualMachine machine = machine(open().deny(Domain.PROCESS, "cat").build())) {
      assertThat(sh(machine, script).stdoutText()).doesNotContain("root:").doesNotContain("#!");
    }
  }

  // ---- what the owner hears

  @Test
  void the_owner_hears_what_was_denied_and_why() throws IOException, InterruptedException {
    BlockingQueue<RecordedEvent> recorded = new LinkedBlockingQueue<>();
    try (RecordingStream stream = new RecordingStream();
        VirtualMachine machine = vault()) {
      stream.enable("vivarium.PermissionDenied");
      stream.onEvent("vivarium.PermissionDenied", recorded::add);
      stream.startAsync();
      assertThat(sh(machine, "echo x > /tmp/../work/vault/new").succeeded()).isFalse();
      PermissionDecided decision = nextDecision();
      assertThat(decision.machine()).isEqualTo(machine.id());
      assertThat(decision.pid()).isPositive();
      assertThat(decision.domain()).isEqualTo(Domain.FS);
      assertThat(decision.object()).isEqualTo("/work/vault/new");
      assertThat(decision.allowed()).isFalse();
      assertThat(decision.reason()).isEqualTo("rule 1 of fs: deny * /work/vault/**");
      RecordedEvent event = recorded.poll(30, TimeUnit.SECONDS);
      assertThat(event).isNotNull();
      assertThat(event.getString("object")).isEqualTo("/work/vault/new");
    }
  }

  @Test
  void every_decision_is_told_where_it_is_to_be_explained() {
    try (VirtualMachine machine = machine(open().explain().build())) {
      assertThat(sh(machine, "echo x > /tmp/told").succeeded()).isTrue();
    }
    assertThat(heard)
        .filteredOn(PermissionDecided.class::isInstance)
        .map(PermissionDecided.class::cast)
        .allMatch(PermissionDecided::allowed)
        .anyMatch(told -> told.operation().equals("write") && told.object().equals("/tmp/told"))
        .anyMatch(told -> told.domain() == Domain.PROCESS)
        .anyMatch(told -> told.domain() == Domain.ENVIRONMENT && told.object().equals("TOKEN"));
  }

  @Test
  void the_owner_is_asked_about_what_is_really_meant() throws IOException {
    BlockingQueue<Question> asked = new LinkedBlockingQueue<>();
    Permissions asking =
        open()
            .ask(Domain.FS, List.of("read"), "/work/**")
            .prompt(question -> {
              asked.add(question);
              return question.object().endsWith("yes") ? Answer.ALLOW : Answer.DENY;
            })
            .build();
    try (VirtualMachine machine = machine(asking)) {
      Path work = Files.createDirectories(machine.files().getPath("/work"));
      Files.write(work.resolve("yes"), "a\n".getBytes(UTF_8));
      Files.write(work.resolve("no"), "b\n".getBytes(UTF_8));
      String script = "ln -s /work /tmp/w; cat /tmp/w/yes; cat /tmp/w/no";
      assertThat(sh(machine, script).stdoutText()).isEqualTo("a\n");
    }
    assertThat(asked).extracting(Question::object).containsExactly("/work/yes", "/work/no");
    assertThat(asked).allMatch(question -> question.pid() > 0);
  }
}
