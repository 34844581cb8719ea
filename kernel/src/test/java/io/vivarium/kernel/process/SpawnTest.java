package io.vivarium.kernel.process;

import static io.vivarium.kernel.errno.Errno.E2BIG;
import static io.vivarium.kernel.errno.Errno.EACCES;
import static io.vivarium.kernel.errno.Errno.EAGAIN;
import static io.vivarium.kernel.errno.Errno.EBADF;
import static io.vivarium.kernel.errno.Errno.EISDIR;
import static io.vivarium.kernel.errno.Errno.ENOENT;
import static io.vivarium.kernel.errno.Errno.ENOEXEC;
import static io.vivarium.kernel.errno.Errno.ENOTDIR;
import static io.vivarium.kernel.errno.Errno.EPERM;
import static io.vivarium.kernel.file.Errnos.assertFails;
import static io.vivarium.kernel.file.OpenFlags.O_CLOEXEC;
import static io.vivarium.kernel.file.OpenFlags.O_CREAT;
import static io.vivarium.kernel.file.OpenFlags.O_DIRECTORY;
import static io.vivarium.kernel.file.OpenFlags.O_RDONLY;
import static io.vivarium.kernel.file.OpenFlags.O_WRONLY;
import static io.vivarium.kernel.process.Signal.SIGHUP;
import static io.vivarium.kernel.process.Signal.SIGKILL;
import static io.vivarium.kernel.process.Signal.SIGTERM;
import static io.vivarium.kernel.process.Signal.SIGUSR1;
import static io.vivarium.kernel.process.TestMachine.request;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.vivarium.kernel.errno.Errno;
import io.vivarium.kernel.file.FileDescription;
import io.vivarium.kernel.limit.Gauges;
import io.vivarium.kernel.user.Credentials;
import io.vivarium.kernel.wait.Waiter;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Holds making processes to posix_spawn(3) and execve(2). */
class SpawnTest {
  private final TestMachine machine = new TestMachine(8);
  private final String ok = machine.command("/bin/ok", process -> 0);

  @AfterEach
  void close() {
    machine.close();
  }

  /** Runs a child and answers its exit code. */
  private static int spawnAndWait(Process parent, SpawnRequest.Builder request) {
    int pid = parent.spawn(request.build());
    return WaitStatus.shellStatus(parent.waitFor(pid, 0).status());
  }

  private void assertSpawnFails(Errno errno, Process parent, SpawnRequest.Builder request) {
    int processes = machine.table.processes().size();
    int files = machine.openFiles.used();
    assertFails(errno, () -> parent.spawn(request.build()));
    assertThat(machine.table.processes()).as("nothing is left behind").hasSize(processes);
    assertThat(machine.openFiles.used()).isEqualTo(files);
    assertThat(parent.signals().pending()).isZero();
  }

  private int openIn(Process process, String path, int flags) {
    return process
        .descriptors()
        .install(machine.open(path, flags & ~O_CLOEXEC), (flags & O_CLOEXEC) != 0);
  }

  // ---- what a child inherits
  // ---------------------------------------------------------------------

  @Test
  void a_child_gets_arguments_environment_and_its_place() {
    String child =
        machine.command(
            "/bin/a-rather-long-name",
            process -> {
              assertThat(process.arguments()).containsExactly("/bin/a-rather-long-name", "", "x y");
              assertThat(process.environment()).containsExactly("A=1", "B=");
              assertThat(process.name()).isEqualTo("a-rather-long-n");
              assertThat(process.executable().path()).isEqualTo("/bin/a-rather-long-name");
              assertThat(process.workingDirectory().path()).isEqualTo("/tmp");
              assertThat(process.umask()).isEqualTo(027);
              assertThat(process.credentials()).isEqualTo(TestMachine.USER);
              assertThat(Process.current()).isSameAs(process);
              assertThat(Thread.currentThread().getName())
                  .isEqualTo("vivarium-" + process.pid() + "-a-rather-long-n");
              return 11;
            });
    machine.run(process -> {
      process.setUmask(07027);
      process.setWorkingDirectory(machine.place("/tmp"));
      SpawnRequest.Builder request = request(child, "", "x y").environment(List.of("A=1", "B="));
      assertThat(spawnAndWait(process, request)).isEqualTo(11);
      return 0;
    });
  }

  @Test
  void names_of_threads_hold_nothing_that_a_guest_chose_freely() {
    String child =
        machine.command(
            "/bin/\n%s${x}",
            process -> {
              assertThat(Thread.currentThread().getName()).matches("vivarium-\\d+-[A-Za-z0-9._-]+");
              return 0;
            });
    machine.run(process -> spawnAndWait(process, request(child)));
  }

  @Test
  void
      a_child_inherits_group_session_mask_and_ignored_signals_but_no_handlers_and_nothing_pending() {
    machine.run(process -> {
      process.signals().setTrampoline(signal -> {});
      process.signals().setAction(SIGUSR1, SignalAction.handler(0, 0));
      process.signals().setAction(SIGHUP, SignalAction.IGNORE);
      process.signals().setMask(SignalSet.of(SIGTERM));
      process.kill(process.pid(), SIGTERM);
      String child =
          machine.command(self -> {
            assertThat(self.group()).isSameAs(process.group());
            assertThat(self.session()).isSameAs(process.session());
            assertThat(self.parentPid()).isEqualTo(process.pid());
            assertThat(self.signals().mask()).isEqualTo(SignalSet.of(SIGTERM));
            assertThat(self.signals().pending()).isZero();
            assertThat(self.signals().action(SIGUSR1)).isEqualTo(SignalAction.DEFAULT);
            assertThat(self.signals().action(SIGHUP)).isEqualTo(SignalAction.IGNORE);
            return 1;
          });
      assertThat(spawnAndWait(process, request(child))).isEqualTo(1);
      String reset =
          machine.command(self -> {
            assertThat(self.signals().mask()).isEqualTo(SignalSet.of(SIGUSR1));
            assertThat(self.signals().action(SIGHUP)).isEqualTo(SignalAction.DEFAULT);
            return 2;
          });
      SpawnRequest.Builder request =
          request(reset).defaultSignals(SignalSet.ALL).signalMask(SignalSet.of(SIGUSR1, SIGKILL));
      assertThat(spawnAndWait(process, request)).isEqualTo(2);
      return 0;
    });
  }

  @Test
  void descriptors_are_shared_but_close_on_exec_ones_close() {
    machine.write("/tmp/file", 0644, "abcdef");
    String child =
        machine.command(self -> {
          assertThat(self.descriptors().descriptors()).containsExactly(0, 2);
          byte[] buffer = new byte[3];
          FileDescription file = self.descriptors().get(0);
          file.read(self, buffer, 0, 3);
          file.release();
          return buffer[0];
        });
    machine.run(process -> {
      openIn(process, "/tmp/file", O_RDONLY);
      openIn(process, "/tmp/file", O_RDONLY | O_CLOEXEC);
      openIn(process, "/tmp/file", O_RDONLY);
      assertThat(spawnAndWait(process, request(child))).isEqualTo('a');
      assertThat(spawnAndWait(process, request(child))).as("one offset").isEqualTo('d');
      assertThat(process.descriptors().descriptors()).containsExactly(0, 1, 2);
      return 0;
    });
  }

  @Test
  void reset_ids_drops_the_effective_ids() {
    machine.run(
        Credentials.root(),
        process -> {
          process.setCredentials(Credentials.of(1000, 1000).setUids(-1, -1, -1));
          process.setCredentials(Credentials.root().setGids(1000, 0, 0).setUids(1000, 0, 0));
          String child =
              machine.command(self -> {
                assertThat(self.credentials()).isEqualTo(Credentials.of(1000, 1000));
                return 4;
              });
          assertThat(spawnAndWait(process, request(child).resetIds())).isEqualTo(4);
          return 0;
        });
  }

  // ---- file actions
  // ------------------------------------------------------------------------------

  @Test
  void file_actions_run_in_order_before_close_on_exec_closes() {
    machine.write("/tmp/in", 0644, "input");
    machine.write("/home/other", 0644, "other");
    String child =
        machine.command(self -> {
          assertThat(self.descriptors().descriptors()).containsExactly(0, 5, 7);
          assertThat(self.workingDirectory().path()).isEqualTo("/home");
          byte[] buffer = new byte[5];
          FileDescription file = self.descriptors().get(7);
          file.read(self, buffer, 0, 5);
          file.release();
          assertThat(new String(buffer, UTF_8)).isEqualTo("other");
          return 0;
        });
    machine.run(process -> {
      int in = openIn(process, "/tmp/in", O_RDONLY | O_CLOEXEC);
      int directory = openIn(process, "/home", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
      int extra = openIn(process, "/tmp/in", O_RDONLY);
      int kept = process.descriptors().dup(in, 5, true);
      SpawnRequest.Builder request =
          request(child)
              .fileActions(
                  List.of(
                      new FileAction.Dup2(in, 0),
                      new FileAction.Dup2(kept, kept),
                      new FileAction.Close(extra),
                      new FileAction.Chdir("tmp"),
                      new FileAction.Open(9, "in", O_RDONLY, 0),
                      new FileAction.Chdir("/"),
                      new FileAction.Fchdir(directory),
                      new FileAction.CloseFrom(8),
                      new FileAction.Open(7, "other", O_RDONLY, 0),
                      new FileAction.Open(8, "other", O_RDONLY | O_CLOEXEC, 0)));
      assertThat(spawnAndWait(process, request)).isZero();
      assertThat(process.workingDirectory().path()).isEqualTo("/");
      assertThat(process.descriptors().descriptors()).containsExactly(0, 1, 2, 5);
      return 0;
    });
  }

  @Test
  void an_open_action_creates_with_the_umask_and_the_ids_of_the_child() {
    machine.run(process -> {
      process.setUmask(077);
      SpawnRequest.Builder request =
          request(ok)
              .fileActions(List.of(new FileAction.Open(1, "/tmp/new", O_WRONLY | O_CREAT, 0666)));
      assertThat(spawnAndWait(process, request)).isZero();
      assertThat(machine.place("/tmp/new").inode().mode() & 07777).isEqualTo(0600);
      assertThat(machine.place("/tmp/new").inode().uid()).isEqualTo(1000);
      return 0;
    });
  }

  @Test
  void a_file_action_that_fails_leaves_no_process_and_no_file() {
    machine.mkdir("/home/locked", 0700);
    machine.write("/home/secret", 0600, "");
    machine.run(process -> {
      openIn(process, "/home", O_RDONLY);
      openIn(process, "/bin/ok", O_RDONLY);
      record Case(FileAction action, Errno errno) {}
      for (Case failing :
          List.of(
              new Case(new FileAction.Close(9), EBADF),
              new Case(new FileAction.Dup2(9, 1), EBADF),
              new Case(new FileAction.Dup2(9, 9), EBADF),
              new Case(new FileAction.Dup2(0, 100_000), EBADF),
              new Case(new FileAction.Dup2(0, -1), EBADF),
              new Case(new FileAction.Open(3, "/nowhere", O_RDONLY, 0), ENOENT),
              new Case(new FileAction.Open(3, "", O_RDONLY, 0), ENOENT),
              new Case(new FileAction.Open(3, "/home", O_WRONLY, 0), EISDIR),
              new Case(new FileAction.Open(3, "/home/secret", O_RDONLY, 0), EACCES),
              new Case(new FileAction.Open(-3, "/home", O_RDONLY, 0), EBADF),
              new Case(new FileAction.Chdir(""), ENOENT),
              new Case(new FileAction.Chdir("/bin/ok"), ENOTDIR),
              new Case(new FileAction.Chdir("/home/locked"), EACCES),
              new Case(new FileAction.Fchdir(1), ENOTDIR),
              new Case(new FileAction.Fchdir(9), EBADF))) {
        assertSpawnFails(
            failing.errno(),
            process,
            request(ok).fileActions(List.of(new FileAction.Dup2(0, 5), failing.action())));
      }
      return 0;
    });
  }

  // ---- attributes
  // --------------------------------------------------------------------------------

  @Test
  void a_child_can_lead_a_group_join_one_or_lead_a_session() {
    String child =
        machine.command(process -> {
          process.sleep(Waiter.NEVER);
          return 0;
        });
    machine.run(process -> {
      int leader = process.spawn(request(child).group(0).build());
      assertThat(process.groupOf(leader)).isEqualTo(leader);
      assertThat(process.sessionOf(leader)).isEqualTo(process.pid());
      int member = process.spawn(request(child).group(leader).build());
      assertThat(process.groupOf(member)).isEqualTo(leader);
      int session = process.spawn(request(child).newSession().build());
      assertThat(process.sessionOf(session)).isEqualTo(session);
      assertThat(process.groupOf(session)).isEqualTo(session);

      assertSpawnFails(EPERM, process, request(child).group(session));
      assertSpawnFails(EPERM, process, request(child).group(12345));
      assertSpawnFails(EPERM, process, request(child).newSession().group(0));
      return 0;
    });
  }

  @Test
  void the_working_directory_is_resolved_from_the_parents() {
    String child =
        machine.command(process -> {
          assertThat(process.workingDirectory().path()).isEqualTo("/tmp");
          return 0;
        });
    machine.run(process -> {
      process.setWorkingDirectory(machine.place("/home"));
      assertThat(spawnAndWait(process, request(child).workingDirectory("../tmp"))).isZero();
      assertSpawnFails(ENOENT, process, request(child).workingDirectory("tmp"));
      assertSpawnFails(ENOTDIR, process, request(child).workingDirectory("/bin/ok"));
      return 0;
    });
  }

  // ---- finding programs
  // --------------------------------------------------------------------------

  @Test
  void a_search_path_is_searched_in_order_and_eacces_beats_enoent() {
    machine.mkdir("/home/one", 0755);
    machine.mkdir("/home/two", 0755);
    machine.mkdir("/home/two/dir", 0755);
    machine.command("/home/two/tool", process -> 2);
    machine.write("/home/one/denied", 0644, "x");
    machine.write("/home/one/broken", 0755, "x");
    machine.command("/home/two/broken", process -> 2);
    machine.command("/home/local", process -> 3);
    machine.run(process -> {
      String path = "/nowhere:/home/one:/bin/ok:/home/two";
      assertThat(spawnAndWait(process, request("tool").searchPath(path))).isEqualTo(2);
      assertSpawnFails(ENOENT, process, request("tool"));
      assertSpawnFails(ENOENT, process, request("tool").searchPath("/home/one"));
      assertSpawnFails(EACCES, process, request("denied").searchPath(path));
      assertSpawnFails(EACCES, process, request("dir").searchPath(path));
      assertSpawnFails(ENOEXEC, process, request("broken").searchPath(path));
      assertSpawnFails(ENOENT, process, request("").searchPath(path));

      process.setWorkingDirectory(machine.place("/home"));
      for (String here : List.of("", ":/bin", "/bin:", "/bin::/nowhere", ".")) {
        assertThat(spawnAndWait(process, request("local").searchPath(here))).isEqualTo(3);
      }
      assertSpawnFails(ENOENT, process, request("./tool").searchPath(path));
      assertThat(spawnAndWait(process, request("two/tool").searchPath("/bin"))).isEqualTo(2);
      return 0;
    });
  }

  @Test
  void what_cannot_run_is_refused() {
    machine.write("/tmp/text", 0755, "just text\n");
    machine.write("/tmp/empty", 0755, "");
    machine.write("/tmp/elf", 0755, "\u007fELF");
    machine.write("/tmp/not-executable", 0644, "#!/bin/ok\n");
    machine.mkdir("/tmp/locked", 0700);
    machine.command("/tmp/locked/tool", process -> 0);
    machine.run(process -> {
      assertSpawnFails(ENOEXEC, process, request("/tmp/text"));
      assertSpawnFails(ENOEXEC, process, request("/tmp/empty"));
      assertSpawnFails(ENOEXEC, process, request("/tmp/elf"));
      assertSpawnFails(EACCES, process, request("/tmp/not-executable"));
      assertSpawnFails(EACCES, process, request("/tmp"));
      assertSpawnFails(EACCES, process, request("/tmp/locked/tool"));
      assertSpawnFails(ENOENT, process, request("/tmp/nothing"));
      assertSpawnFails(ENOENT, process, request(""));
      assertSpawnFails(ENOTDIR, process, request("/bin/ok/x"));
      return 0;
    });
    machine.run(
        Credentials.root(),
        process -> {
          assertSpawnFails(EACCES, process, request("/tmp/not-executable"));
          assertThat(spawnAndWait(process, request("/tmp/locked/tool"))).isZero();
          return 0;
        });
  }

  // ---- scripts
  // -----------------------------------------------------------------------------------

  private List<String> argumentsOfScript(String contents, String path, String... more) {
    List<String> seen = new ArrayList<>();
    machine.command(
        "/bin/interp",
        process -> {
          seen.addAll(process.arguments());
          seen.add("comm=" + process.name());
          seen.add("exe=" + process.executable().path());
          return 0;
        });
    machine.write("/tmp/script", 0755, contents);
    machine.run(process -> {
      process.setWorkingDirectory(machine.place("/tmp"));
      assertThat(spawnAndWait(process, request(path, more))).isZero();
      return 0;
    });
    return seen;
  }

  @Test
  void a_script_runs_its_interpreter_with_one_optional_argument() {
    assertThat(argumentsOfScript("#! /bin/interp \t-x  y \t\necho", "./script", "1", "2"))
        .containsExactly(
            "/bin/interp", "-x  y", "./script", "1", "2", "comm=script", "exe=/bin/interp");
  }

  @Test
  void a_script_needs_neither_argument_nor_newline() {
    assertThat(argumentsOfScript("#!/bin/interp", "/tmp/script"))
        .containsExactly("/bin/interp", "/tmp/script", "comm=script", "exe=/bin/interp");
  }

  @Test
  void a_line_longer_than_the_window_loses_its_end_but_must_name_an_interpreter() {
    String filler = "a".repeat(300);
    assertThat(argumentsOfScript("#!/bin/interp " + filler + "\n", "/tmp/script"))
        .startsWith("/bin/interp", "a".repeat(256 - "#!/bin/interp ".length()), "/tmp/script");
    machine.write("/tmp/long", 0755, "#!/" + "b".repeat(400) + "\n");
    machine.run(process -> {
      assertSpawnFails(ENOEXEC, process, request("/tmp/long"));
      return 0;
    });
  }

  @Test
  void scripts_without_runnable_interpreter_are_refused() {
    machine.write("/tmp/a", 0755, "#!\n/bin/ok\n");
    machine.write("/tmp/b", 0755, "#! \t \n");
    machine.write("/tmp/c", 0755, "#!/nowhere\n");
    machine.write("/tmp/d", 0755, "#!/home\n");
    machine.run(process -> {
      assertSpawnFails(ENOEXEC, process, request("/tmp/a"));
      assertSpawnFails(ENOEXEC, process, request("/tmp/b"));
      assertSpawnFails(ENOENT, process, request("/tmp/c"));
      assertSpawnFails(EACCES, process, request("/tmp/d"));
      return 0;
    });
  }

  @Test
  void four_levels_of_interpreters_run_and_five_do_not() {
    machine.write("/tmp/s1", 0755, "#!" + ok + " -1\n");
    for (int i = 2; i <= 5; i++) {
      machine.write("/tmp/s" + i, 0755, "#!/tmp/s" + (i - 1) + " -" + i + "\n");
    }
    machine.write("/tmp/self", 0755, "#!/tmp/self\n");
    machine.run(process -> {
      assertThat(spawnAndWait(process, request("/tmp/s4"))).isZero();
      assertSpawnFails(Errno.ELOOP, process, request("/tmp/s5"));
      assertSpawnFails(Errno.ELOOP, process, request("/tmp/self"));
      return 0;
    });
  }

  // ---- limits
  // ------------------------------------------------------------------------------------

  @Test
  void one_string_has_a_limit_of_its_own() {
    ImageLoader roomy = new ImageLoader(machine.vfs, Gauges.SILENT);
    List<String> longest = List.of("x".repeat(128 * 1024 - 1));
    List<String> tooLong = List.of("x".repeat(128 * 1024));
    roomy.checkSize(longest, longest);
    assertFails(E2BIG, () -> roomy.checkSize(tooLong, List.of()));
    assertFails(E2BIG, () -> roomy.checkSize(List.of(), tooLong));
  }

  @Test
  void arguments_and_environment_have_limits_in_bytes() {
    String half = "x".repeat(32 * 1024 - 1);
    machine.run(process -> {
      List<String> full = List.of(half, half);
      assertThat(spawnAndWait(process, SpawnRequest.program(ok, full).environment(full))).isZero();
      List<String> tooLong = List.of(half, half + "x");
      assertSpawnFails(E2BIG, process, SpawnRequest.program(ok, tooLong));
      assertSpawnFails(E2BIG, process, request(ok).environment(tooLong));
      List<String> wide = List.of("\u00e9".repeat(32 * 1024));
      assertSpawnFails(E2BIG, process, SpawnRequest.program(ok, wide));
      return 0;
    });
  }

  @Test
  void the_limit_of_processes_counts_zombies_and_answers_eagain() {
    machine.run(process -> {
      List<Integer> children = new ArrayList<>();
      for (int i = 0; i < 7; i++) {
        children.add(process.spawn(request(ok).build()));
      }
      assertSpawnFails(EAGAIN, process, request(ok));
      assertFails(EAGAIN, () -> machine.launch(request(ok)));
      process.waitFor(children.get(0), 0);
      assertThat(spawnAndWait(process, request(ok))).isZero();
      return 0;
    });
  }

  @Test
  void no_thread_of_the_host_means_eagain_and_leaves_nothing() {
    ProcessTable poor =
        new ProcessTable(
            new ProcessTable.Settings(
                4,
                16,
                runnable ->
                    new Thread(runnable) {
                      @Override
                      public void start() {
                        throw new OutOfMemoryError("unable to create native thread");
                      }
                    },
                Gauges.SILENT),
            machine.openFiles,
            new io.vivarium.kernel.file.LockTable(10),
            machine.vfs,
            machine.opener,
            machine.loader);
    for (int i = 0; i < 10; i++) {
      TreeMap<Integer, FileDescription> files = new TreeMap<>();
      files.put(0, machine.open(ok, O_RDONLY));
      Launch launch =
          new Launch(
              request(ok).build(),
              TestMachine.USER,
              machine.rootPlace(),
              022,
              files,
              process -> {});
      assertFails(EAGAIN, () -> poor.launch(launch));
    }
    assertThat(poor.processes()).hasSize(1);
    assertThat(poor.close(java.time.Duration.ofMillis(10), java.time.Duration.ofSeconds(1)))
        .isTrue();
  }

  @Test
  void a_launch_that_fails_releases_the_descriptors_it_was_given() {
    TreeMap<Integer, FileDescription> files = new TreeMap<>();
    files.put(0, machine.open(ok, O_RDONLY));
    files.put(1, machine.open(ok, O_RDONLY));
    files.put(1000, machine.open(ok, O_RDONLY));
    files.put(1001, machine.open(ok, O_RDONLY));
    FileDescription last = files.get(1001);
    Launch launch =
        new Launch(
            request(ok).build(), TestMachine.USER, machine.rootPlace(), 022, files, process -> {});
    assertFails(EBADF, () -> machine.table.launch(launch));
    assertThat(last.tryRetain()).isFalse();
    assertThat(machine.openFiles.used()).isZero();
  }

  // ---- exec
  // --------------------------------------------------------------------------------------

  @Test
  void exec_replaces_the_program_and_keeps_the_process() {
    List<Object> before = new ArrayList<>();
    String next =
        machine.command(
            "/bin/next",
            process -> {
              assertThat(before)
                  .containsExactly(process, Thread.currentThread(), process.descriptors());
              assertThat(process.arguments()).containsExactly("n", "1");
              assertThat(process.environment()).containsExactly("E=2");
              assertThat(process.name()).isEqualTo("next");
              assertThat(process.descriptors().descriptors()).containsExactly(0);
              assertThat(process.signals().action(SIGUSR1)).isEqualTo(SignalAction.DEFAULT);
              assertThat(process.signals().action(SIGHUP)).isEqualTo(SignalAction.IGNORE);
              assertThat(process.signals().mask()).isEqualTo(SignalSet.of(SIGTERM));
              assertThat(process.signals().pending()).isEqualTo(SignalSet.of(SIGTERM));
              assertThat(process.umask()).isEqualTo(0);
              assertThat(process.timer().get().value()).isPositive();
              process.signals().setMask(0);
              process.checkSignals();
              return 0;
            });
    int status =
        machine.run(process -> {
          before.addAll(List.of(process, Thread.currentThread(), process.descriptors()));
          openIn(process, ok, O_RDONLY);
          openIn(process, ok, O_RDONLY | O_CLOEXEC);
          openIn(process, ok, O_RDONLY);
          process.setUmask(0);
          process.signals().setTrampoline(signal -> {});
          process.signals().setAction(SIGUSR1, SignalAction.handler(0, 0));
          process.signals().setAction(SIGHUP, SignalAction.IGNORE);
          process.signals().setMask(SignalSet.of(SIGTERM));
          process.kill(process.pid(), SIGTERM);
          process.timer().set(1L << 50, 0);
          process.exec(next, List.of("n", "1"), List.of("E=2"), 2, 77);
          throw new AssertionError("exec returned");
        });
    assertThat(status).isEqualTo(SIGTERM);
  }

  @Test
  void exec_that_fails_changes_nothing() {
    machine.write("/tmp/text", 0755, "text");
    machine.run(process -> {
      openIn(process, ok, O_RDONLY | O_CLOEXEC);
      process.signals().setTrampoline(signal -> {});
      process.signals().setAction(SIGUSR1, SignalAction.handler(0, 0));
      List<String> argv = List.of("x");
      List<String> huge = List.of("x".repeat(70_000));
      assertFails(ENOENT, () -> process.exec("/nowhere", argv, List.of(), 0));
      assertFails(ENOEXEC, () -> process.exec("/tmp/text", argv, List.of(), 0));
      assertFails(E2BIG, () -> process.exec(ok, huge, List.of(), 0));
      assertThat(process.descriptors().descriptors()).containsExactly(0);
      assertThat(process.signals().caught()).isEqualTo(SignalSet.of(SIGUSR1));
      assertThat(process.arguments()).hasSize(1);
      return 0;
    });
  }

  @Test
  void a_process_can_exec_again_and_again() {
    int[] rounds = {0};
    String loop = "/bin/loop";
    machine.command(
        loop,
        process -> {
          rounds[0]++;
          if (rounds[0] < 2000) {
            process.exec(loop, List.of("loop"), List.of());
          }
          return 3;
        });
    assertThat(
            machine.run(process -> {
              process.exec(loop, List.of("loop"), List.of());
              return 1;
            }))
        .isEqualTo(3 << 8);
    assertThat(rounds[0]).isEqualTo(2000);
  }

  @Test
  void fexec_runs_what_a_descriptor_is_open_on_even_without_a_name() {
    machine.command("/bin/gone", process -> 21);
    int status =
        machine.run(process -> {
          int fd = openIn(process, "/bin/gone", O_RDONLY | O_CLOEXEC);
          machine.vfs.unlink(Credentials.root(), machine.rootPlace(), "/bin/gone");
          process.execDescriptor(fd, List.of("gone"), List.of());
          return 1;
        });
    assertThat(status).isEqualTo(21 << 8);
  }

  @Test
  void fexec_of_a_script_needs_a_descriptor_that_stays_open() {
    machine.command("/bin/interp", process -> process.arguments().size());
    machine.write("/tmp/script", 0755, "#!/bin/interp\n");
    int status =
        machine.run(process -> {
          int fd = openIn(process, "/tmp/script", O_RDONLY);
          assertFails(ENOENT, () -> process.execDescriptor(fd, List.of("s"), List.of(), fd));
          process.descriptors().setCloseOnExec(fd, true);
          assertFails(ENOENT, () -> process.execDescriptor(fd, List.of("s"), List.of()));
          process.descriptors().setCloseOnExec(fd, false);
          assertFails(EBADF, () -> process.execDescriptor(99, List.of("s"), List.of()));
          process.execDescriptor(fd, List.of("s"), List.of());
          return 1;
        });
    assertThat(status).isEqualTo(2 << 8);
  }
}
