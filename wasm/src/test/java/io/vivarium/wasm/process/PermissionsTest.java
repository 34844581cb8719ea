package io.vivarium.wasm.process;

import static io.vivarium.kernel.syscall.AtFlags.AT_FDCWD;
import static io.vivarium.kernel.syscall.AtFlags.AT_SYMLINK_FOLLOW;
import static io.vivarium.kernel.syscall.AtFlags.AT_SYMLINK_NOFOLLOW;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.vivarium.kernel.KernelOptions;
import io.vivarium.kernel.errno.Errno;
import io.vivarium.kernel.errno.ErrnoException;
import io.vivarium.kernel.event.KernelEvent;
import io.vivarium.kernel.file.OpenFlags;
import io.vivarium.kernel.fs.AttributeChange;
import io.vivarium.kernel.fs.FileOperation;
import io.vivarium.kernel.fs.FileSystem;
import io.vivarium.kernel.fs.FileType;
import io.vivarium.kernel.fs.Inode;
import io.vivarium.kernel.fs.NewInode;
import io.vivarium.kernel.fs.VirtualFileSystem;
import io.vivarium.kernel.fs.memory.MemoryFileSystem;
import io.vivarium.kernel.limit.StorageLimits;
import io.vivarium.kernel.permission.Domain;
import io.vivarium.kernel.permission.DomainPolicy;
import io.vivarium.kernel.permission.PermissionDecision;
import io.vivarium.kernel.permission.PermissionMode;
import io.vivarium.kernel.permission.PermissionOptions;
import io.vivarium.kernel.permission.PermissionPolicy;
import io.vivarium.kernel.permission.PermissionPrompt;
import io.vivarium.kernel.permission.PermissionPrompt.Answer;
import io.vivarium.kernel.permission.PermissionRule;
import io.vivarium.kernel.process.Process;
import io.vivarium.kernel.process.Signal;
import io.vivarium.kernel.process.SpawnRequest;
import io.vivarium.kernel.syscall.FileCalls;
import io.vivarium.kernel.syscall.SystemCalls;
import io.vivarium.kernel.user.Credentials;
import io.vivarium.wasm.testing.TestMachine;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a policy denies stays denied, whatever way is taken to it. */
@Timeout(60)
class PermissionsTest {
  private static final int READ = OpenFlags.O_RDONLY;
  private static final int WRITE = OpenFlags.O_WRONLY;
  private static final int CREATE = OpenFlags.O_CREAT | OpenFlags.O_WRONLY;

  private final List<KernelEvent> events = Collections.synchronizedList(new ArrayList<>());

  // ---- machines -------------------------------------------------------------------------------

  private static PermissionRule rule(PermissionMode mode, String operations, String... patterns) {
    return new PermissionRule(mode, List.of(operations.split(",")), List.of(patterns));
  }

  private static PermissionRule deny(String operations, String... patterns) {
    return rule(PermissionMode.DENY, operations, patterns);
  }

  private static PermissionRule allow(String operations, String... patterns) {
    return rule(PermissionMode.ALLOW, operations, patterns);
  }

  private static DomainPolicy allBut(PermissionRule... rules) {
    return new DomainPolicy(PermissionMode.ALLOW, List.of(rules));
  }

  private static DomainPolicy nothingBut(PermissionRule... rules) {
    return new DomainPolicy(PermissionMode.DENY, List.of(rules));
  }

  private TestMachine machine(DomainPolicy files) {
    return machine(files, DomainPolicy.ALLOW, DomainPolicy.ALLOW, null, Duration.ofSeconds(20));
  }

  private TestMachine machine(
      DomainPolicy files,
      DomainPolicy programs,
      DomainPolicy variables,
      @Nullable PermissionPrompt prompt,
      Duration deadline) {
    PermissionPolicy policy =
        new PermissionPolicy(
            Map.of(Domain.FS, files, Domain.PROCESS, programs, Domain.ENVIRONMENT, variables));
    TestMachine machine =
        new TestMachine(
            KernelOptions.DEFAULT
                .with(events::add)
                .with(new PermissionOptions(policy, prompt, deadline, false)));
    machine.mkdir("/secret");
    machine.mkdir("/secret/inner");
    machine.write("/secret/key", "the key");
    machine.mkdir("/work");
    machine.write("/work/file", "work");
    return machine;
  }

  private static void mount(TestMachine machine, String path, FileSystem mounted) {
    VirtualFileSystem vfs = machine.kernel().vfs();
    vfs.mounts()
        .mount(vfs.resolve(Credentials.root(), vfs.mounts().root(), path, true), mounted, false);
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

  private static Attempt open(String path, int flags) {
    return (process, calls) -> calls.files().open(AT_FDCWD, path, flags, 0600);
  }

  private static String contents(SystemCalls calls, int fd) {
    byte[] buffer = new byte[100];
    return new String(buffer, 0, calls.descriptors().read(fd, buffer, 0, buffer.length), UTF_8);
  }

  /** Everything there is, with what can be seen of it. */
  private static Set<String> tree(TestMachine machine) {
    Set<String> lines = new TreeSet<>();
    list(machine.inode("/secret"), "/secret", lines);
    list(machine.inode("/work"), "/work", lines);
    return lines;
  }

  private static void list(Inode directory, String path, Set<String> lines) {
    directory.readDirectory(
        0,
        (name, ino, type, cookie) -> {
          Inode inode = directory.lookup(name);
          lines.add(
              path
                  + "/"
                  + name
                  + " "
                  + type
                  + " "
                  + inode.mode()
                  + " "
                  + inode.uid()
                  + " "
                  + inode.size()
                  + " "
                  + inode.stat().links()
                  + " "
                  + inode.stat().modificationTime());
          if (type == FileType.DIRECTORY) {
            list(inode, path + "/" + name, lines);
          }
          return true;
        });
  }

  // ---- every operation ------------------------------------------------------------------------

  /** One call for each operation, on a file of /work that is there, or a name that is free. */
  private static Attempt example(FileOperation operation, String directory) {
    String file = directory + "/file";
    String free = directory + "/free";
    return (process, calls) -> {
      FileCalls files = calls.files();
      switch (operation) {
        case READ -> files.open(AT_FDCWD, file, READ, 0);
        case WRITE -> files.open(AT_FDCWD, file, WRITE, 0);
        case MKDIR -> files.mkdir(AT_FDCWD, free, 0700);
        case READDIR -> files.open(AT_FDCWD, directory, READ, 0);
        case STAT -> files.stat(AT_FDCWD, file, 0);
        case RM -> files.unlink(AT_FDCWD, file);
        case RENAME -> files.rename(AT_FDCWD, file, AT_FDCWD, free, 0);
        case EXISTS -> files.access(AT_FDCWD, file, 0, 0);
        case SYMLINK -> files.symlink("target", AT_FDCWD, free);
        case READLINK -> files.readlink(AT_FDCWD, directory + "/link");
        case LINK -> files.link(AT_FDCWD, file, AT_FDCWD, free, 0);
        case CHMOD -> files.chmod(AT_FDCWD, file, 0640, 0);
        case CHOWN -> files.chown(AT_FDCWD, file, -1, 1000, 0);
        case UTIMES -> files.utimens(AT_FDCWD, file, 1, 1, 0);
        case TRUNCATE -> files.truncate(AT_FDCWD, file, 1);
        case MOUNT -> files.remount("/", false);
      }
    };
  }

  @ParameterizedTest
  @EnumSource(value = FileOperation.class, names = "MOUNT", mode = EnumSource.Mode.EXCLUDE)
  void each_operation_is_denied_alone_and_changes_nothing(FileOperation denied) {
    String name = denied.name().toLowerCase(Locale.ROOT);
    try (TestMachine machine = machine(allBut(deny(name, "/work/**")))) {
      machine.inode("/work").create("link", NewInode.symlink("x", 1000, 1000));
      Set<String> before = tree(machine);
      assertDenied(machine, example(denied, "/work"));
      assertThat(tree(machine)).isEqualTo(before);
      assertThat(events)
          .singleElement()
          .isInstanceOfSatisfying(
              PermissionDecision.class,
              decision -> {
                assertThat(decision.allowed()).isFalse();
                assertThat(decision.domain()).isEqualTo(Domain.FS);
                assertThat(decision.operation()).isEqualTo(name);
                assertThat(decision.object()).startsWith("/work");
                assertThat(decision.pid()).isPositive();
                assertThat(decision.reason()).isEqualTo("rule 1 of fs: deny " + name + " /work/**");
              });
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = FileOperation.class,
      names = {"MOUNT", "RENAME", "LINK"}, // of uid 0; and the others need contents to be allowed
      mode = EnumSource.Mode.EXCLUDE)
  void each_operation_is_allowed_alone(FileOperation allowed) {
    String name = allowed.name().toLowerCase(Locale.ROOT);
    try (TestMachine machine = machine(nothingBut(allow(name, "/work/**")))) {
      machine.inode("/work").create("link", NewInode.symlink("x", 1000, 1000));
      assertWorks(machine, example(allowed, "/work"));
      assertThat(events).isEmpty();
    }
  }

  @Test
  void descriptors_do_not_get_around_the_operations_on_what_they_are_open_on() {
    try (TestMachine machine = machine(allBut(deny("chmod,chown,utimes", "/work/**")))) {
      assertDenied(
          machine,
          (process, calls) ->
              calls.descriptors().chmod(calls.files().open(AT_FDCWD, "/work/file", READ, 0), 0600),
          (process, calls) ->
              calls
                  .descriptors()
                  .chown(calls.files().open(AT_FDCWD, "/work/file", READ, 0), -1, 1000),
          (process, calls) ->
              calls
                  .descriptors()
                  .utimens(calls.files().open(AT_FDCWD, "/work/file", READ, 0), 1, 1),
          (process, calls) ->
              calls
                  .xattrs()
                  .set(
                      calls.files().open(AT_FDCWD, "/work/file", OpenFlags.O_RDWR, 0),
                      "",
                      "user.a",
                      new byte[1],
                      0,
                      true));
    }
  }

  @Test
  void opening_asks_for_what_the_flags_do() {
    try (TestMachine machine = machine(nothingBut(allow("read", "/work/**")))) {
      assertWorks(machine, open("/work/file", READ), open("/work/file", READ | OpenFlags.O_CREAT));
      assertDenied(
          machine,
          open("/work/file", OpenFlags.O_RDWR),
          open("/work/file", READ | OpenFlags.O_TRUNC),
          open("/work/new", CREATE),
          open("/work/new", READ | OpenFlags.O_CREAT),
          open("/work", READ),
          open("/work/file", OpenFlags.O_PATH),
          open("/work", OpenFlags.O_TMPFILE | OpenFlags.O_RDWR));
      assertThat(machine.read("/work/file")).isEqualTo("work");
    }
  }

  // ---- ways around ----------------------------------------------------------------------------

  private TestMachine guarded() {
    return machine(allBut(deny("*", "/secret/**")));
  }

  @Test
  void nobody_learns_what_is_there() {
    try (TestMachine machine = guarded()) {
      for (String path :
          List.of("/secret/key", "/secret/no", "/secret/no/deeper", "/secret/key/x", "/secret")) {
        assertDenied(
            machine,
            open(path, READ),
            open(path, CREATE),
            open(path, CREATE | OpenFlags.O_EXCL),
            open(path, OpenFlags.O_PATH),
            (process, calls) -> calls.files().stat(AT_FDCWD, path, 0),
            (process, calls) -> calls.files().stat(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW),
            (process, calls) -> calls.files().access(AT_FDCWD, path, 0, 0),
            (process, calls) -> calls.files().readlink(AT_FDCWD, path),
            (process, calls) -> calls.files().chdir(path),
            (process, calls) -> calls.xattrs().list(AT_FDCWD, path, true),
            (process, calls) -> calls.files().statfs(AT_FDCWD, path));
      }
      for (String path : List.of("/secret/key", "/secret/no")) {
        assertDenied(
            machine,
            (process, calls) -> calls.files().mkdir(AT_FDCWD, path, 0700),
            (process, calls) -> calls.files().unlink(AT_FDCWD, path),
            (process, calls) -> calls.files().rmdir(AT_FDCWD, path),
            (process, calls) -> calls.files().symlink("x", AT_FDCWD, path),
            (process, calls) -> calls.files().mknod(AT_FDCWD, path, 0010600, 0),
            (process, calls) -> calls.files().rename(AT_FDCWD, path, AT_FDCWD, "/work/a", 0),
            (process, calls) -> calls.files().rename(AT_FDCWD, "/work/file", AT_FDCWD, path, 0),
            (process, calls) -> calls.files().link(AT_FDCWD, path, AT_FDCWD, "/work/a", 0),
            (process, calls) -> calls.files().link(AT_FDCWD, "/work/file", AT_FDCWD, path, 0));
      }
    }
  }

  @Test
  void symlinks_and_dots_lead_to_where_they_lead() {
    try (TestMachine machine = guarded()) {
      assertWorks(
          machine,
          (process, calls) -> calls.files().symlink("/secret/key", AT_FDCWD, "/work/absolute"),
          (process, calls) -> calls.files().symlink("../secret", AT_FDCWD, "/work/relative"),
          (process, calls) -> calls.files().symlink("relative/key", AT_FDCWD, "/work/chain"),
          (process, calls) -> calls.files().symlink("/secret/new", AT_FDCWD, "/work/dangling"));
      assertDenied(
          machine,
          open("/work/absolute", READ),
          open("/work/relative/key", READ),
          open("/work/relative/../secret/key", READ),
          open("/work/chain", READ),
          open("/work/dangling", CREATE),
          open("/work/../secret/key", READ),
          open("/work/./..//secret/./key", READ),
          (process, calls) ->
              calls
                  .files()
                  .link(AT_FDCWD, "/work/absolute", AT_FDCWD, "/work/a", AT_SYMLINK_FOLLOW),
          (process, calls) -> calls.files().truncate(AT_FDCWD, "/work/absolute", 0),
          (process, calls) -> {
            calls.files().chdir("/work");
            calls.files().open(AT_FDCWD, "../secret/key", READ, 0);
          },
          (process, calls) -> {
            int root = calls.files().open(AT_FDCWD, "/", READ, 0);
            calls.files().open(root, "secret/key", READ, 0);
          });
      assertThat(machine.inode("/secret").lookup("key").size()).isEqualTo(7);
    }
  }

  @Test
  void proc_leads_to_where_files_really_are() {
    try (TestMachine machine = guarded()) {
      mount(machine, "/proc", machine.kernel().proc());
      assertDenied(
          machine,
          open("/proc/self/root/secret/key", READ),
          open("/proc/self/cwd/../../secret/key", READ),
          open("/proc/1/root/secret/key", READ),
          (process, calls) -> {
            int root = calls.files().open(AT_FDCWD, "/", READ, 0);
            calls.files().open(AT_FDCWD, "/proc/self/fd/" + root + "/secret/key", READ, 0);
          });
    }
    try (TestMachine machine = machine(allBut(deny("write", "/secret/**")))) {
      mount(machine, "/proc", machine.kernel().proc());
      assertDenied(
          machine,
          (process, calls) -> {
            int key = calls.files().open(AT_FDCWD, "/secret/key", READ, 0);
            assertThat(contents(calls, key)).isEqualTo("the key");
            calls.files().open(AT_FDCWD, "/proc/self/fd/" + key, WRITE, 0);
          });
    }
  }

  @Test
  void directories_do_not_carry_what_is_denied_out() {
    try (TestMachine machine =
        machine(allBut(deny("read", "/work/closed/*"), deny("read", "/deep/er/x")))) {
      machine.mkdir("/work/closed");
      machine.write("/work/closed/key", "the key");
      assertDenied(
          machine,
          (process, calls) ->
              calls.files().rename(AT_FDCWD, "/work/closed", AT_FDCWD, "/work/open", 0),
          (process, calls) -> calls.files().rename(AT_FDCWD, "/work", AT_FDCWD, "/secret/w", 0),
          (process, calls) ->
              calls.files().link(AT_FDCWD, "/work/closed/key", AT_FDCWD, "/work/key", 0),
          (process, calls) ->
              calls.files().rename(AT_FDCWD, "/work/closed/key", AT_FDCWD, "/work/key", 0));
      assertThat(machine.read("/work/closed/key")).isEqualTo("the key");
      // Where nothing more becomes allowed, names change as ever.
      assertWorks(
          machine,
          (process, calls) -> calls.files().mkdir(AT_FDCWD, "/work/d", 0700),
          (process, calls) -> calls.files().rename(AT_FDCWD, "/work/d", AT_FDCWD, "/work/e", 0),
          (process, calls) -> calls.files().link(AT_FDCWD, "/work/file", AT_FDCWD, "/work/f", 0),
          (process, calls) ->
              calls.files().rename(AT_FDCWD, "/work/f", AT_FDCWD, "/work/closed/f", 0));
    }
  }

  @Test
  void exchanging_names_gives_nothing_away() {
    try (TestMachine machine = machine(allBut(deny("write", "/secret/**")))) {
      machine.inode("/secret").setAttributes(AttributeChange.mode(0777));
      assertDenied(
          machine,
          (process, calls) ->
              calls
                  .files()
                  .rename(AT_FDCWD, "/work/file", AT_FDCWD, "/secret/key", Inode.RENAME_EXCHANGE),
          (process, calls) ->
              calls
                  .files()
                  .rename(AT_FDCWD, "/secret/key", AT_FDCWD, "/work/file", Inode.RENAME_EXCHANGE));
      assertThat(machine.read("/secret/key")).isEqualTo("the key");
    }
  }

  @Test
  void mounts_are_where_they_are_mounted() {
    try (TestMachine machine = machine(allBut(deny("read", "/work/mnt/**")))) {
      machine.mkdir("/work/mnt");
      MemoryFileSystem mounted = new MemoryFileSystem(StorageLimits.of(1 << 20, 100));
      Inode file = mounted.root().create("key", NewInode.regular(0644, 1000, 1000));
      file.write(0, new byte[1], 0, 1);
      mount(machine, "/work/mnt", mounted);
      assertDenied(machine, open("/work/mnt/key", READ), open("/work/mnt/../mnt/key", READ));
      assertWorks(machine, open("/work/mnt/key", WRITE));
    }
  }

  @Test
  void a_symlink_that_changes_meanwhile_is_never_read_through() throws InterruptedException {
    try (TestMachine machine = guarded()) {
      assertWorks(
          machine,
          (process, calls) -> calls.files().symlink("/work/file", AT_FDCWD, "/work/a"),
          (process, calls) -> calls.files().symlink("/secret/key", AT_FDCWD, "/work/b"));
      CountDownLatch ready = new CountDownLatch(1);
      AtomicReference<@Nullable Thread> flipping = new AtomicReference<>();
      AtomicInteger flips = new AtomicInteger();
      machine.install(
          "/bin/flip",
          process -> {
            flipping.set(Thread.currentThread());
            SystemCalls calls = machine.calls(process);
            ready.countDown();
            while (true) {
              process.enterKernel();
              calls.files().rename(AT_FDCWD, "/work/a", AT_FDCWD, "/work/b", Inode.RENAME_EXCHANGE);
              flips.incrementAndGet();
              process.leaveKernel();
            }
          });
      AtomicInteger opened = new AtomicInteger();
      AtomicInteger denied = new AtomicInteger();
      assertWorks(
          machine,
          (process, calls) -> {
            int flip = process.spawn(SpawnRequest.program("/bin/flip", List.of("flip")).build());
            for (int i = 0; i < 20_000 || denied.get() == 0 || opened.get() == 0; i++) {
              try {
                int fd = calls.files().open(AT_FDCWD, "/work/a", READ, 0);
                assertThat(contents(calls, fd)).isEqualTo("work");
                calls.descriptors().close(fd);
                opened.incrementAndGet();
              } catch (ErrnoException e) {
                assertThat(e.errno()).isEqualTo(Errno.EACCES);
                denied.incrementAndGet();
              }
            }
            process.kill(flip, Signal.SIGKILL);
            process.waitFor(flip, 0);
          });
      assertThat(flips.get()).isPositive();
    }
  }

  // ---- programs and variables -----------------------------------------------------------------

  private static Attempt spawn(String path) {
    return (process, calls) ->
        process.waitFor(process.spawn(SpawnRequest.program(path, List.of(path)).build()), 0);
  }

  @Test
  void programs_are_known_by_where_they_are_or_by_their_name() {
    DomainPolicy programs =
        nothingBut(allow("*", "attempt", "/usr/bin/good", "/usr/lib/**"), deny("spawn", "evil"));
    try (TestMachine machine =
        machine(DomainPolicy.ALLOW, programs, DomainPolicy.ALLOW, null, Duration.ofSeconds(9))) {
      machine.install("/bin/good", process -> 0);
      machine.install("/bin/bad", process -> 0);
      machine.install("/work/good", process -> 0);
      assertWorks(machine, spawn("/bin/good"), spawn("/work/../bin/good"));
      assertWorks(
          machine,
          (process, calls) -> calls.files().symlink("/bin/bad", AT_FDCWD, "/work/link"),
          (process, calls) -> calls.files().link(AT_FDCWD, "/bin/good", AT_FDCWD, "/work/hard", 0));
      machine.write("/work/script", "#!/bin/bad\n".getBytes(UTF_8), 0755);
      machine.write("/bin/evil", "#!/bin/good\n".getBytes(UTF_8), 0755);
      assertDenied(
          machine,
          spawn("/bin/bad"),
          spawn("/bin/absent"),
          spawn("/work/good"),
          spawn("/work/hard"),
          spawn("/work/link"),
          spawn("/work/script"),
          spawn("/bin/evil"),
          (process, calls) -> process.exec("/bin/bad", List.of("x"), List.of()),
          (process, calls) ->
              calls
                  .processes()
                  .fexec(
                      calls.files().open(AT_FDCWD, "/bin/bad", READ, 0), List.of("x"), List.of()));
    }
  }

  @Test
  void interpreters_of_scripts_are_programs_too() {
    DomainPolicy programs = allBut(deny("spawn", "/usr/bin/bad"));
    try (TestMachine machine =
        machine(DomainPolicy.ALLOW, programs, DomainPolicy.ALLOW, null, Duration.ofSeconds(9))) {
      machine.install("/bin/bad", process -> 0);
      machine.write("/work/script", "#!/bin/bad\n".getBytes(UTF_8), 0755);
      assertDenied(machine, spawn("/work/script"));
    }
  }

  @Test
  void variables_that_are_denied_reach_no_program() {
    DomainPolicy variables = allBut(deny("pass", "AWS_*", "TOKEN"));
    try (TestMachine machine =
        machine(DomainPolicy.ALLOW, DomainPolicy.ALLOW, variables, null, Duration.ofSeconds(9))) {
      AtomicReference<List<String>> seen = new AtomicReference<>();
      machine.install(
          "/bin/child",
          process -> {
            seen.set(process.environment());
            return 0;
          });
      List<String> environment = List.of("A=1", "TOKEN=x", "AWS_KEY=y", "TOKENS=2", "AWS_");
      machine.install(
          "/bin/parent",
          process -> {
            process.exec("/bin/child", List.of("child"), environment);
            return 1;
          });
      assertThat(machine.run(process -> {}, environment, "", "child").status()).isZero();
      assertThat(seen.getAndSet(null)).containsExactly("A=1", "TOKENS=2");
      assertThat(machine.run(process -> {}, List.of(), "", "parent").status()).isZero();
      assertThat(seen.get()).containsExactly("A=1", "TOKENS=2");
    }
  }

  // ---- asking ---------------------------------------------------------------------------------

  private TestMachine asking(PermissionPrompt prompt, Duration deadline) {
    DomainPolicy files = allBut(rule(PermissionMode.ASK, "read", "/secret/**"));
    return machine(files, DomainPolicy.ALLOW, DomainPolicy.ALLOW, prompt, deadline);
  }

  private String lastReason() {
    return ((PermissionDecision) events.getLast()).reason();
  }

  @Test
  void the_host_is_asked_and_its_answer_holds_once() {
    List<String> asked = Collections.synchronizedList(new ArrayList<>());
    PermissionPrompt prompt =
        (pid, domain, operation, object) -> {
          asked.add(domain.key() + " " + operation + " " + object);
          return asked.size() % 2 == 1 ? Answer.ALLOW : Answer.DENY;
        };
    try (TestMachine machine = asking(prompt, Duration.ofSeconds(20))) {
      assertWorks(machine, open("/secret/key", READ), open("/work/file", READ));
      assertThat(lastReason()).isEqualTo("rule 1 of fs: ask read /secret/**; the host allowed it");
      assertDenied(machine, open("/secret/key", READ));
      assertThat(lastReason()).endsWith("; the host denied it");
      assertThat(asked).containsExactly("fs read /secret/key", "fs read /secret/key");
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Answer.class,
      names = {"ALWAYS_ALLOW", "ALWAYS_DENY"})
  void an_answer_for_ever_is_remembered_for_the_rule(Answer answer) {
    AtomicInteger asked = new AtomicInteger();
    PermissionPrompt prompt =
        (pid, domain, operation, object) -> {
          asked.incrementAndGet();
          return answer;
        };
    try (TestMachine machine = asking(prompt, Duration.ofSeconds(20))) {
      for (int i = 0; i < 3; i++) {
        if (answer == Answer.ALWAYS_ALLOW) {
          assertWorks(machine, open("/secret/key", READ));
        } else {
          assertDenied(machine, open("/secret/key", READ), open("/secret/none", READ));
        }
      }
      assertThat(asked.get()).isEqualTo(1);
      assertThat(lastReason()).endsWith("; as answered before");
    }
  }

  @Test
  void no_prompt_a_late_answer_and_a_failing_prompt_mean_no() {
    try (TestMachine machine =
        machine(
            allBut(rule(PermissionMode.ASK, "read", "/secret/**")),
            DomainPolicy.ALLOW,
            DomainPolicy.ALLOW,
            null,
            Duration.ofSeconds(20))) {
      assertDenied(machine, open("/secret/key", READ));
      assertThat(lastReason()).endsWith("; there is nobody to ask");
    }
    AtomicReference<Boolean> interrupted = new AtomicReference<>();
    CountDownLatch over = new CountDownLatch(1);
    PermissionPrompt never =
        (pid, domain, operation, object) -> {
          try {
            Thread.sleep(60_000);
          } catch (InterruptedException e) {
            interrupted.set(true);
          }
          over.countDown();
          return Answer.ALLOW;
        };
    try (TestMachine machine = asking(never, Duration.ofMillis(50))) {
      assertDenied(machine, open("/secret/key", READ));
      assertThat(lastReason()).endsWith("; no answer in time");
      over.await();
      assertThat(interrupted.get()).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    PermissionPrompt failing =
        (pid, domain, operation, object) -> {
          throw new IllegalStateException("on purpose");
        };
    try (TestMachine machine = asking(failing, Duration.ofSeconds(20))) {
      assertDenied(machine, open("/secret/key", READ));
      assertThat(lastReason()).endsWith("; asking failed");
    }
  }

  @Test
  void who_waits_for_an_answer_can_be_killed() throws InterruptedException {
    CountDownLatch asked = new CountDownLatch(1);
    PermissionPrompt never =
        (pid, domain, operation, object) -> {
          asked.countDown();
          try {
            Thread.sleep(60_000);
          } catch (InterruptedException e) {
            return Answer.DENY;
          }
          return Answer.ALLOW;
        };
    try (TestMachine machine = asking(never, Duration.ofSeconds(60))) {
      machine.install(
          "/bin/victim",
          process -> {
            machine.calls(process).files().open(AT_FDCWD, "/secret/key", READ, 0);
            return 0;
          });
      assertWorks(
          machine,
          (process, calls) -> {
            int victim =
                process.spawn(SpawnRequest.program("/bin/victim", List.of("victim")).build());
            try {
              asked.await();
            } catch (InterruptedException e) {
              throw new AssertionError(e);
            }
            process.kill(victim, Signal.SIGKILL);
            assertThat(process.waitFor(victim, 0).status()).isEqualTo(Signal.SIGKILL);
          });
    }
  }
}
