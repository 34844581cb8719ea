package io.vivarium.wasm.process;

import static io.vivarium.kernel.syscall.AtFlags.AT_EMPTY_PATH;
import static io.vivarium.kernel.syscall.AtFlags.AT_FDCWD;
import static io.vivarium.kernel.syscall.AtFlags.AT_SYMLINK_FOLLOW;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.vivarium.kernel.KernelOptions;
import io.vivarium.kernel.errno.Errno;
import io.vivarium.kernel.errno.ErrnoException;
import io.vivarium.kernel.file.OpenFlags;
import io.vivarium.kernel.fs.VirtualFileSystem;
import io.vivarium.kernel.permission.Domain;
import io.vivarium.kernel.permission.DomainPolicy;
import io.vivarium.kernel.permission.PermissionMode;
import io.vivarium.kernel.permission.PermissionOptions;
import io.vivarium.kernel.permission.PermissionPolicy;
import io.vivarium.kernel.permission.PermissionPrompt;
import io.vivarium.kernel.permission.PermissionPrompt.Answer;
import io.vivarium.kernel.permission.PermissionRule;
import io.vivarium.kernel.process.Process;
import io.vivarium.kernel.process.SpawnRequest;
import io.vivarium.kernel.syscall.SystemCalls;
import io.vivarium.kernel.user.Credentials;
import io.vivarium.wasm.testing.TestMachine;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Policies that deny a part of what can be done, against guests that combine the rest. */
@Timeout(60)
class PermissionAttacksTest {
  private static final int READ = OpenFlags.O_RDONLY;
  private static final int WRITE = OpenFlags.O_WRONLY;
  private static final int CREATE = OpenFlags.O_CREAT | OpenFlags.O_WRONLY;

  private static PermissionRule rule(PermissionMode mode, String operations, String... patterns) {
    return new PermissionRule(mode, List.of(operations.split(",")), List.of(patterns));
  }

  private static DomainPolicy allBut(String operations, String... patterns) {
    return new DomainPolicy(
        PermissionMode.ALLOW, List.of(rule(PermissionMode.DENY, operations, patterns)));
  }

  private static DomainPolicy nothingBut(String operations, String... patterns) {
    return new DomainPolicy(
        PermissionMode.DENY, List.of(rule(PermissionMode.ALLOW, operations, patterns)));
  }

  private static TestMachine machine(DomainPolicy files) {
    return machine(files, DomainPolicy.ALLOW, null);
  }

  private static TestMachine machine(
      DomainPolicy files, DomainPolicy programs, @Nullable PermissionPrompt prompt) {
    PermissionPolicy policy =
        new PermissionPolicy(
            Map.of(
                Domain.FS,
                files,
                Domain.PROCESS,
                programs,
                Domain.ENVIRONMENT,
                DomainPolicy.ALLOW));
    TestMachine machine =
        new TestMachine(
            KernelOptions.DEFAULT.with(
                new PermissionOptions(policy, prompt, Duration.ofSeconds(20), false)));
    machine.mkdir("/secret");
    machine.mkdir("/secret/inner");
    machine.write("/secret/key", "the key");
    machine.mkdir("/work");
    machine.write("/work/file", "work");
    VirtualFileSystem vfs = machine.kernel().vfs();
    vfs.mounts()
        .mount(
            vfs.resolve(Credentials.root(), vfs.mounts().root(), "/proc", true),
            machine.kernel().proc(),
            false);
    return machine;
  }

  private interface Attempt {
    void make(Process process, SystemCalls calls);
  }

  /** Makes attempts in a process; answers the errno of each, null for success. */
  private static List<@Nullable Errno> attempt(TestMachine machine, Attempt... attempts) {
    List<@Nullable Errno> outcomes = new ArrayList<>();
    AtomicReference<Throwable> broken = new AtomicReference<>();
    machine.install(
        "/bin/attempt",
        process -> {
          for (Attempt attempt : attempts) {
            try {
              attempt.make(process, machine.calls(process));
              outcomes.add(null);
            } catch (ErrnoException e) {
              outcomes.add(e.errno());
            } catch (AssertionError e) {
              broken.set(e);
            }
          }
          return 0;
        });
    assertThat(machine.run("attempt").status()).isZero();
    assertThat(broken.get()).isNull();
    return outcomes;
  }

  private static void assertDenied(TestMachine machine, Attempt... attempts) {
    assertThat(attempt(machine, attempts))
        .hasSize(attempts.length)
        .allSatisfy(errno -> assertThat(errno).isEqualTo(Errno.EACCES));
  }

  private static void assertWorks(TestMachine machine, Attempt... attempts) {
    assertThat(attempt(machine, attempts))
        .hasSize(attempts.length)
        .allSatisfy(errno -> assertThat(errno).isNull());
  }

  private static Attempt stat(String path) {
    return (process, calls) -> calls.files().stat(AT_FDCWD, path, 0);
  }

  private static int open(SystemCalls calls, String path, int flags) {
    return calls.files().open(AT_FDCWD, path, flags, 0600);
  }

  // ---- objects without a name -------------------------------------------------------------------

  @Test
  void a_file_that_lost_its_name_is_not_opened_again_through_proc() {
    try (TestMachine machine = machine(allBut("read", "/secret/**"))) {
      assertDenied(
          machine,
          (process, calls) -> {
            int fd = open(calls, "/secret/key", OpenFlags.O_PATH);
            calls.files().unlink(AT_FDCWD, "/secret/key");
            open(calls, "/proc/self/fd/" + fd, READ);
          });
    }
  }

  @Test
  void a_file_that_lost_its_name_gets_no_other() {
    for (int flags : new int[] {AT_EMPTY_PATH, AT_SYMLINK_FOLLOW}) {
      try (TestMachine machine = machine(allBut("read", "/secret/**"))) {
        List<@Nullable Errno> outcome =
            attempt(
                machine,
                (process, calls) -> {
                  int fd = open(calls, "/secret/key", OpenFlags.O_PATH);
                  calls.files().unlink(AT_FDCWD, "/secret/key");
                  if (flags == AT_EMPTY_PATH) {
                    calls.files().link(fd, "", AT_FDCWD, "/work/key", flags);
                  } else {
                    calls
                        .files()
                        .link(AT_FDCWD, "/proc/self/fd/" + fd, AT_FDCWD, "/work/key", flags);
                  }
                });
        assertThat(outcome).doesNotContainNull();
      }
    }
  }

  @Test
  void a_program_that_lost_its_name_is_not_run() {
    try (TestMachine machine =
        machine(DomainPolicy.ALLOW, nothingBut("spawn", "/usr/bin/**"), null)) {
      machine.write("/work/evil", "#!/bin/attempt\n".getBytes(UTF_8), 0755);
      machine.write("/work/worse", "#!/bin/attempt\n".getBytes(UTF_8), 0755);
      assertDenied(
          machine,
          (process, calls) -> {
            int fd = open(calls, "/work/evil", READ);
            calls.files().unlink(AT_FDCWD, "/work/evil");
            process.execDescriptor(fd, List.of("x"), List.of());
          },
          (process, calls) -> {
            int fd = open(calls, "/work/worse", READ);
            calls.files().unlink(AT_FDCWD, "/work/worse");
            process.spawn(SpawnRequest.program("/proc/self/fd/" + fd, List.of("x")).build());
          });
    }
  }

  @Test
  void pipes_and_files_of_ones_own_need_no_name() {
    try (TestMachine machine = machine(allBut("*", "/secret/**"))) {
      assertWorks(
          machine,
          (process, calls) -> {
            int fd = calls.descriptors().pipe(0).first();
            open(calls, "/proc/self/fd/" + fd, READ);
          },
          (process, calls) -> {
            int fd = open(calls, "/work/mine", CREATE);
            calls.files().unlink(AT_FDCWD, "/work/mine");
            calls.descriptors().write(fd, new byte[2], 0, 2);
            calls.descriptors().truncate(fd, 1);
            calls.descriptors().chmod(fd, 0600);
          },
          (process, calls) -> {
            int fd = open(calls, "/work", OpenFlags.O_TMPFILE | OpenFlags.O_RDWR);
            calls.descriptors().write(fd, new byte[2], 0, 2);
            calls.files().link(fd, "", AT_FDCWD, "/work/named", AT_EMPTY_PATH);
          });
    }
  }

  @Test
  void an_unnamed_file_gets_no_name_where_links_are_denied() {
    try (TestMachine machine = machine(allBut("link", "/secret/**"))) {
      assertDenied(
          machine,
          (process, calls) -> {
            int fd = open(calls, "/work", OpenFlags.O_TMPFILE | OpenFlags.O_RDWR);
            calls.files().link(fd, "", AT_FDCWD, "/secret/new", AT_EMPTY_PATH);
          },
          (process, calls) -> {
            int fd = open(calls, "/work", OpenFlags.O_TMPFILE | OpenFlags.O_RDWR);
            calls
                .files()
                .link(AT_FDCWD, "/proc/self/fd/" + fd, AT_FDCWD, "/secret/new", AT_SYMLINK_FOLLOW);
          });
    }
  }

  // ---- what is there ----------------------------------------------------------------------------

  @Test
  void going_through_a_denied_directory_and_back_tells_nothing() {
    try (TestMachine machine = machine(allBut("*", "/secret/**"))) {
      assertDenied(
          machine,
          stat("/secret/inner/../../work/file"),
          stat("/secret/no/../../work/file"),
          stat("/secret/inner/../../work/none"),
          stat("/secret/key/../../work/file"));
      assertWorks(machine, stat("/work/../work/file"), stat("/usr/../work/file"));
    }
  }

  @Test
  void a_denied_file_with_something_behind_it_tells_nothing() {
    try (TestMachine machine = machine(allBut("*", "/secret/key", "/secret/none"))) {
      assertDenied(
          machine,
          stat("/secret/key/x"),
          stat("/secret/none/x"),
          stat("/secret/key/"),
          stat("/secret/none/"));
    }
  }

  @Test
  void a_denied_symlink_that_leads_to_itself_looks_like_any_name() {
    try (TestMachine machine = machine(allBut("stat", "/secret/**"))) {
      assertWorks(
          machine, (process, calls) -> calls.files().symlink("loop", AT_FDCWD, "/secret/loop"));
      assertDenied(machine, stat("/secret/loop"), stat("/secret/loop/x"));
    }
  }

  // ---- combinations -----------------------------------------------------------------------------

  @Test
  void a_rename_removes_what_it_replaces() {
    try (TestMachine machine = machine(allBut("rm", "/secret/**"))) {
      assertDenied(
          machine,
          (process, calls) ->
              calls.files().rename(AT_FDCWD, "/work/file", AT_FDCWD, "/secret/key", 0));
      assertThat(machine.read("/secret/key")).isEqualTo("the key");
      assertThat(machine.read("/work/file")).isEqualTo("work");
      assertWorks(
          machine,
          (process, calls) ->
              calls.files().rename(AT_FDCWD, "/work/file", AT_FDCWD, "/secret/new", 0));
    }
  }

  @Test
  void no_other_name_shows_what_could_not_be_looked_at() {
    try (TestMachine machine = machine(allBut("stat,readlink", "/secret/**"))) {
      assertWorks(
          machine, (process, calls) -> calls.files().symlink("target", AT_FDCWD, "/secret/l"));
      assertDenied(
          machine,
          (process, calls) -> calls.files().rename(AT_FDCWD, "/secret/l", AT_FDCWD, "/work/l", 0),
          (process, calls) ->
              calls.files().link(AT_FDCWD, "/secret/key", AT_FDCWD, "/work/key", 0));
    }
  }

  @Test
  void a_descriptor_does_not_truncate_what_may_not_be_truncated() {
    try (TestMachine machine = machine(allBut("truncate", "/secret/**"))) {
      assertDenied(
          machine,
          (process, calls) -> calls.descriptors().truncate(open(calls, "/secret/key", WRITE), 0));
      assertThat(machine.read("/secret/key")).isEqualTo("the key");
    }
  }

  @Test
  void directories_move_where_rules_about_names_anywhere_say_the_same() {
    try (TestMachine machine = machine(allBut("read", "/**/.ssh/**"))) {
      machine.mkdir("/work/.ssh");
      machine.write("/work/.ssh/id", "the key");
      machine.mkdir("/work/d");
      assertWorks(
          machine,
          (process, calls) -> calls.files().rename(AT_FDCWD, "/work/d", AT_FDCWD, "/work/e", 0),
          (process, calls) -> calls.files().rename(AT_FDCWD, "/work/e", AT_FDCWD, "/secret/e", 0));
      assertDenied(
          machine,
          (process, calls) ->
              calls.files().rename(AT_FDCWD, "/work/.ssh", AT_FDCWD, "/work/open", 0),
          (process, calls) ->
              calls.files().rename(AT_FDCWD, "/work/.ssh/id", AT_FDCWD, "/work/id", 0));
    }
  }

  // ---- while somebody is asked ------------------------------------------------------------------

  @Test
  void an_answer_does_not_hold_for_a_directory_that_went_elsewhere_meanwhile()
      throws InterruptedException {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch moved = new CountDownLatch(1);
    PermissionPrompt prompt =
        (pid, domain, operation, object) -> {
          asked.countDown();
          try {
            moved.await(20, TimeUnit.SECONDS);
          } catch (InterruptedException e) {
            return Answer.DENY;
          }
          return Answer.ALLOW;
        };
    DomainPolicy files =
        new DomainPolicy(
            PermissionMode.ALLOW,
            List.of(
                rule(PermissionMode.ASK, "write", "/work/**"),
                rule(PermissionMode.DENY, "write", "/secret/**")));
    try (TestMachine machine = machine(files, DomainPolicy.ALLOW, prompt)) {
      machine.mkdir("/work/d");
      machine.install(
          "/bin/mover",
          process -> {
            try {
              asked.await(20, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
              return 1;
            }
            machine.calls(process).files().rename(AT_FDCWD, "/work/d", AT_FDCWD, "/secret/d", 0);
            moved.countDown();
            return 0;
          });
      assertDenied(
          machine,
          (process, calls) -> {
            process.spawn(SpawnRequest.program("/bin/mover", List.of("mover")).build());
            open(calls, "/work/d/new", CREATE);
          });
      assertThat(machine.read("/secret/key")).isEqualTo("the key");
    }
  }

  @Test
  void hosts_that_do_not_answer_are_not_asked_without_end() {
    AtomicInteger asked = new AtomicInteger();
    CountDownLatch over = new CountDownLatch(1);
    PermissionPrompt deaf =
        (pid, domain, operation, object) -> {
          asked.incrementAndGet();
          while (over.getCount() > 0) {
            try {
              over.await();
            } catch (InterruptedException e) {
              // Goes on as a host that reads from a terminal does.
            }
          }
          return Answer.ALLOW;
        };
    PermissionPolicy policy =
        new PermissionPolicy(
            Map.of(
                Domain.FS,
                new DomainPolicy(
                    PermissionMode.ALLOW, List.of(rule(PermissionMode.ASK, "read", "/secret/**"))),
                Domain.PROCESS,
                DomainPolicy.ALLOW));
    try (TestMachine machine =
        new TestMachine(
            KernelOptions.DEFAULT.with(
                new PermissionOptions(policy, deaf, Duration.ofMillis(1), false)))) {
      machine.mkdir("/secret");
      machine.write("/secret/key", "the key");
      Attempt[] attempts = new Attempt[200];
      Arrays.fill(attempts, (Attempt) (process, calls) -> open(calls, "/secret/key", READ));
      assertDenied(machine, attempts);
      assertThat(asked.get()).isLessThanOrEqualTo(64);
    } finally {
      over.countDown();
    }
  }
}
