package io.vivarium.wasm.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.vivarium.wasm.testing.ModuleBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Modules with bytes changed at random: each is refused with a typed error, or runs like any other.
 * More rounds, and modules from elsewhere, with {@code -Dvivarium.mutation.rounds=N
 * -Dvivarium.mutation.modules=FOLDER}.
 */
@Timeout(value = 1, unit = TimeUnit.HOURS)
class MalformedModuleTest {
  private static final long SEED = Long.getLong("vivarium.mutation.seed", 20_260_102);
  private static final int ROUNDS = Integer.getInteger("vivarium.mutation.rounds", 6_000);
  private static final String FOLDER = System.getProperty("vivarium.mutation.modules", "");
  private static final int COMPILE_ONE_OF = 20;
  private static final long PATIENCE_MILLIS = 100;

  private static final InstanceLimits LIMITS =
      new InstanceLimits(64, 10_000, new MemoryBudget(16 << 20), null);

  // ---- seeds ----------------------------------------------------------------------------------

  private static byte[] everySection() {
    ModuleBuilder module =
        new ModuleBuilder()
            .importFunction("env", "host", "i32 i64 -> i32")
            .table(3, 10)
            .memory(1, 4)
            .global("g", "i64", "i64.const 5")
            .function("init", "->", "i64.const 1 global.set g");
    module.type("i32 -> i32");
    return module
        .function(
            "work",
            "i32 -> i32",
            "i32 i64 f32 f64",
            "block i32 local.get 0 i32.const 3 i32.and br_table 0 0 0 end local.set 1"
                + " loop local.get 1 i32.const 1 i32.sub local.tee 1 br_if 0 end"
                + " local.get 0 if i32 i32.const 1 else i32.const 2 end"
                + " i64.const 4 call host"
                + " i32.const 1 call_indirect 2"
                + " f32.const 1.5 f64.promote_f32 i32.trunc_sat_f64_s i32.add"
                + " i32.const 0 i32.const 8 i32.const 4 memory.copy"
                + " i32.const 0 i32.const 1 i32.const 2 memory.init 1"
                + " i32.const 0 i64.load offset=16 drop memory.size drop")
        .function("vector", "-> i32", "v128.const 1 2 i8x16.popcnt i32x4.extract_lane lane=1")
        .function("same", "i32 -> i32", "local.get 0")
        .elements(0, "same", "work")
        .passiveElements("work", "same")
        .data(16, (byte) 1, (byte) 2, (byte) 3)
        .passiveData((byte) 4, (byte) 5, (byte) 6)
        .start("init")
        .build();
  }

  private static List<byte[]> seeds() {
    List<byte[]> seeds = new ArrayList<>();
    seeds.add(everySection());
    seeds.add(new ModuleBuilder().memory(1).function("_start", "->", "nop").build());
    if (!FOLDER.isEmpty()) {
      try (var files = Files.list(Path.of(FOLDER))) {
        for (Path file : files.sorted().toList()) {
          seeds.add(Files.readAllBytes(file));
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return seeds;
  }

  // ---- running --------------------------------------------------------------------------------

  /** Interrupts a thread that takes too long, over and over. */
  private static final class Watchdog implements AutoCloseable {
    private final Thread watched = Thread.currentThread();
    private final Thread dog = Thread.ofPlatform().daemon().start(this::watch);
    private volatile long busySince = Long.MAX_VALUE;

    private void watch() {
      try {
        while (true) {
          Thread.sleep(PATIENCE_MILLIS / 4);
          if (System.nanoTime() - busySince > PATIENCE_MILLIS * 1_000_000) {
            watched.interrupt();
          }
        }
      } catch (InterruptedException e) {
        // Over.
      }
    }

    void run(Runnable guest) {
      busySince = System.nanoTime();
      try {
        guest.run();
      } finally {
        busySince = Long.MAX_VALUE;
        Thread.interrupted();
      }
    }

    @Override
    public void close() {
      dog.interrupt();
    }
  }

  /** 1 when the engine accepts the module. */
  private static int tryOut(WasmEngine engine, byte[] bytes, boolean compile, Watchdog watchdog) {
    try {
      GuestModule module = engine.load(bytes);
      if (compile) {
        module.compile();
      }
      watchdog.run(() -> instantiateAndCall(module));
      return 1;
    } catch (InvalidModule refused) {
      assertThat(refused.getMessage()).isNotBlank();
      return 0;
    }
  }

  private static void instantiateAndCall(GuestModule module) {
    try (GuestInstance guest = module.instantiate(i -> (g, arguments) -> 1, LIMITS, null)) {
      for (String name : new String[] {"work", "vector", "same", "_start"}) {
        Signature type = module.exportedFunction(name);
        if (type != null) {
          call(guest, name, new long[type.parameters().size()]);
        }
      }
    } catch (LinkFailure | GuestTrap | GuestInterrupted expected) {
      // What may come of a module that is valid.
    }
  }

  private static void call(GuestInstance guest, String name, long[] arguments) {
    try {
      guest.call(name, arguments);
    } catch (GuestTrap trap) {
      assertThat(trap.kind()).as(trap.getMessage()).isNotEqualTo(TrapKind.OTHER);
    }
  }

  @Test
  void changed_modules_are_refused_or_run_and_nothing_else() throws IOException {
    System.out.println("Mutations of modules with seed " + SEED);
    int accepted = 0;
    List<byte[]> seeds = seeds();
    EngineOptions options = EngineOptions.DEFAULT.withCompileInBackground(false);
    try (WasmEngine engine = WasmEngine.open(options);
        Watchdog watchdog = new Watchdog()) {
      for (int i = 0; i < ROUNDS; i++) {
        Random random = new Random(SEED + i);
        byte[] bytes = Mutation.of(seeds.get(i % seeds.size()), random);
        try {
          accepted += tryOut(engine, bytes, random.nextInt(COMPILE_ONE_OF) == 0, watchdog);
        } catch (RuntimeException | Error e) {
          String hex = HexFormat.of().formatHex(Arrays.copyOf(bytes, Math.min(bytes.length, 2000)));
          throw new AssertionError("round " + i + " of seed " + SEED + ": " + hex, e);
        }
      }
    }
    // Else nothing but the first check was tried.
    assertThat(accepted).isBetween(ROUNDS / 100, ROUNDS - ROUNDS / 10);
  }

  @Test
  void every_prefix_of_a_module_is_refused_or_valid() throws Exception {
    byte[] whole = everySection();
    try (WasmEngine engine = WasmEngine.open(EngineOptions.DEFAULT.withCompileInBackground(false));
        Watchdog watchdog = new Watchdog()) {
      for (int length = 0; length < whole.length; length++) {
        tryOut(engine, Arrays.copyOf(whole, length), false, watchdog);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // 4 billion types, functions, locals, table elements, br_table targets, data segments.
        "01 05 ffffffff0f",
        "03 05 ffffffff0f",
        "01 04 01 60 00 00 03 02 01 00 0a 0a 01 08 01 ffffffff0f 7f 0b",
        "01 04 01 60 00 00 03 02 01 00 0a 0c 01 0a 00 41 00 0e ffffffff0f 0b",
        "0b 05 ffffffff0f",
        "09 05 ffffffff0f",
        "02 05 ffffffff0f",
        "05 07 01 00 ffffffff0f",
        "05 04 01 00 818004",
        // A section longer than the module, sections out of order, one twice.
        "01 ffffffff0f",
        "03 01 00 01 01 00",
        "01 01 00 01 01 00",
        // A function without body, a body without function, a number of too many bytes.
        "01 04 01 60 00 00 03 02 01 00",
        "0a 04 01 02 00 0b",
        "01 06 808080808000"
      })
  void what_claims_too_much_is_refused_without_taking_it(String hex) throws Exception {
    byte[] bytes = HexFormat.of().parseHex("0061736d01000000" + hex.replace(" ", ""));
    try (WasmEngine engine =
        WasmEngine.open(EngineOptions.DEFAULT.withCompileInBackground(false))) {
      assertThatExceptionOfType(InvalidModule.class).isThrownBy(() -> engine.load(bytes));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {100, 10_000, 1_000_000})
  void deeply_nested_blocks_are_refused_or_run(int depth) throws Exception {
    byte[] bytes =
        new ModuleBuilder()
            .function("_start", "->", "block ".repeat(depth) + "end ".repeat(depth))
            .build();
    try (WasmEngine engine = WasmEngine.open(EngineOptions.DEFAULT.withCompileInBackground(false));
        Watchdog watchdog = new Watchdog()) {
      tryOut(engine, bytes, depth < 1_000_000, watchdog);
    }
  }

  @Test
  void a_module_larger_than_the_limit_is_refused_by_its_size() throws Exception {
    EngineOptions options = EngineOptions.DEFAULT.withMaxModuleBytes(16);
    try (WasmEngine engine = WasmEngine.open(options)) {
      assertThatExceptionOfType(InvalidModule.class)
          .isThrownBy(() -> engine.load(everySection()))
          .withMessageContaining("the limit is 16");
    }
  }
}
