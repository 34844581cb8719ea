package io.vivarium.wasm.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.vivarium.kernel.KernelOptions;
import io.vivarium.kernel.errno.ErrnoException;
import io.vivarium.kernel.file.FdPair;
import io.vivarium.kernel.file.OpenFlags;
import io.vivarium.kernel.fs.Inode;
import io.vivarium.kernel.image.DeviceNodes;
import io.vivarium.kernel.limit.Limit;
import io.vivarium.kernel.limit.Limits;
import io.vivarium.kernel.process.Process;
import io.vivarium.kernel.process.Signal;
import io.vivarium.kernel.process.SpawnRequest;
import io.vivarium.kernel.process.WaitStatus;
import io.vivarium.kernel.syscall.AtFlags;
import io.vivarium.kernel.syscall.SocketCalls;
import io.vivarium.kernel.syscall.SystemCalls;
import io.vivarium.kernel.wait.Waiter;
import io.vivarium.wasm.engine.InstanceLimits;
import io.vivarium.wasm.testing.ModuleBuilder;
import io.vivarium.wasm.testing.TestMachine;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each limit of the inventory, driven to where it is. */
class LimitsTest {
  private static final int CHUNK = 4096;

  /** One step towards a limit. */
  private interface Step {
    void take(int number);
  }

  /**
   * So many steps as the limit is larger, and no more: whatever else counts is the same both times.
   * At the limit every step fails with its errno.
   */
  @ParameterizedTest
  @EnumSource(Limit.class)
  void what_is_just_under_the_limit_works_and_what_is_over_does_not(Limit limit) {
    switch (limit) {
      case FUEL -> {
        assertThat(word(limit, 1000, 999)).isEqualTo(WaitStatus.exited(0));
        assertThat(word(limit, 1000, 1000)).isEqualTo(WaitStatus.exited(0));
        assertThat(word(limit, 1000, 1001)).isEqualTo(WaitStatus.signalled(Signal.SIGXCPU, true));
      }
      case CPU_COUNT -> assertThat(told(limit, 3, "cpuinfo", "processor")).isEqualTo(3);
      case PROCESS_MEMORY ->
          assertThat(text(limit, 100 << 20, "meminfo")).contains("MemTotal:         102400 kB");
      case ARGUMENT_BYTES -> {
        int name = "/bin/child".length() + 1;
        assertThat(spawn(limit, 8000, argument(8000 - name - 1), "A=1")).isEqualTo(0);
        assertThat(spawn(limit, 8000, argument(8000 - name), "A=1")).isEqualTo(limit.errno());
      }
      case ENVIRONMENT_BYTES -> {
        assertThat(spawn(limit, 8000, "x", "A=" + argument(7997))).isEqualTo(0);
        assertThat(spawn(limit, 8000, "x", "A=" + argument(7998))).isEqualTo(limit.errno());
      }
      case SOCKET_BYTES -> {
        long value = limit.least() + 10 * CHUNK;
        assertThat(steps(limit, value) * CHUNK).isEqualTo(value);
      }
      case STORAGE_BYTES -> assertThat(more(limit, 1 << 20, 7 * CHUNK)).isEqualTo(7);
      case STORAGE_INODES -> assertThat(more(limit, 500, 7)).isEqualTo(7);
      case SOCKETS -> assertThat(more(limit, 30, 14)).isEqualTo(7);
      case PROCESSES, DESCRIPTORS, OPEN_FILES, RECORD_LOCKS, PIPES, TERMINALS, PASSED_DESCRIPTORS ->
          assertThat(more(limit, 60, 7)).isEqualTo(7);
    }
  }

  private static int more(Limit limit, long value, long difference) {
    return steps(limit, value + difference) - steps(limit, value);
  }

  private static String argument(int length) {
    return "x".repeat(length);
  }

  /** How a program ends that executes so many instructions. */
  private static int word(Limit limit, long value, int instructions) {
    byte[] module =
        new ModuleBuilder().function("_start", "->", "nop ".repeat(instructions)).build();
    try (TestMachine machine = machine(limit, value)) {
      machine.install("/bin/count", module, false);
      return machine.run("count").word();
    }
  }

  // ---- machines -------------------------------------------------------------------------------

  private static TestMachine machine(Limit limit, long value) {
    return new TestMachine(
        KernelOptions.DEFAULT.with(limit, value), InstanceLimits.DEFAULT.withMemoryPages(16));
  }

  /** How many steps a process takes until it is at the limit; the one after that fails too. */
  private static int steps(Limit limit, long value) {
    AtomicReference<Object> outcome = new AtomicReference<>();
    try (TestMachine machine = machine(limit, value)) {
      DeviceNodes.build(machine.inode("/dev"));
      machine.install(
          "/bin/child",
          process -> {
            for (int fd = 0; fd < 3; fd++) { // or the output of the machine would not end
              machine.calls(process).descriptors().close(fd);
            }
            process.sleep(Waiter.NEVER);
            return 0;
          });
      machine.install(
          "/bin/climb",
          process -> {
            try {
              outcome.set(climb(limit, step(limit, process, machine.calls(process))));
            } catch (AssertionError | ErrnoException e) {
              outcome.set(e);
            }
            return 0;
          });
      assertThat(machine.run("climb").status()).isZero();
      assertThat(outcome.get()).isInstanceOf(Integer.class);
      return (Integer) outcome.get();
    }
  }

  private static int climb(Limit limit, Step step) {
    int taken = 0;
    while (true) {
      try {
        step.take(taken);
        taken++;
      } catch (ErrnoException e) {
        assertThat(e.errno()).isEqualTo(limit.errno());
        int next = taken;
        assertThatExceptionOfType(ErrnoException.class)
            .isThrownBy(() -> step.take(next))
            .satisfies(again -> assertThat(again.errno()).isEqualTo(limit.errno()));
        return taken;
      }
    }
  }

  private static Step step(Limit limit, Process process, SystemCalls calls) {
    int file =
        calls.files().open(AtFlags.AT_FDCWD, "f", OpenFlags.O_RDWR | OpenFlags.O_CREAT, 0600);
    return switch (limit) {
      case PROCESSES ->
          number ->
              process.spawn(SpawnRequest.program("/bin/child", List.of("/bin/child")).build());
      case DESCRIPTORS -> number -> calls.descriptors().dup(file);
      case OPEN_FILES -> number -> calls.files().open(AtFlags.AT_FDCWD, "f", OpenFlags.O_RDONLY, 0);
      case RECORD_LOCKS -> number -> calls.locks().lockRecord(file, true, 2L * number, 1, false);
      case PIPES -> number -> calls.descriptors().pipe(0);
      case TERMINALS ->
          number ->
              calls
                  .files()
                  .open(AtFlags.AT_FDCWD, "/dev/ptmx", OpenFlags.O_RDWR | OpenFlags.O_NOCTTY, 0);
      case SOCKETS -> number -> calls.sockets().socketpair(SocketCalls.SOCK_STREAM, 0);
      case SOCKET_BYTES -> send(calls);
      case PASSED_DESCRIPTORS -> {
        FdPair pair = calls.sockets().socketpair(SocketCalls.SOCK_STREAM, 0);
        yield number ->
            calls
                .sockets()
                .sendRights(
                    pair.first(), new byte[1], 0, 1, new int[] {file}, SocketCalls.MSG_DONTWAIT);
      }
      case STORAGE_BYTES ->
          number ->
              calls.descriptors().pwrite(file, (long) number * CHUNK, new byte[CHUNK], 0, CHUNK);
      case STORAGE_INODES -> number -> calls.files().mkdir(AtFlags.AT_FDCWD, "d" + number, 0700);
      default -> throw new AssertionError(limit);
    };
  }

  /** Fills one socket after the other: none holds as much as all together may. */
  private static Step send(SystemCalls calls) {
    int[] sockets = new int[4];
    for (int i = 0; i < sockets.length; i++) {
      sockets[i] = calls.sockets().socketpair(SocketCalls.SOCK_STREAM, 0).first();
    }
    return number -> {
      ErrnoException full = null;
      for (int socket : sockets) {
        try {
          int flags = SocketCalls.MSG_DONTWAIT;
          assertThat(calls.sockets().send(socket, new byte[CHUNK], 0, CHUNK, flags))
              .isEqualTo(CHUNK);
          return;
        } catch (ErrnoException e) {
          full = e;
        }
      }
      throw full;
    };
  }

  /** 0, or the errno of a spawn. */
  private static Object spawn(Limit limit, long value, String argument, String variable) {
    AtomicReference<Object> outcome = new AtomicReference<>();
    try (TestMachine machine = machine(limit, value)) {
      machine.install("/bin/child", process -> 0);
      machine.install(
          "/bin/climb",
          process -> {
            try {
              process.spawn(
                  SpawnRequest.program("/bin/child", List.of("/bin/child", argument))
                      .environment(List.of(variable))
                      .build());
              outcome.set(0);
            } catch (ErrnoException e) {
              outcome.set(e.errno());
            }
            return 0;
          });
      machine.run("climb");
    }
    return outcome.get();
  }

  private static long told(Limit limit, long value, String file, String start) {
    return text(limit, value, file).lines().filter(line -> line.startsWith(start)).count();
  }

  private static String text(Limit limit, long value, String file) {
    try (TestMachine machine = machine(limit, value)) {
      Inode inode = machine.kernel().proc().root().lookup(file);
      byte[] buffer = new byte[8192];
      return new String(buffer, 0, inode.read(0, buffer, 0, buffer.length), UTF_8);
    }
  }

  // ---- values ---------------------------------------------------------------------------------

  @ParameterizedTest
  @EnumSource(Limit.class)
  void values_out_of_range_are_refused_with_key_and_range(Limit limit) {
    assertThat(limit.initial()).isBetween(limit.least(), limit.most());
    assertThat(Limits.DEFAULT.with(limit, limit.least()).get(limit)).isEqualTo(limit.least());
    assertThat(Limits.DEFAULT.with(limit, limit.most()).get(limit)).isEqualTo(limit.most());
    for (long value : new long[] {limit.least() - 1, limit.most() + 1, Long.MIN_VALUE}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Limits.DEFAULT.with(limit, value))
          .withMessage(
              "%s can be %d to %d, not %d", limit.key(), limit.least(), limit.most(), value);
    }
  }

  @Test
  void an_unknown_key_is_refused_with_those_there_are() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Limit.of("process.cout"))
        .withMessageStartingWith("There is no limit process.cout; there are cpu.count, ")
        .withMessageContaining("storage.inodes");
    for (Limit limit : Limit.values()) {
      assertThat(Limit.of(limit.key())).isEqualTo(limit);
    }
  }
}
