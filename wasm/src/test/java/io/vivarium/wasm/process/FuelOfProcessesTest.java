package io.vivarium.wasm.process;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.vivarium.kernel.KernelOptions;
import io.vivarium.kernel.limit.Limit;
import io.vivarium.kernel.process.Process;
import io.vivarium.kernel.process.Signal;
import io.vivarium.kernel.process.SpawnRequest;
import io.vivarium.kernel.process.WaitStatus;
import io.vivarium.wasm.testing.ModuleBuilder;
import io.vivarium.wasm.testing.TestMachine;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Fuel as processes have it: one tank for a life, whatever they execute in it. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FuelOfProcessesTest {
  private static final String WASI = "wasi_snapshot_preview1";
  private static final int OUT_OF_FUEL = WaitStatus.signalled(Signal.SIGXCPU, true);

  private static TestMachine machine(long fuel) {
    return new TestMachine(KernelOptions.DEFAULT.with(Limit.FUEL, fuel));
  }

  private static byte[] nops(int count) {
    return new ModuleBuilder().function("_start", "->", "nop ".repeat(count)).build();
  }

  /** Writes "tick" again and again: 9 instructions a time. */
  private static byte[] ticking() {
    return new ModuleBuilder()
        .importFunction(WASI, "fd_write", "i32 i32 i32 i32 -> i32")
        .memory(1)
        .data(0, new byte[] {16, 0, 0, 0, 5, 0, 0, 0})
        .data(16, "tick\n".getBytes(US_ASCII))
        .function(
            "_start",
            "->",
            "loop i32.const 1 i32.const 0 i32.const 1 i32.const 8 call fd_write drop nop nop br 0"
                + " end")
        .build();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void a_process_without_fuel_says_so_and_ends_as_by_SIGXCPU(boolean compiled) {
    try (TestMachine machine = machine(1000)) {
      machine.install("/bin/tick", ticking(), compiled);
      TestMachine.Result result = machine.run("tick");
      assertThat(result.word()).isEqualTo(OUT_OF_FUEL);
      assertThat(result.status()).isEqualTo(152);
      // 111 rounds of 9; of the 112th, the 5 up to the call are not paid any more.
      assertThat(result.stdout()).isEqualTo("tick\n".repeat(111));
      assertThat(result.stderr()).isEqualTo("tick: out of fuel after 999 instructions\n");
    }
  }

  @Test
  void every_stop_is_the_same_interpreted_and_compiled() {
    for (int fuel = 1; fuel < 60; fuel++) {
      TestMachine.Result[] results = new TestMachine.Result[2];
      for (int i = 0; i < 2; i++) {
        try (TestMachine machine = machine(fuel)) {
          machine.install("/bin/tick", ticking(), i == 1);
          results[i] = machine.run("tick");
        }
      }
      assertThat(results[1]).isEqualTo(results[0]);
      assertThat(results[0].word()).isEqualTo(OUT_OF_FUEL);
    }
  }

  /** Even if the program was replaced by its start function, before it was an instance. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void exec_goes_on_with_what_is_left(boolean fromStartFunction) {
    try (TestMachine machine = machine(1000)) {
      machine.install("/bin/last", nops(991), false);
      machine.install("/bin/more", nops(992), false);
      for (String next : new String[] {"last", "more"}) {
        machine.install("/bin/to-" + next, replacing("/bin/" + next, fromStartFunction), false);
      }
      assertThat(machine.run("to-last").word()).isEqualTo(WaitStatus.exited(0));
      TestMachine.Result result = machine.run("to-more");
      assertThat(result.word()).isEqualTo(OUT_OF_FUEL);
      assertThat(result.stderr()).isEqualTo("more: out of fuel after 9 instructions\n");
    }
  }

  /** Executes another program as its ninth instruction. */
  private static byte[] replacing(String path, boolean fromStartFunction) {
    byte[] bytes = path.getBytes(US_ASCII);
    ModuleBuilder module =
        new ModuleBuilder()
            .importFunction("host_process", "proc_exec", "i32 i32 i32 i32 i32 i32 i32 i32 -> i32")
            .memory(1)
            .data(0, Arrays.copyOf(bytes, bytes.length + 1))
            .function(
                "_start",
                "->",
                "i32.const 0 i32.const %1$d i32.const 0 i32.const %2$d i32.const 0 i32.const 0"
                        .formatted(bytes.length, bytes.length + 1)
                    + " i32.const 0 i32.const 0 call proc_exec drop");
    return (fromStartFunction ? module.start("_start") : module).build();
  }

  @Test
  void a_child_has_fuel_of_its_own_and_what_it_uses_is_counted() {
    AtomicReference<Process> child = new AtomicReference<>();
    try (TestMachine machine = machine(1000)) {
      machine.install("/bin/count", nops(700), false);
      machine.install(
          "/bin/parent",
          process -> {
            for (int i = 0; i < 3; i++) {
              int pid =
                  process.spawn(SpawnRequest.program("/bin/count", List.of("/bin/count")).build());
              child.set(process.table().find(pid));
              assertThat(child.get().awaitEnd()).isEqualTo(WaitStatus.exited(0));
            }
            return 0;
          });
      assertThat(machine.run("parent").status()).isZero();
      assertThat(machine.format().fuelUsed(child.get())).isEqualTo(700);
    }
  }

  @Test
  void without_a_limit_nothing_is_counted() {
    AtomicReference<Process> ran = new AtomicReference<>();
    try (TestMachine machine = new TestMachine()) {
      machine.install("/bin/count", nops(700), false);
      assertThat(machine.run(ran::set, List.of("PATH=/bin"), "", "count").status()).isZero();
      assertThat(machine.format().fuelUsed(ran.get())).isZero();
    }
  }
}
