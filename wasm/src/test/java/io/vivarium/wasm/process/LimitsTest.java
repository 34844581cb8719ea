package io.vivarium.wasm.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.vivarium.kernel.KernelOptions;
import io.vivarium.kernel.errno.ErrnoException;
import io.vivarium.kernel.event.EventSink;
import io.vivarium.kernel.event.KernelEvent;
import io.vivarium.kernel.file.FdPair;
import io.vivarium.kernel.file.OpenFlags;
import io.vivarium.kernel.fs.Inode;
import io.vivarium.kernel.image.DeviceNodes;
import io.vivarium.kernel.limit.Limit;
import io.vivarium.kernel.limit.LimitEvent;
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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each limit of the inventory, driven to where it is. */
class LimitsTest {
  /** Looked at from time to time: on a busy host the first look may come after the limit. */
  private static final Set<Limit> SAMPLED =
      EnumSet.of(Limit.PROCESS_TIME, Limit.MACHINE_TIME, Limit.PROCESS_WALL_TIME);

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
        assertThat(word(limit, 1000, 999, EventSink.DISCARD)).isEqualTo(WaitStatus.exited(0));
        assertThat(word(limit, 1000, 1000, EventSink.DISCARD)).isEqualTo(WaitStatus.exited(0));
        assertThat(word(limit, 1000, 1001, EventSink.DISCARD))
            .isEqualTo(WaitStatus.signalled(Signal.SIGXCPU, true));
      }
      case CPU_COUNT -> assertThat(told(limit, 3, "cpuinfo", "processor")).isEqualTo(3);
      case PROCESS_TIME -> {
        assertThat(loop(limit, 100, EventSink.DISCARD)).isEqualTo(128 + Signal.SIGXCPU);
        assertThat(nap(limit, 50)).isZero();
      }
      case MACHINE_TIME -> {
        assertThat(loop(limit, 100, EventSink.DISCARD)).isEqualTo(128 + Signal.SIGKILL);
        assertThat(startAfterLoop(limit, 100)).isEqualTo(limit.errno());
        assertThat(nap(limit, 50)).isZero();
      }
      case PROCESS_WALL_TIME -> {
        assertThat(loop(limit, 100, EventSink.DISCARD)).isEqualTo(128 + Signal.SIGKILL);
        assertThat(nap(limit, 10_000)).isZero();
      }
      case PROCESS_MEMORY -> {
        assertThat(text(limit, 100 << 20, "meminfo")).contains("MemTotal:         102400 kB");
        assertThat(pages(limit, 20, EventSink.DISCARD)).isEqualTo(20);
        assertThat(startPages(limit, 20, 20)).isEqualTo(0);
        assertThat(startPages(limit, 20, 21)).isEqualTo(limit.errno());
      }
      case MACHINE_MEMORY -> {
        // The stack of an interpreted guest counts too.
        assertThat(pages(limit, 27, EventSink.DISCARD) - pages(limit, 20, EventSink.DISCARD))
            .isEqualTo(7);
        assertThat(startPages(limit, 20, 15)).isEqualTo(0);
        assertThat(startPages(limit, 20, 21)).isEqualTo(limit.errno());
      }
      case ARGUMENT_BYTES -> {
        int name = "/bin/child".length() + 1;
        assertThat(spawn(limit, 8000, argument(8000 - name - 1), "A=1")).isEqualTo(0);
        assertThat(spawn(limit, 8000, argument(8000 - name), "A=1")).isEqualTo(limit.errno());
      }
      case ENVIRONMENT_BYTES -> {
        assertThat(spawn(limit, 8000, "x", "A=" + argument(7997))).isEqualTo(0);
        assertThat(spawn(limit, 8000, "x", "A=" + argument(7998))).isEqualTo(limit.errno());
      }
      case MODULE_BYTES -> {
        assertThat(start(limit, 1000, 1000, EventSink.DISCARD)).isEqualTo(0);
        assertThat(start(limit, 1000, 1001, EventSink.DISCARD)).isEqualTo(limit.errno());
      }
      case MODULE_COMPILE_TIME -> {
        assertThat(startSlow(limit, 10, EventSink.DISCARD)).isEqualTo(limit.errno());
        assertThat(start(limit, 5000, 200, EventSink.DISCARD)).isEqualTo(0);
      }
      case MODULE_COMPILE_MEMORY -> {
        int each = 128; // of a global
        int some = most(limit, 200_000);
        assertThat(some).isPositive();
        assertThat(most(limit, 200_000 + 6 * each)).isEqualTo(some + 6);
        assertThat(most(limit, 200_000 + 7 * each)).isEqualTo(some + 7);
      }
      case CAPTURED_OUTPUT -> {} // the host's own; see VirtualMachineTest
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

  private static void endless(Limit limit, long value, EventSink events) {
    byte[] module = new ModuleBuilder().function("_start", "->", "loop br 0 end").build();
    try (TestMachine machine = machine(limit, value, events)) {
      machine.install("/bin/endless", module, false);
      machine.run("endless");
    }
  }

  /** How a program ends that executes so many instructions. */
  private static int word(Limit limit, long value, int instructions, EventSink events) {
    byte[] module =
        new ModuleBuilder().function("_start", "->", "nop ".repeat(instructions)).build();
    try (TestMachine machine = machine(limit, value, events)) {
      machine.install("/bin/count", module, false);
      return machine.run("count").word();
    }
  }

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"CPU_COUNT", "CAPTURED_OUTPUT"}) // nobody is held to the one, the host to the other
  void the_owner_hears_of_it_near_the_limit_and_at_it(Limit limit) {
    List<KernelEvent> events = Collections.synchronizedList(new ArrayList<>());
    long capacity = Math.max(limit.least(), 8000);
    switch (limit) {
      case FUEL -> endless(limit, capacity, events::add);
      case PROCESS_TIME, MACHINE_TIME, PROCESS_WALL_TIME -> {
        capacity = 200;
        loop(limit, capacity, events::add);
      }
      case PROCESS_MEMORY, MACHINE_MEMORY -> {
        capacity = 20L * InstanceLimits.PAGE;
        pages(limit, 20, events::add);
      }
      case MODULE_BYTES -> {
        start(limit, capacity, 7000, events::add);
        start(limit, capacity, 8001, events::add);
      }
      case MODULE_COMPILE_TIME -> {
        capacity = 50;
        startSlow(limit, capacity, events::add);
      }
      case MODULE_COMPILE_MEMORY -> {
        capacity = 200_000;
        int most = most(limit, capacity);
        startGlobals(limit, capacity, most, events::add);
        startGlobals(limit, capacity, most + 1, events::add);
      }
      case ARGUMENT_BYTES -> {
        spawn(limit, capacity, argument(7000), "A=1", events::add);
        spawn(limit, capacity, argument(8001), "A=1", events::add);
      }
      case ENVIRONMENT_BYTES -> {
        spawn(limit, capacity, "x", "A=" + argument(7000), events::add);
        spawn(limit, capacity, "x", "A=" + argument(8001), events::add);
      }
      case STORAGE_BYTES -> {
        capacity = 1 << 20;
        steps(limit, capacity, events::add);
      }
      case STORAGE_INODES -> {
        capacity = 500;
        steps(limit, capacity, events::add);
      }
      case SOCKET_BYTES -> steps(limit, capacity, events::add);
      default -> {
        capacity = 60;
        steps(limit, capacity, events::add);
      }
    }
    List<LimitEvent> heard =
        events.stream().map(LimitEvent.class::cast).filter(e -> e.limit() == limit).toList();
    assertThat(heard).hasSizeGreaterThanOrEqualTo(2);
    LimitEvent near = heard.getFirst();
    LimitEvent reached = heard.getLast();
    assertThat(near.reached()).isFalse();
    assertThat(near.capacity()).isEqualTo(capacity);
    assertThat(near.used()).isGreaterThanOrEqualTo(capacity / 10 * 8);
    if (!SAMPLED.contains(limit)) {
      assertThat(near.used()).isLessThanOrEqualTo(capacity);
    }
    assertThat(reached.reached()).isTrue();
    assertThat(reached.capacity()).isEqualTo(capacity);
    assertThat(reached.used()).isGreaterThanOrEqualTo(capacity);
    assertThat(reached.pid()).isEqualTo(near.pid());
    assertThat(heard.stream().filter(e -> e.pid() == near.pid())).hasSize(2);
  }

  // ---- machines -------------------------------------------------------------------------------

  private static TestMachine machine(Limit limit, long value) {
    return machine(limit, value, EventSink.DISCARD);
  }

  private static TestMachine machine(Limit limit, long value, EventSink events) {
    return new TestMachine(KernelOptions.DEFAULT.with(limit, value).with(events));
  }

  /** How a guest ends that does nothing but loop. */
  private static int loop(Limit limit, long millis, EventSink events) {
    byte[] module = new ModuleBuilder().memory(1).function("_start", "->", "loop br 0 end").build();
    try (TestMachine machine = machine(limit, millis, events)) {
      machine.install("/bin/loop", module, true);
      return machine.run("loop").status();
    }
  }

  /** 0, or the errno of starting a module that is made so large with a custom section. */
  private static Object start(Limit limit, long value, int bytes, EventSink events) {
    byte[] module = new ModuleBuilder().memory(1).function("_start", "->", "nop").build();
    byte[] larger = Arrays.copyOf(module, bytes);
    int contents = bytes - module.length - 3;
    larger[module.length + 1] = (byte) ((contents & 0x7f) | 0x80);
    larger[module.length + 2] = (byte) (contents >> 7);
    try (TestMachine machine = machine(limit, value, events)) {
      machine.install("/bin/large", larger, false);
      return machine.run("large").status();
    } catch (ErrnoException e) {
      return e.errno();
    }
  }

  /** Starts a module that is small, and takes a second to check. */
  private static Object startSlow(Limit limit, long value, EventSink events) {
    String many = "i32 ".repeat(1000);
    byte[] module =
        new ModuleBuilder()
            .function("f", many + "-> " + many, "unreachable")
            .function("_start", "->", "unreachable " + "call f ".repeat(200_000))
            .build();
    return start(machine(limit, value, events), module);
  }

  /** The same for a module with so many globals, which no machine knows yet. */
  private static Object startGlobals(Limit limit, long value, int count, EventSink events) {
    ModuleBuilder module = new ModuleBuilder().function("_start", "->", "nop");
    String unique = "i64.const " + System.nanoTime();
    for (int i = 0; i < count; i++) {
      module.global("g" + i, "i64", unique);
    }
    return start(machine(limit, value, events), module.build());
  }

  /** 0, or the errno of starting a module that has so many pages at first. */
  private static Object startPages(Limit limit, int most, int pages) {
    byte[] module = new ModuleBuilder().memory(pages).function("_start", "->", "nop").build();
    return start(machine(limit, (long) most * InstanceLimits.PAGE, EventSink.DISCARD), module);
  }

  /** The errno of starting a program in a machine whose time is used up. */
  private static Object startAfterLoop(Limit limit, long millis) {
    byte[] loop = new ModuleBuilder().memory(1).function("_start", "->", "loop br 0 end").build();
    TestMachine machine = machine(limit, millis, EventSink.DISCARD);
    machine.install("/bin/loop", loop, true);
    machine.run("loop");
    return start(machine, new ModuleBuilder().function("_start", "->", "nop").build());
  }

  /** The number of globals that a module can have and one more that it can not. */
  private static int most(Limit limit, long value) {
    int works = 0;
    int fails = 10_000;
    while (fails - works > 1) {
      int middle = (works + fails) / 2;
      Object outcome = startGlobals(limit, value, middle, EventSink.DISCARD);
      if (outcome.equals(0)) {
        works = middle;
      } else {
        assertThat(outcome).isEqualTo(limit.errno());
        fails = middle;
      }
    }
    return works;
  }

  private static Object start(TestMachine fresh, byte[] module) {
    try (TestMachine machine = fresh) {
      machine.install("/bin/costly", module, false);
      return machine.run("costly").status();
    } catch (ErrnoException e) {
      return e.errno();
    }
  }

  /** How a process ends that waits for 200 ms. */
  private static int nap(Limit limit, long millis) {
    try (TestMachine machine = machine(limit, millis)) {
      machine.install(
          "/bin/nap",
          process -> {
            process.sleep(System.nanoTime() + 200_000_000L);
            return 0;
          });
      return machine.run("nap").status();
    }
  }

  /** To how many pages the memory of a guest can grow. */
  private static int pages(Limit limit, int most, EventSink events) {
    byte[] module =
        new ModuleBuilder()
            .importFunction("wasi_snapshot_preview1", "proc_exit", "i32 ->")
            .memory(1)
            .function(
                "_start",
                "->",
                "block loop i32.const 1 memory.grow i32.const -1 i32.eq br_if 1 br 0 end end"
                    + " memory.size call proc_exit")
            .build();
    try (TestMachine machine = machine(limit, (long) most * InstanceLimits.PAGE, events)) {
      machine.install("/bin/grow", module, false);
      return machine.run("grow").status();
    }
  }

  /** How many steps a process takes until it is at the limit; the one after that fails too. */
  private static int steps(Limit limit, long value) {
    return steps(limit, value, EventSink.DISCARD);
  }

  private static int steps(Limit limit, long value, EventSink events) {
    AtomicReference<Object> outcome = new AtomicReference<>();
    try (TestMachine machine = machine(limit, value, events)) {
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
    return spawn(limit, value, argument, variable, EventSink.DISCARD);
  }

  private static Object spawn(
      Limit limit, long value, String argument, String variable, EventSink events) {
    AtomicReference<Object> outcome = new AtomicReference<>();
    try (TestMachine machine = machine(limit, value, events)) {
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
