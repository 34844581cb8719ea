package io.vivarium.wasm.trace;

import static org.assertj.core.api.Assertions.assertThat;

import io.vivarium.kernel.process.Signal;
import io.vivarium.kernel.process.SignalAction;
import io.vivarium.kernel.trace.TraceLines;
import io.vivarium.wasm.testing.ModuleBuilder;
import io.vivarium.wasm.testing.TestGuest;
import io.vivarium.wasm.testing.TestMachine;
import io.vivarium.wasm.wasi.TaggedRoot;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Lines of system calls, as a reader gets them. */
@Timeout(60)
class StraceTest {
  private static final int FAULT = -16;

  /** The lines of one guest, without the number of its process. */
  private static List<String> trace(TestGuest.Body body) {
    List<String> lines = Collections.synchronizedList(new ArrayList<>());
    TraceLines trace = new TraceLines(lines::add);
    try (TestMachine machine = new TestMachine(new Tracing(null, trace))) {
      machine.write("/tmp/file", "contents\n");
      TestGuest.run(machine, process -> TaggedRoot.INSTANCE, body);
    }
    trace.close();
    return lines.stream().map(line -> line.replaceFirst("^\\[pid [0-9]+] ", "")).toList();
  }

  private static String one(TestGuest.Body body) {
    List<String> lines = trace(body);
    assertThat(lines).hasSize(1);
    return lines.getFirst();
  }

  @Test
  void files_are_opened_read_and_closed() {
    List<String> lines =
        trace(guest -> {
          int fd = guest.open(TaggedRoot.ROOT, "tmp/file", 0, 2);
          int vector = guest.iovec(guest.room(100), 100);
          guest.wasi("fd_read", fd, vector, 1, guest.room(4));
          guest.wasi("fd_close", fd);
        });
    assertThat(lines)
        .containsExactly(
            "path_open(ROOT, SYMLINK_FOLLOW, \"tmp/file\", 0, FD_READ, 0xffffffffffffffff, 0, [3])"
                + " = 0",
            "fd_read(3, [{iov_base=\"contents\\n\", iov_len=100}], 1, [9]) = 0",
            "fd_close(3) = 0");
  }

  @Test
  void failures_have_their_linux_name_and_text() {
    assertThat(
            one(guest -> guest.wasi("path_unlink_file", TaggedRoot.ROOT, guest.put("tmp/none"), 8)))
        .isEqualTo("path_unlink_file(ROOT, \"tmp/none\") = -1 ENOENT (No such file or directory)");
    assertThat(one(guest -> guest.wasi("fd_close", 99)))
        .isEqualTo("fd_close(99) = -1 EBADF (Bad file descriptor)");
  }

  @Test
  void value_functions_show_the_error_they_can_not_answer() {
    assertThat(one(guest -> guest.call("host_fs.fd_size", 77)))
        .isEqualTo("fd_size(77) = -1 EBADF (Bad file descriptor)");
  }

  @Test
  void bad_pointers_are_shown_as_they_are() {
    assertThat(one(guest -> guest.wasi("path_unlink_file", TaggedRoot.ROOT, FAULT, 8)))
        .isEqualTo("path_unlink_file(ROOT, 0xfffffff0, 8) = -1 EFAULT (Bad address)");
    assertThat(one(guest -> guest.wasi("fd_write", 1, FAULT, 1, guest.room(4))))
        .matches("fd_write\\(1, 0xfffffff0, 1, 0x[0-9a-f]+\\) = -1 EFAULT \\(Bad address\\)");
    assertThat(one(guest -> guest.wasi("fd_write", 1, guest.room(8), 1, 0))).endsWith(" = 0");
    assertThat(one(guest -> guest.wasi("fd_write", 1, guest.room(8), -1, 0)))
        .endsWith("...], 4294967295, NULL) = -1 EINVAL (Invalid argument)");
  }

  @Test
  void long_data_is_cut_and_nothing_in_it_commands_a_terminal() {
    String line =
        one(guest -> {
          String text = "\u001b[2J\u0007a\n\"\\\u00e9\u00001" + "x".repeat(100);
          int address = guest.put(text);
          guest.wasi("fd_write", 1, guest.iovec(address, 50), 1, guest.room(4));
        });
    assertThat(line)
        .isEqualTo(
            "fd_write(1, [{iov_base=\"\\33[2J\\7a\\n\\\"\\\\\\303\\251\\0001"
                + "x".repeat(19)
                + "\"..., iov_len=50}], 1, [50]) = 0");
    assertThat(line.chars()).allMatch(c -> c >= ' ' && c < 0x7f);
  }

  @Test
  void longest_paths_give_bounded_lines() {
    String line =
        one(guest -> {
          int address = guest.put("\u0001".repeat(4000));
          guest.wasi("path_rename", 3, address, 4000, 3, address, 4000);
        });
    assertThat(line.length()).isLessThan(4_200);
    assertThat(line).contains("...").contains(" = -1 E");
  }

  @Test
  void a_signal_interrupts_a_call() {
    List<String> lines =
        trace(guest -> {
          int out = guest.room(16);
          guest.process().signals().setTrampoline(signal -> {});
          guest.process().signals().setAction(Signal.SIGALRM, SignalAction.handler(0, 0));
          guest.call("host_process.proc_itimer_real", 1, 20_000L, 0L, out, out + 8);
          int read = guest.room(4);
          guest.call("host_process.fd_pipe", read, out);
          int fd = guest.memory().getInt(read);
          guest.wasi("fd_read", fd, guest.iovec(guest.room(8), 8), 1, out);
        });
    assertThat(lines.getFirst()).isEqualTo("proc_itimer_real(1, 20000, 0, [0], [0]) = 0");
    assertThat(lines.getLast())
        .startsWith("fd_read(3, 0x")
        .endsWith(" = ? ERESTARTSYS (To be restarted if SA_RESTART is set)");
  }

  @Test
  void two_processes_write_whole_lines() {
    List<String> lines = Collections.synchronizedList(new ArrayList<>());
    TraceLines trace = new TraceLines(lines::add);
    try (TestMachine machine = new TestMachine(new Tracing(null, trace))) {
      Thread[] guests = new Thread[2];
      for (int i = 0; i < guests.length; i++) {
        machine.install("/bin/busy" + i, yields(), false);
        String program = "busy" + i;
        guests[i] = Thread.ofPlatform().daemon().start(() -> machine.run(program));
      }
      for (Thread guest : guests) {
        join(guest);
      }
    }
    trace.close();
    assertThat(lines).hasSize(2 * 502);
    assertThat(lines)
        .allMatch(line ->
            line.matches(
                "\\[pid [0-9]+] (sched_yield\\(\\) = 0|proc_exit\\(0\\) = \\?"
                    + "|\\+\\+\\+ exited with 0 \\+\\+\\+)"));
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] yields() {
    return new ModuleBuilder()
        .importFunction("wasi_snapshot_preview1", "proc_exit", "i32 ->")
        .importFunction("wasi_snapshot_preview1", "sched_yield", "-> i32")
        .memory(1)
        .function(
            "_start", "->", "call sched_yield drop ".repeat(500) + "i32.const 0 call proc_exit")
        .build();
  }

  @Test
  void a_program_that_exits_and_one_that_is_killed_end_with_a_line() {
    List<String> lines = Collections.synchronizedList(new ArrayList<>());
    TraceLines trace = new TraceLines(lines::add);
    try (TestMachine machine = new TestMachine(new Tracing(null, trace))) {
      machine.install("/bin/seven", exits(7), false);
      machine.install("/bin/dies", dies(), false);
      assertThat(machine.run("seven").status()).isEqualTo(7);
      assertThat(machine.run("dies").word()).isEqualTo(Signal.SIGKILL);
      trace.close();
      assertThat(lines.stream().map(line -> line.replaceFirst("pid [0-9]+", "pid N")))
          .containsExactly(
              "[pid N] proc_exit(7) = ?",
              "[pid N] +++ exited with 7 +++",
              "[pid N] proc_raise(9) = 0",
              "[pid N] +++ killed by SIGKILL +++");
    }
  }

  private static byte[] dies() {
    return new ModuleBuilder()
        .importFunction("wasi_snapshot_preview1", "proc_raise", "i32 -> i32")
        .memory(1)
        .function("_start", "->", "i32.const 9 call proc_raise drop")
        .build();
  }

  private static byte[] exits(int status) {
    return new ModuleBuilder()
        .importFunction("wasi_snapshot_preview1", "proc_exit", "i32 ->")
        .memory(1)
        .function("_start", "->", "i32.const " + status + " call proc_exit")
        .build();
  }

  @Test
  void a_reader_who_does_not_come_back_stops_nobody_from_being_killed() throws Exception {
    CountDownLatch stuck = new CountDownLatch(1);
    TraceLines trace =
        new TraceLines(line -> {
          try {
            stuck.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    CountDownLatch full = new CountDownLatch(1);
    try (TestMachine machine = new TestMachine(new Tracing(null, trace))) {
      Thread run =
          Thread.ofPlatform()
              .daemon()
              .start(() -> {
                try {
                  TestGuest.run(
                      machine,
                      process -> TaggedRoot.INSTANCE,
                      guest -> {
                        full.countDown();
                        while (true) {
                          guest.wasi("sched_yield");
                        }
                      });
                } catch (AssertionError e) {
                  // It was killed.
                }
              });
      assertThat(full.await(20, TimeUnit.SECONDS)).isTrue();
      Thread.sleep(300);
      machine.kernel().close();
      run.join(20_000);
      assertThat(run.isAlive()).isFalse();
    } finally {
      stuck.countDown();
      trace.close();
    }
  }
}
