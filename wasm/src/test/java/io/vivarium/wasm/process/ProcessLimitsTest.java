package io.vivarium.wasm.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.vivarium.kernel.KernelOptions;
import io.vivarium.kernel.errno.Errno;
import io.vivarium.kernel.errno.ErrnoException;
import io.vivarium.kernel.limit.Limit;
import io.vivarium.kernel.process.Process;
import io.vivarium.kernel.process.Signal;
import io.vivarium.kernel.process.WaitStatus;
import io.vivarium.wasm.engine.InstanceLimits;
import io.vivarium.wasm.engine.MemoryBudget;
import io.vivarium.wasm.testing.ModuleBuilder;
import io.vivarium.wasm.testing.TestMachine;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Programs that take all they can get: the process ends or is refused, the machine goes on. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ProcessLimitsTest {
  private static final String WASI = "wasi_snapshot_preview1";

  private static final int EXPECTED = 42;

  private static ModuleBuilder program() {
    return new ModuleBuilder().importFunction(WASI, "proc_exit", "i32 ->");
  }

  private static byte[] answering() {
    return program()
        .memory(1)
        .function("_start", "->", "i32.const " + EXPECTED + " call proc_exit")
        .build();
  }

  private static void assertGoesOn(TestMachine machine) {
    machine.install("/tmp/fine", answering(), false);
    assertThat(machine.run("/tmp/fine").status()).isEqualTo(EXPECTED);
  }

  // ---- memory ---------------------------------------------------------------------------------

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void memory_grows_up_to_the_limit_and_is_given_back(boolean compiled) {
    MemoryBudget budget = new MemoryBudget(64L << 20);
    byte[] greedy =
        program()
            .memory(1)
            .function(
                "_start",
                "->",
                "block loop i32.const 1 memory.grow i32.const -1 i32.eq br_if 1 br 0 end end"
                    + " memory.size call proc_exit")
            .build();
    try (TestMachine machine = machine(100, budget)) {
      machine.install("/bin/greedy", greedy, compiled);
      for (int i = 0; i < 20; i++) {
        assertThat(machine.run("greedy").status()).isEqualTo(100);
        assertThat(budget.held()).isZero();
      }
    }
  }

  @Test
  void a_budget_bounds_the_processes_of_all_machines_together() {
    MemoryBudget budget = new MemoryBudget(100L << 16);
    byte[] holding = program().memory(60).function("_start", "->", "loop br 0 end").build();
    try (TestMachine one = machine(200, budget);
        TestMachine other = machine(200, budget)) {
      one.install("/bin/hold", holding, false);
      other.install("/bin/hold", holding, false);
      CompletableFuture<Process> started = new CompletableFuture<>();
      CompletableFuture<TestMachine.Result> first =
          CompletableFuture.supplyAsync(
              () -> one.run(started::complete, List.of("PATH=/bin"), "", "hold"));
      Process holder = started.join();
      awaitMemory(holder, 60L << 16);
      assertThatExceptionOfType(ErrnoException.class)
          .isThrownBy(() -> other.run("hold"))
          .satisfies(e -> assertThat(e.errno()).isEqualTo(Errno.ENOMEM));
      one.kernel().processes().signal(holder, Signal.SIGKILL);
      assertThat(first.join().word()).isEqualTo(WaitStatus.signalled(Signal.SIGKILL, false));
      assertThat(budget.held()).isZero();
      assertGoesOn(other);
    }
  }

  /** The budget alone does not tell: a start first tries whether there is so much, and lets go. */
  private static void awaitMemory(Process process, long bytes) {
    while (process.memoryBytes() < bytes) {
      Thread.onSpinWait();
    }
  }

  private static TestMachine machine(int pages, MemoryBudget budget) {
    return new TestMachine(
        KernelOptions.DEFAULT.with(Limit.PROCESS_MEMORY, (long) pages * InstanceLimits.PAGE),
        budget);
  }

  @Test
  void a_program_that_starts_with_more_than_a_process_may_have_is_ENOMEM() {
    try (TestMachine machine = machine(10, new MemoryBudget(64L << 20))) {
      machine.install(
          "/bin/big", program().memory(11).function("_start", "->", "nop").build(), false);
      assertThatExceptionOfType(ErrnoException.class)
          .isThrownBy(() -> machine.run("big"))
          .satisfies(e -> assertThat(e.errno()).isEqualTo(Errno.ENOMEM));
      assertGoesOn(machine);
    }
  }

  @Test
  void a_file_of_holes_is_not_read_into_memory_that_the_machine_does_not_have() {
    byte[] module = program().memory(1).function("_start", "->", "nop").build();
    try (TestMachine machine =
        new TestMachine(KernelOptions.DEFAULT.with(Limit.MACHINE_MEMORY, 1 << 20))) {
      machine.install("/bin/holes", module, false);
      machine.inode("/bin/holes").truncate(2 << 20);
      assertThatExceptionOfType(ErrnoException.class)
          .isThrownBy(() -> machine.run("holes"))
          .satisfies(e -> assertThat(e.errno()).isEqualTo(Errno.ENOMEM));
      machine.inode("/bin/holes").truncate(module.length);
      assertThat(machine.run("holes").status()).isZero();
    }
  }

  // ---- the stack ------------------------------------------------------------------------------

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void recursion_without_end_is_a_trap(boolean compiled) {
    byte[] module =
        program()
            .memory(1)
            .function("_start", "->", "i32.const 0 call deeper drop")
            .function("deeper", "i32 -> i32", "local.get 0 i32.const 1 i32.add call deeper")
            .build();
    try (TestMachine machine = new TestMachine()) {
      machine.install("/bin/deep", module, compiled);
      TestMachine.Result result = machine.run("deep");
      assertThat(result.status()).isEqualTo(WasmProgram.TRAPPED);
      assertThat(result.stderr()).isEqualTo("deep: wasm trap: call stack exhausted\n");
      assertGoesOn(machine);
    }
  }

  /** Frames of several sizes, so that the stack ends at several places of the system call. */
  @ParameterizedTest
  @CsvSource({"false, 0", "false, 3", "true, 0", "true, 1", "true, 2", "true, 5", "true, 9"})
  void a_stack_that_ends_in_a_system_call_is_a_trap_and_changes_nothing_by_half(
      boolean compiled, int locals) {
    String use = "local.get 0 local.set 0 ".repeat(locals);
    byte[] module =
        program()
            .importFunction(WASI, "path_create_directory", "i32 i32 i32 -> i32")
            .importFunction(WASI, "path_remove_directory", "i32 i32 i32 -> i32")
            .importFunction("host_process", "proc_getpid", "i32 -> i32")
            .memory(1)
            .data(0, (byte) 't', (byte) 'm', (byte) 'p', (byte) '/', (byte) 'd')
            .function("_start", "->", "call deeper")
            .function(
                "deeper",
                "->",
                "i64 ".repeat(locals + 1),
                use
                    + "i32.const 0x40000003 i32.const 0 i32.const 5 call path_create_directory drop"
                    + " i32.const 0x40000003 i32.const 0 i32.const 5 call path_remove_directory"
                    + " drop call deeper "
                    + use)
            .build();
    try (TestMachine machine = new TestMachine()) {
      machine.install("/bin/deep", module, compiled);
      TestMachine.Result result = machine.run("deep");
      assertThat(result.status()).isEqualTo(WasmProgram.TRAPPED);
      assertThat(result.stderr()).contains("call stack exhausted");
      assertThat(machine.inode("/tmp").stat().links()).isBetween(2, 3);
      assertGoesOn(machine);
    }
  }

  // ---- time -----------------------------------------------------------------------------------

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void a_program_that_spins_is_killed_at_once(boolean compiled)
      throws ExecutionException, InterruptedException {
    byte[] spinning = program().memory(1).function("_start", "->", "loop br 0 end").build();
    try (TestMachine machine = new TestMachine()) {
      machine.install("/bin/spin", spinning, compiled);
      CompletableFuture<Process> started = new CompletableFuture<>();
      CompletableFuture<TestMachine.Result> run =
          CompletableFuture.supplyAsync(
              () -> machine.run(started::complete, List.of("PATH=/bin"), "", "spin"));
      Process process = started.get();
      Thread.sleep(200);
      long before = System.nanoTime();
      machine.kernel().processes().signal(process, Signal.SIGKILL);
      assertThat(run.get().word()).isEqualTo(WaitStatus.signalled(Signal.SIGKILL, false));
      // It takes less than a millisecond; a busy host may take its time.
      assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(5));
    }
  }

  // ---- processes ------------------------------------------------------------------------------

  @Test
  void a_fork_bomb_meets_the_limit_of_its_machine_and_ends_with_it() throws InterruptedException {
    int most = 40;
    byte[] bomb =
        program()
            .importFunction(
                "host_process",
                "proc_spawn_v3",
                "i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 -> i32")
            .importFunction("host_process", "sleep_ms", "i32 -> i32")
            .memory(1)
            .data(0, "/bin/bomb\0".getBytes(StandardCharsets.US_ASCII))
            .function(
                "_start",
                "->",
                "loop i32.const 0 i32.const 9 i32.const 0 i32.const 10 "
                    + "i32.const 0 ".repeat(12)
                    + "i32.const 64 call proc_spawn_v3"
                    + " if i32.const 20 call sleep_ms drop end br 0 end")
            .build();
    TestMachine machine =
        new TestMachine(
            KernelOptions.DEFAULT
                .with(Limit.PROCESSES, most)
                .with(Limit.PROCESS_MEMORY, 4 * InstanceLimits.PAGE));
    machine.install("/bin/bomb", bomb, false);
    Thread user =
        Thread.ofPlatform()
            .daemon()
            .start(() -> machine.run(process -> {}, List.of("PATH=/bin"), "", "bomb"));
    while (machine.kernel().processes().processes().size() < most) {
      Thread.sleep(10);
    }
    Thread.sleep(300);
    // Process 1 is not counted.
    assertThat(machine.kernel().processes().processes()).hasSizeLessThanOrEqualTo(most + 1);
    assertThatExceptionOfType(ErrnoException.class)
        .isThrownBy(() -> machine.run("bomb"))
        .satisfies(e -> assertThat(e.errno()).isEqualTo(Errno.EAGAIN));
    machine.close();
    user.join(TimeUnit.SECONDS.toMillis(60));
    assertThat(user.isAlive()).isFalse();
    try (TestMachine next = new TestMachine()) {
      assertGoesOn(next);
    }
  }
}
