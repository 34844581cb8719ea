package io.vivarium.wasm.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.vivarium.wasm.engine.binary.BinaryWriter;
import io.vivarium.wasm.testing.ModuleBuilder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Modules that want to do more than they pay for. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FuelAttackTest {
  private static final ImportResolver HOST = imported -> (guest, arguments) -> 1;
  private static final long FUEL = 100_000;

  /** How a call of {@code run} ended, and what it used. */
  private record Outcome(String end, long used) {}

  private static Outcome run(GuestModule module, long fuel) throws LinkFailure {
    FuelTank tank = new FuelTank(fuel);
    String end = "returned";
    try (GuestInstance guest =
        module.instantiate(HOST, InstanceLimits.DEFAULT.withFuel(tank), null)) {
      guest.call("run");
    } catch (GuestTrap trap) {
      end = trap.kind().name();
    }
    return new Outcome(end, tank.used());
  }

  private static Outcome run(Running running, ModuleBuilder module, long fuel) throws Exception {
    return run(running.load(module.build(), Metering.FUEL), fuel);
  }

  // ---- reaching for the fuel ------------------------------------------------------------------

  @ParameterizedTest
  @CsvSource({
    "i64.const -1000000 global.set 1",
    "global.get 1 drop",
    "i64.const 0 global.set 2",
    "i64.const 0 global.set 4294967295"
  })
  void the_fuel_global_is_none_of_the_module(String code) {
    String number = code.contains("4294967295") ? "-1" : "";
    byte[] module =
        new ModuleBuilder()
            .global("own", "i64", "i64.const 5")
            .function("run", "->", number.isEmpty() ? code : code.replace("4294967295", number))
            .build();
    assertThatExceptionOfType(InvalidModule.class)
        .isThrownBy(() -> Running.INTERPRETED.load(module, Metering.FUEL))
        .withMessageContaining("unknown global");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // Exports global 1; has a global that starts as global 1; an element at global 1.
        "06 06 01 7e 01 42 00 0b 07 05 01 01 66 03 01",
        "06 06 01 7e 00 23 01 0b",
        "04 04 01 70 00 01 06 06 01 7f 01 41 00 0b 09 06 01 00 23 01 0b 00"
      })
  void it_can_neither_be_exported_nor_be_part_of_a_constant(String sections) {
    byte[] module = HexFormat.of().parseHex("0061736d01000000" + sections.replace(" ", ""));
    assertThatExceptionOfType(InvalidModule.class)
        .isThrownBy(() -> Running.INTERPRETED.load(module, Metering.FUEL))
        .withMessageContaining("unknown global");
  }

  @ParameterizedTest
  @EnumSource
  void a_global_of_its_own_is_like_any_other(Running running) throws Exception {
    ModuleBuilder module =
        new ModuleBuilder()
            .global("fuel", "i64", "i64.const 5")
            .function("run", "->", "loop i64.const -1000000 global.set fuel br 0 end");
    assertThat(run(running, module, FUEL)).isEqualTo(new Outcome("OUT_OF_FUEL", FUEL - FUEL % 3));
  }

  // ---- going on for ever ----------------------------------------------------------------------

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "loop br 0 end | 1",
        "loop block br 1 end end | 1",
        "loop i32.const 0 br_table 0 0 end | 2",
        "loop call host drop br 0 end | 3",
        "loop i32.const 1 if br 1 end end | 3",
        "return_call run | 1",
        "i32.const 0 return_call_indirect 0 | 2",
        "loop i32.const 0 i32.const 0 i32.const 0 memory.fill br 0 end | 5",
        "loop i32.const 0 memory.grow drop br 0 end | 4",
        "loop elem.drop 0 data.drop 0 br 0 end | 3"
      })
  void what_goes_on_for_ever_stops_when_the_next_round_cannot_be_paid(String code, long round)
      throws Exception {
    ModuleBuilder module =
        new ModuleBuilder()
            .importFunction("env", "host", "-> i32")
            .memory(1)
            .table(1, 1)
            .passiveData((byte) 1)
            .elements(0, "run");
    int type = module.type("->");
    module.function(
        "run", "->", code.replace("return_call_indirect 0", "return_call_indirect " + type));
    for (Running running : Running.values()) {
      Outcome outcome = run(running, module, FUEL);
      assertThat(outcome.end()).isEqualTo("OUT_OF_FUEL");
      // A part of the last round may have been paid.
      assertThat(outcome.used()).isBetween(FUEL - round, FUEL);
    }
  }

  @ParameterizedTest
  @EnumSource
  void recursion_ends_at_its_fuel_or_at_the_end_of_the_stack(Running running) throws Exception {
    ModuleBuilder module = new ModuleBuilder().function("run", "->", "call run nop");
    assertThat(run(running, module, 100)).isEqualTo(new Outcome("OUT_OF_FUEL", 100));
    Outcome deep = run(running, module, 1L << 40);
    assertThat(deep.end()).isEqualTo("STACK_OVERFLOW");
    assertThat(deep.used()).isBetween(100L, 100_000_000L);
  }

  @ParameterizedTest
  @EnumSource
  void running_out_in_a_call_of_the_host_that_calls_back_ends_all_of_it(Running running)
      throws Exception {
    byte[] module =
        new ModuleBuilder()
            .importFunction("env", "again", "->")
            .function("run", "->", "call again nop")
            .build();
    FuelTank tank = new FuelTank(20);
    HostFunction again =
        (guest, arguments) -> {
          guest.call("run");
          return 0;
        };
    try (GuestInstance guest =
        running
            .load(module, Metering.FUEL)
            .instantiate(i -> again, InstanceLimits.DEFAULT.withFuel(tank), null)) {
      assertThatExceptionOfType(GuestTrap.class)
          .isThrownBy(() -> guest.call("run"))
          .satisfies(trap -> assertThat(trap.kind()).isEqualTo(TrapKind.OUT_OF_FUEL));
    }
    assertThat(tank.left()).isZero();
  }

  // ---- much at once ---------------------------------------------------------------------------

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "i32.const 0 i32.const 0 i32.const -1 memory.fill | 67108867 | MEMORY_OUT_OF_BOUNDS",
        "i32.const 0 i32.const 0 i32.const -1 memory.copy | 67108867 | MEMORY_OUT_OF_BOUNDS",
        "i32.const 0 i32.const 0 i32.const -1 memory.init 0 | 67108867 | MEMORY_OUT_OF_BOUNDS",
        "i32.const 0 i32.const 0 i32.const -1 table.copy 0 0 | 268435459 | TABLE_OUT_OF_BOUNDS",
        "ref.null func i32.const -1 table.grow 0 drop | 268435459 | returned"
      })
  void what_a_range_would_cost_is_paid_before_anything_else_about_it_is_looked_at(
      String code, long cost, String end) throws Exception {
    ModuleBuilder module =
        new ModuleBuilder().memory(1).table(1, 1).passiveData((byte) 1).function("run", "->", code);
    for (Running running : Running.values()) {
      assertThat(run(running, module, FUEL).end()).isEqualTo("OUT_OF_FUEL");
      Outcome paid = run(running, module, 1L << 40);
      assertThat(paid.end()).isEqualTo(end);
      assertThat(paid.used()).isBetween(cost, cost + 2);
    }
  }

  @Test
  void calling_what_has_thousands_of_local_variables_costs_their_number() throws Exception {
    ModuleBuilder module =
        new ModuleBuilder()
            .memory(1)
            .function(
                "wide",
                "->",
                "i64 ".repeat(50_000),
                "i32.const 0 i32.const 0 i32.const 0 memory.fill")
            .function("run", "->", "call wide call wide");
    assertThat(run(Running.INTERPRETED, module, FUEL))
        .isEqualTo(new Outcome("returned", 2 * (1 + 50_000 / 64 + 4)));
  }

  @Test
  void a_function_at_the_bound_of_its_size_is_run_although_it_becomes_larger() throws Exception {
    BinaryWriter body = new BinaryWriter();
    body.u8(0);
    int count = 1_900_000;
    for (int i = 0; i < count; i++) {
      body.raw(0x41, 0, 0x0d, 0);
    }
    body.u8(0x0b);
    BinaryWriter code = new BinaryWriter();
    code.u8(1);
    code.u32(body.size());
    code.append(body);
    BinaryWriter module = new BinaryWriter();
    byte[] head =
        HexFormat.of().parseHex("0061736d01000000" + "01040160000003020100" + "0707010372756e0000");
    module.bytes(head, 0, head.length);
    module.section(10, code);
    GuestModule loaded = Running.INTERPRETED.load(module.toByteArray(), Metering.FUEL);
    assertThat(run(loaded, 2L * count)).isEqualTo(new Outcome("returned", 2L * count));
    assertThat(run(loaded, 2L * count - 1)).isEqualTo(new Outcome("OUT_OF_FUEL", 2L * count - 2));
  }

  @Test
  void a_function_too_large_for_the_JVM_pays_the_same_beside_compiled_ones() throws Exception {
    byte[] module =
        new ModuleBuilder()
            .function("one", "->", "nop nop")
            .function("many", "->", "call one ".repeat(8_000))
            .function("run", "->", "call many call one call many")
            .build();
    GuestModule compiled = Running.COMPILED.load(module, Metering.FUEL);
    GuestModule interpreted = Running.INTERPRETED.load(module, Metering.FUEL);
    for (long fuel : new long[] {0, 1, 2, 3, 4, 5, 20_000, 24_001, 24_005, 48_004, 48_005}) {
      assertThat(run(compiled, fuel)).isEqualTo(run(interpreted, fuel));
    }
    assertThat(run(compiled, 48_004).end()).isEqualTo("OUT_OF_FUEL");
    assertThat(run(compiled, 48_005)).isEqualTo(new Outcome("returned", 48_005));
  }

  // ---- other people's code --------------------------------------------------------------------

  @Test
  void kept_code_of_one_form_is_never_taken_for_the_other(@TempDir Path folder) throws Exception {
    Path cache = Files.createDirectory(folder.resolve("code"));
    byte[] module = new ModuleBuilder().function("run", "->", "nop ".repeat(10)).build();
    ModuleDigest digest = ModuleDigest.of(module);
    EngineOptions options =
        EngineOptions.DEFAULT.withCompileInBackground(false).withCacheDirectory(cache);
    for (Metering metering : Metering.values()) {
      try (WasmEngine engine = WasmEngine.open(options)) {
        GuestModule loaded = engine.load(digest, () -> module, metering);
        assertThat(loaded.compile()).isTrue();
        assertThat(loaded.kept()).isTrue();
      }
    }
    List<Path> files = codeFiles(cache);
    assertThat(files).hasSize(2);
    Path metered = files.get(0).toString().contains("fuel") ? files.get(0) : files.get(1);
    Path plain = metered == files.get(0) ? files.get(1) : files.get(0);
    ModuleBytes nobody =
        () -> {
          throw new AssertionError("asked for the bytes");
        };
    try (WasmEngine engine = WasmEngine.open(options)) {
      GuestModule loaded = engine.load(digest, nobody, Metering.FUEL);
      assertThat(loaded.compiled()).isTrue();
      assertThat(run(loaded, 100)).isEqualTo(new Outcome("returned", 10));
      assertThat(run(loaded, 9)).isEqualTo(new Outcome("OUT_OF_FUEL", 0));
    }
    Files.copy(plain, metered, StandardCopyOption.REPLACE_EXISTING);
    try (WasmEngine engine = WasmEngine.open(options)) {
      GuestModule loaded = engine.load(digest, () -> module, Metering.FUEL);
      assertThat(loaded.compiled()).isFalse();
      assertThat(run(loaded, 100)).isEqualTo(new Outcome("returned", 10));
    }
    assertThat(codeFiles(cache)).containsExactly(plain);
  }

  private static List<Path> codeFiles(Path cache) throws Exception {
    try (Stream<Path> files = Files.list(cache)) {
      return files.filter(file -> file.toString().endsWith(".code")).sorted().toList();
    }
  }

  @Test
  void a_module_that_is_compiled_in_the_background_pays_the_same_before_and_after()
      throws Exception {
    byte[] bytes = RandomProgram.module(17);
    ModuleDigest digest = ModuleDigest.of(bytes);
    try (WasmEngine engine = WasmEngine.open(EngineOptions.DEFAULT)) {
      GuestModule module = engine.load(digest, () -> bytes, Metering.FUEL);
      long before = used(module);
      while (!module.compiled()) {
        assertThat(used(module)).isEqualTo(before);
      }
      assertThat(used(module)).isEqualTo(before);
    }
  }

  private static long used(GuestModule module) throws LinkFailure {
    FuelTank tank = new FuelTank(1_000_000);
    try (GuestInstance guest =
        module.instantiate(HOST, InstanceLimits.DEFAULT.withFuel(tank), null)) {
      guest.call("run", 3);
    } catch (GuestTrap trap) {
      assertThat(trap.kind()).isNotEqualTo(TrapKind.OTHER);
    }
    return tank.used();
  }
}
