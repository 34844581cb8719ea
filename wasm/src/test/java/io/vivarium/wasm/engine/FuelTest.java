package io.vivarium.wasm.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.vivarium.wasm.engine.binary.Effort;
import io.vivarium.wasm.engine.binary.FunctionValidator;
import io.vivarium.wasm.engine.binary.ModuleDecoder;
import io.vivarium.wasm.engine.binary.ModuleStructure;
import io.vivarium.wasm.engine.fuel.FuelMetering;
import io.vivarium.wasm.testing.ModuleBuilder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What programs pay, counted by hand and by other means, and where they stop. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FuelTest {
  private static final ImportResolver HOST = imported -> (guest, arguments) -> 1;

  /** Functions of the host that note what was used when they are called. */
  private static ImportResolver noting(List<Long> ticks, ToLongFunction<GuestInstance> used) {
    return imported ->
        (guest, arguments) -> {
          ticks.add(used.applyAsLong(guest));
          return 1;
        };
  }

  /** Enough for every program here that ends. */
  private static final long PLENTY = 5_000_000;

  /** How a run went: all that can be seen of it. */
  private record Outcome(
      long used, @Nullable TrapKind trap, List<Long> results, byte[] memory, List<Long> ticks) {
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Outcome that
          && used == that.used
          && trap == that.trap
          && results.equals(that.results)
          && ticks.equals(that.ticks)
          && Arrays.equals(memory, that.memory);
    }

    @Override
    public int hashCode() {
      return Long.hashCode(used);
    }

    @Override
    public String toString() {
      return "%d %s %s memory %d ticks %s"
          .formatted(used, trap, results, Arrays.hashCode(memory), ticks);
    }
  }

  private static Outcome run(GuestModule module, long fuel, long... arguments) {
    FuelTank tank = new FuelTank(fuel);
    InstanceLimits limits = InstanceLimits.DEFAULT.withFuel(tank);
    List<Long> ticks = new ArrayList<>();
    GuestInstance instance;
    try {
      instance = module.instantiate(noting(ticks, GuestInstance::fuelUsed), limits, null);
    } catch (GuestTrap trap) {
      return new Outcome(tank.used(), trap.kind(), List.of(), none(), ticks);
    } catch (LinkFailure e) {
      throw new AssertionError(e);
    }
    TrapKind kind = null;
    List<Long> results = List.of();
    byte[] memory;
    try (instance) {
      try {
        results = Arrays.stream(instance.call("run", arguments)).boxed().toList();
      } catch (GuestTrap trap) {
        kind = trap.kind();
      }
      memory = instance.memory().copy(0, (int) instance.memory().size());
      assertThat(instance.fuelUsed()).isLessThanOrEqualTo(fuel);
    }
    return new Outcome(tank.used(), kind, results, memory, ticks);
  }

  private static GuestModule load(Running running, byte[] module) throws InvalidModule {
    return running.load(module, Metering.FUEL);
  }

  // ---- by hand --------------------------------------------------------------------------------

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // Straight on: every instruction, but not what only structures.
        "i32.const 1 drop nop | 3",
        "block nop block nop end end loop nop end | 3",
        "local.get 0 drop local.get 0 local.set 0 | 4",
        // One way or the other; what is skipped is not paid.
        "i32.const 1 if nop nop end | 4",
        "i32.const 0 if nop nop end | 2",
        "i32.const 1 if nop else nop nop end nop | 4",
        "i32.const 0 if nop else nop nop end nop | 5",
        "block i32.const 1 br_if 0 nop nop nop end | 2",
        "block i32.const 0 br_if 0 nop nop nop end | 5",
        "block br 0 end nop | 2",
        "block br 0 nop nop nop end nop | 2",
        "return nop nop | 1",
        "block block block i32.const 0 br_table 0 1 2 end nop return end nop nop return end | 4",
        "nop block block i32.const 1 br_table 0 1 0 end nop end nop | 4",
        // Ten times round: 2 ahead, then 5 each.
        "i32.const 10 local.set 0 loop local.get 0 i32.const 1 i32.sub local.tee 0 br_if 0 end | 52",
        // A block that no branch leads behind is no end of anything.
        "loop block nop end nop end nop | 3",
        // Calls: of a function with three instructions, of the host, through the table, in a tail.
        "call three nop | 5",
        "call host drop nop | 3",
        "i32.const 0 call_indirect 0 nop | 6",
        "nop return_call three | 5",
        "i32.const 0 return_call_indirect 0 | 5",
        "call wide | 3",
        // Ranges: one more for 64 bytes or 16 elements.
        "i32.const 0 i32.const 1 i32.const 63 memory.fill | 4",
        "i32.const 0 i32.const 1 i32.const 64 memory.fill | 5",
        "i32.const 0 i32.const 1 i32.const 65536 memory.fill nop | 1029",
        "i32.const 0 i32.const 1 i32.const 640 memory.copy | 14",
        "i32.const 0 i32.const 0 i32.const 128 memory.init 0 | 6",
        "i32.const 0 ref.null func i32.const 32 table.fill 0 | 6",
        "i32.const 0 i32.const 0 i32.const 31 table.copy 0 0 | 5",
        "i32.const 0 i32.const 0 i32.const 1 table.init 1 | 4",
        // Growing a table of 40 by 24 moves 64.
        "ref.null func i32.const 24 table.grow 0 drop | 8",
        "i32.const 1 memory.grow drop | 3"
      })
  void a_program_pays_what_one_counts_by_hand(String code, long expected) throws Exception {
    byte[] module =
        new ModuleBuilder()
            .importFunction("env", "host", "-> i32")
            .memory(1)
            .table(40, 1000)
            .passiveData(new byte[128])
            .function("three", "->", "nop nop nop")
            .function("wide", "->", "i32 ".repeat(127), "nop")
            .function("run", "i32 ->", code.replace("call_indirect 0", "call_indirect 1"))
            .elements(0, "three")
            .passiveElements("three")
            .build();
    for (Running running : Running.values()) {
      GuestModule loaded = load(running, module);
      Outcome whole = run(loaded, PLENTY, 2);
      assertThat(whole.trap()).isNull();
      assertThat(whole.used()).as(running + " " + code).isEqualTo(expected);
      assertThat(run(loaded, expected, 2)).isEqualTo(whole);
      Outcome short1 = run(loaded, expected - 1, 2);
      assertThat(short1.trap()).isEqualTo(TrapKind.OUT_OF_FUEL);
      assertThat(short1.used()).isLessThan(expected);
      assertThat(counted(module, 2)).isEqualTo(whole);
    }
  }

  @ParameterizedTest
  @EnumSource
  void what_cannot_be_paid_is_not_begun(Running running) throws Exception {
    // Runs of 3, 3 and 4 instructions, divided by calls of the host.
    String store = "i32.const %d i32.const 7 i32.store8 ";
    byte[] module =
        new ModuleBuilder()
            .importFunction("env", "host", "->")
            .memory(1)
            .function(
                "run",
                "->",
                store.formatted(0)
                    + "call host "
                    + store.formatted(1)
                    + "call host "
                    + store.formatted(2))
            .build();
    GuestModule loaded = load(running, module);
    int[] written = {0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 3};
    int[] paid = {0, 0, 0, 0, 4, 4, 4, 4, 8, 8, 8, 11};
    for (int fuel = 0; fuel < written.length; fuel++) {
      Outcome outcome = run(loaded, fuel);
      assertThat(outcome.used()).isEqualTo(paid[fuel]);
      byte[] expected = new byte[3];
      Arrays.fill(expected, 0, written[fuel], (byte) 7);
      assertThat(Arrays.copyOf(outcome.memory(), 3)).isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @EnumSource
  void the_start_function_pays_too_and_what_it_leaves_is_all_there_is(Running running)
      throws Exception {
    byte[] module =
        new ModuleBuilder()
            .function("init", "->", "nop ".repeat(10))
            .function("run", "->", "nop ".repeat(5))
            .start("init")
            .build();
    GuestModule loaded = load(running, module);
    assertThat(run(loaded, 9)).isEqualTo(stopped(0));
    assertThat(run(loaded, 14)).isEqualTo(stopped(10));
    assertThat(run(loaded, 15)).isEqualTo(new Outcome(15, null, List.of(), none(), List.of()));
  }

  private static Outcome stopped(long used) {
    return new Outcome(used, TrapKind.OUT_OF_FUEL, List.of(), none(), List.of());
  }

  private static byte[] none() {
    return new byte[0];
  }

  @Test
  void one_tank_serves_one_instance_after_the_other() throws Exception {
    byte[] module = new ModuleBuilder().function("run", "->", "nop ".repeat(10)).build();
    FuelTank tank = new FuelTank(25);
    InstanceLimits limits = InstanceLimits.DEFAULT.withFuel(tank);
    for (Running running : Running.values()) {
      GuestInstance instance = load(running, module).instantiate(HOST, limits, null);
      instance.call("run");
      instance.close();
      instance.close();
    }
    assertThat(tank.left()).isEqualTo(5);
    try (GuestInstance instance = load(Running.COMPILED, module).instantiate(HOST, limits, null)) {
      assertThatExceptionOfType(GuestTrap.class).isThrownBy(() -> instance.call("run"));
    }
    assertThat(tank.left()).isEqualTo(5);
  }

  @Test
  void a_module_that_is_not_metered_cannot_be_limited() throws Exception {
    GuestModule module =
        Running.INTERPRETED.load(new ModuleBuilder().function("run", "->", "nop").build());
    InstanceLimits limits = InstanceLimits.DEFAULT.withFuel(new FuelTank(10));
    assertThatIllegalArgumentException().isThrownBy(() -> module.instantiate(HOST, limits, null));
    try (GuestInstance guest = module.instantiate(HOST, InstanceLimits.DEFAULT, null)) {
      guest.call("run");
      assertThat(guest.fuelUsed()).isZero();
    }
  }

  // ---- by other means -------------------------------------------------------------------------

  @Test
  void random_programs_pay_what_counting_every_instruction_gives_in_both_modes() throws Exception {
    long seed = Long.getLong("vivarium.fuel.seed", System.nanoTime());
    System.out.println("Random programs with seed " + seed);
    int ended = 0;
    for (int i = 0; i < 150; i++) {
      byte[] module = RandomProgram.module(seed + i);
      ended += check(module, new Random(seed + i)) ? 1 : 0;
    }
    // Else nothing was compared.
    assertThat(ended).isGreaterThan(50);
  }

  /** Whether the program ended by itself. */
  private static boolean check(byte[] module, Random random) throws Exception {
    GuestModule interpreted = load(Running.INTERPRETED, module);
    GuestModule compiled = load(Running.COMPILED, module);
    long argument = random.nextInt(100);
    Outcome whole = run(interpreted, PLENTY, argument);
    assertThat(run(compiled, PLENTY, argument)).isEqualTo(whole);
    assertThat(run(compiled, PLENTY, argument)).isEqualTo(whole);
    if (whole.trap() == null) {
      assertThat(run(interpreted, whole.used(), argument)).isEqualTo(whole);
      assertThat(run(compiled, whole.used(), argument)).isEqualTo(whole);
      Outcome stopped = run(interpreted, whole.used() - 1, argument);
      assertThat(stopped.trap()).isEqualTo(TrapKind.OUT_OF_FUEL);
      assertThat(counted(module, argument)).isEqualTo(whole);
    }
    for (int i = 0; i < 5 && whole.used() > 0; i++) {
      long fuel = random.nextLong(whole.used());
      Outcome cut = run(interpreted, fuel, argument);
      assertThat(cut.trap()).isEqualTo(TrapKind.OUT_OF_FUEL);
      assertThat(run(compiled, fuel, argument)).isEqualTo(cut);
    }
    return whole.trap() == null;
  }

  /** The program without metering, and how many instructions it executes. */
  private static Outcome counted(byte[] module, long... arguments) throws Exception {
    long count;
    List<Long> ticks = new ArrayList<>();
    try (GuestInstance counting =
        Running.INTERPRETED
            .load(InstructionCount.instrument(module))
            .instantiate(noting(ticks, InstructionCount::of), InstanceLimits.DEFAULT, null)) {
      counting.call("run", arguments);
      count = InstructionCount.of(counting);
    }
    try (GuestInstance plain =
        Running.COMPILED.load(module).instantiate(HOST, InstanceLimits.DEFAULT, null)) {
      List<Long> results = Arrays.stream(plain.call("run", arguments)).boxed().toList();
      return new Outcome(
          count, null, results, plain.memory().copy(0, (int) plain.memory().size()), ticks);
    }
  }

  @Test
  void vectors_cost_what_the_guest_wrote_and_not_what_they_are_lowered_to() throws Exception {
    byte[] module =
        new ModuleBuilder()
            .memory(1)
            .function(
                "run",
                "->",
                "v128 i32",
                "loop local.get 0 v128.const 1 2 i16x8.mul v128.const 3 4 i32x4.add local.set 0"
                    + " i32.const 0 local.get 0 v128.store"
                    + " local.get 1 i32.const 1 i32.add local.tee 1 i32.const 3 i32.lt_u br_if 0 end")
            .build();
    for (Running running : Running.values()) {
      assertThat(run(load(running, module), PLENTY).used()).isEqualTo(3 * 16);
    }
  }

  @Test
  void a_program_that_is_compiled_while_it_is_in_use_goes_on_paying_the_same() throws Exception {
    byte[] module = RandomProgram.module(5);
    GuestModule loaded = load(Running.INTERPRETED, module);
    List<Outcome> outcomes = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      outcomes.add(run(loaded, PLENTY, 3));
      if (i == 10) {
        assertThat(loaded.compile()).isTrue();
      }
    }
    assertThat(outcomes).containsOnly(outcomes.getFirst());
  }

  // ---- the two forms of a module --------------------------------------------------------------

  @Test
  void metered_modules_are_valid_and_grow_within_bounds() {
    String[] worst = {"call f ", "i32.const 0 br_if 0 ", "block br 0 end "};
    String range = "local.get 0 local.get 0 local.get 0 memory.fill ";
    for (String code : new String[] {worst[0], worst[1], worst[2], range}) {
      byte[] module =
          new ModuleBuilder().memory(1).function("f", "->", "i32", code.repeat(10_000)).build();
      ModuleStructure metered =
          FuelMetering.meter(ModuleDecoder.decode(module), Effort.unlimited());
      new FunctionValidator(metered, null).validateAll();
      assertThat(metered.bytes().length).isLessThan(7 * module.length);
    }
  }

  @Test
  void the_two_forms_of_a_module_live_side_by_side() throws Exception {
    byte[] module = new ModuleBuilder().function("run", "-> i32", "i32.const 7").build();
    ModuleDigest digest = ModuleDigest.of(module);
    EngineOptions options = EngineOptions.DEFAULT.withCompileInBackground(false);
    try (WasmEngine engine = WasmEngine.open(options)) {
      GuestModule plain = engine.load(digest, () -> module);
      GuestModule metered = engine.load(digest, () -> module, Metering.FUEL);
      assertThat(plain).isNotSameAs(metered);
      assertThat(plain.digest()).isEqualTo(metered.digest());
      assertThat(metered.metering()).isEqualTo(Metering.FUEL);
      assertThat(metered.compile()).isTrue();
      assertThat(plain.compiled()).isFalse();
      assertThat(run(metered, 100).used()).isEqualTo(1);
    }
  }
}
