package io.vivarium.wasm.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.vivarium.wasm.engine.binary.BinaryWriter;
import io.vivarium.wasm.engine.binary.ModuleDecoder;
import io.vivarium.wasm.testing.ModuleBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Modules that are made to cost the host: each is refused, or given up by the compiler and
 * interpreted, within what may be spent; and costs somebody who may spend more nothing but that.
 */
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CompileAttackTest {
  private static final long GENEROUS = TimeUnit.MINUTES.toNanos(5);
  private static final long MEBIBYTE = 1 << 20;

  /** No machine compiles thousands of functions in so much CPU time. */
  private static final long TOO_LITTLE = TimeUnit.MILLISECONDS.toNanos(1);

  /** Spends from a budget and remembers what it hears. */
  private static class Account implements CompileAllowance {
    private final long nanos;
    private final long bytes;
    final MemoryBudget memory;
    final List<String> heard = Collections.synchronizedList(new ArrayList<>());
    volatile long took;

    Account(long nanos, long bytes) {
      this(nanos, bytes, Long.MAX_VALUE);
    }

    Account(long nanos, long bytes, long available) {
      this.nanos = nanos;
      this.bytes = bytes;
      this.memory = new MemoryBudget(available);
    }

    @Override
    public long nanos() {
      return nanos;
    }

    @Override
    public long bytes() {
      return bytes;
    }

    @Override
    public MemoryAdmission memory() {
      return memory;
    }

    @Override
    public MemoryAdmission compilerMemory() {
      return memory;
    }

    @Override
    public void took(long nanos, long bytes) {
      took = bytes;
      heard.add("took");
    }

    @Override
    public void outOfTime(long nanos) {
      heard.add("out of time");
    }

    @Override
    public void outOfMemory(long bytes) {
      heard.add("out of memory");
    }
  }

  private static Account rich() {
    return new Account(GENEROUS, Long.MAX_VALUE);
  }

  private static WasmEngine engine(boolean background) {
    try {
      return WasmEngine.open(EngineOptions.DEFAULT.withCompileInBackground(background));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static LoadedModule load(WasmEngine engine, byte[] bytes, Metering metering, Account by)
      throws Exception {
    return (LoadedModule) engine.load(ModuleDigest.of(bytes), () -> bytes, metering, by);
  }

  private static void runs(GuestModule module) throws LinkFailure {
    try (GuestInstance guest =
        module.instantiate(i -> (g, arguments) -> 0, InstanceLimits.DEFAULT, null)) {
      guest.call("_start");
    }
  }

  // ---- modules --------------------------------------------------------------------------------

  private static final String MANY = "i32 ".repeat(1000);

  private static byte[] section(int id, int count, byte[] element) {
    BinaryWriter contents = new BinaryWriter();
    contents.u32(count);
    for (int i = 0; i < count; i++) {
      contents.bytes(element, 0, element.length);
    }
    BinaryWriter out = new BinaryWriter();
    out.raw(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
    out.section(id, contents);
    return out.toByteArray();
  }

  private static byte[] bytes(int... values) {
    BinaryWriter out = new BinaryWriter();
    out.raw(values);
    return out.toByteArray();
  }

  private static byte[] manyFunctions(int count) {
    ModuleBuilder module = new ModuleBuilder().function("_start", "->", "nop");
    for (int i = 0; i < count; i++) {
      module.function("f" + i, "i32 -> i32", "local.get 0 i32.const 3 i32.add");
    }
    return module.build();
  }

  /** One after the other with this many local variables. */
  private static byte[] manyLocals(int functions, int locals) {
    BinaryWriter out = new BinaryWriter();
    out.raw(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
    BinaryWriter contents = new BinaryWriter();
    contents.raw(1, 0x60, 0, 0);
    out.section(1, contents);
    BinaryWriter types = new BinaryWriter();
    types.u32(functions);
    BinaryWriter code = new BinaryWriter();
    code.u32(functions);
    BinaryWriter body = new BinaryWriter();
    body.u32(1);
    body.u32(locals);
    body.raw(0x7f, 0x0b);
    for (int i = 0; i < functions; i++) {
      types.u32(0);
      code.u32(body.size());
      code.append(body);
    }
    out.section(3, types);
    out.section(10, code);
    return out.toByteArray();
  }

  /** Small modules that take long to check. */
  enum Slow {
    CALLS_WITH_MANY_VALUES,
    BRANCH_TABLES_WITH_MANY_VALUES,
    MANY_LOCALS;

    byte[] module() {
      return switch (this) {
        case CALLS_WITH_MANY_VALUES ->
            new ModuleBuilder()
                .function("f", MANY + "-> " + MANY, "unreachable")
                .function("_start", "->", "unreachable " + "call f ".repeat(500_000))
                .build();
        case BRANCH_TABLES_WITH_MANY_VALUES -> {
          ModuleBuilder module = new ModuleBuilder();
          int type = module.type("-> " + MANY);
          String table = "unreachable br_table " + "0 ".repeat(65_000);
          yield module
              .function(
                  "_start",
                  "->",
                  ("block type=" + type + " " + table).repeat(20) + "end unreachable ".repeat(20))
              .build();
        }
        case MANY_LOCALS -> manyLocals(200_000, 50_000);
      };
    }
  }

  /** Modules that take much memory to check. */
  enum Large {
    TYPES,
    IMPORTS,
    GLOBALS,
    ELEMENTS,
    SEGMENTS,
    DATA,
    EXPORTS;

    byte[] module() {
      return switch (this) {
        case TYPES -> section(1, 1_000_000, bytes(0x60, 0, 0));
        case IMPORTS -> section(2, 100_000, bytes(1, 'a', 1, 'b', 3, 0x7f, 0));
        case GLOBALS -> section(6, 1_000_000, bytes(0x7f, 0, 0x41, 0, 0x0b));
        case ELEMENTS -> section(9, 10, elements(1_000_000));
        case SEGMENTS -> section(9, 100_000, bytes(5, 0x70, 0));
        case DATA -> section(11, 100_000, bytes(1, 0));
        case EXPORTS -> exports();
      };
    }

    private static byte[] elements(int count) {
      BinaryWriter out = new BinaryWriter();
      out.raw(5, 0x70);
      out.u32(count);
      for (int i = 0; i < count; i++) {
        out.raw(0xd0, 0x70, 0x0b);
      }
      return out.toByteArray();
    }

    private static byte[] exports() {
      BinaryWriter out = new BinaryWriter();
      out.raw(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
      BinaryWriter contents = new BinaryWriter();
      contents.raw(1, 0, 1);
      out.section(5, contents);
      BinaryWriter exports = new BinaryWriter();
      exports.u32(100_000);
      for (int i = 0; i < 100_000; i++) {
        exports.name("e" + i);
        exports.raw(2, 0);
      }
      out.section(7, exports);
      return out.toByteArray();
    }
  }

  // ---- loading --------------------------------------------------------------------------------

  @ParameterizedTest
  @EnumSource(Slow.class)
  void what_takes_long_to_check_is_given_up(Slow attack) throws Exception {
    Account poor = new Account(TimeUnit.MILLISECONDS.toNanos(50), Long.MAX_VALUE);
    byte[] module = attack.module();
    assertThat(module.length).isLessThan(3 << 20);
    try (WasmEngine engine = engine(false)) {
      for (int i = 0; i < 3; i++) {
        assertThatExceptionOfType(ModuleTooCostly.class)
            .isThrownBy(() -> load(engine, module, Metering.NONE, poor))
            .satisfies(e -> assertThat(e.memory()).isFalse());
      }
      assertThat(poor.heard).containsExactly("out of time", "out of time", "out of time");
      assertThat(poor.memory.held()).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource(Large.class)
  void what_takes_much_memory_to_check_is_refused_before_it_is_taken(Large attack)
      throws Exception {
    byte[] module = attack.module();
    try (WasmEngine engine = engine(false)) {
      Account poor = new Account(GENEROUS, MEBIBYTE);
      assertThatExceptionOfType(ModuleTooCostly.class)
          .isThrownBy(() -> load(engine, module, Metering.NONE, poor))
          .satisfies(e -> assertThat(e.memory()).isTrue());
      assertThat(poor.heard).containsExactly("out of memory");
      assertThat(poor.memory.held()).isZero();

      Account crowded = new Account(GENEROUS, Long.MAX_VALUE, MEBIBYTE);
      assertThatExceptionOfType(ModuleTooCostly.class)
          .isThrownBy(() -> load(engine, module, Metering.NONE, crowded));
      assertThat(crowded.heard).isEmpty(); // nothing was over the account's own bound
      assertThat(crowded.memory.held()).isZero();

      Account rich = rich();
      load(engine, module, Metering.NONE, rich);
      assertThat(rich.heard).containsExactly("took");
      assertThat(rich.memory.held()).isZero();
    }
  }

  @Test
  void the_last_byte_decides() throws Exception {
    byte[] module = manyFunctions(10);
    Account rich = rich();
    try (WasmEngine engine = engine(false)) {
      load(engine, module, Metering.FUEL, rich);
    }
    try (WasmEngine engine = engine(false)) {
      assertThatExceptionOfType(ModuleTooCostly.class)
          .isThrownBy(
              () -> load(engine, module, Metering.FUEL, new Account(GENEROUS, rich.took - 1)));
      Account enough = new Account(GENEROUS, rich.took);
      load(engine, module, Metering.FUEL, enough);
      assertThat(enough.heard).containsExactly("took");
    }
  }

  @Test
  void code_that_grows_when_it_is_rewritten_is_refused() throws Exception {
    String grows = "v128.const 1 2 v128.const 3 4 i8x16.add drop ";
    byte[] vectors = new ModuleBuilder().function("_start", "->", grows.repeat(20_000)).build();
    byte[] branches =
        new ModuleBuilder()
            .function("_start", "->", "block i32.const 0 br_if 0 end ".repeat(100_000))
            .build();
    try (WasmEngine engine = engine(false)) {
      Account poor = new Account(GENEROUS, MEBIBYTE);
      assertThatExceptionOfType(ModuleTooCostly.class)
          .isThrownBy(() -> load(engine, vectors, Metering.NONE, poor));
      assertThatExceptionOfType(ModuleTooCostly.class)
          .isThrownBy(() -> load(engine, branches, Metering.FUEL, poor));
      assertThat(poor.memory.held()).isZero();
      assertThat(load(engine, branches, Metering.NONE, poor)).isNotNull();
    }
  }

  // ---- compiling ------------------------------------------------------------------------------

  @Test
  void compiling_stops_and_whoever_may_spend_more_still_can() throws Exception {
    byte[] module = manyFunctions(20_000);
    try (WasmEngine engine = engine(false)) {
      Account poor = new Account(TOO_LITTLE, Long.MAX_VALUE);
      LoadedModule loaded = load(engine, module, Metering.NONE, rich());
      assertThat(loaded.compile(poor)).isFalse();
      assertThat(poor.heard).containsExactly("out of time");
      assertThat(poor.memory.held()).isZero();
      runs(loaded);
      // Trying again would not help, and is not tried.
      assertThat(loaded.worthCompiling(poor)).isFalse();
      assertThat(loaded.compile(poor)).isFalse();
      assertThat(poor.heard).hasSize(1);

      Account small = new Account(GENEROUS, MEBIBYTE);
      assertThat(loaded.compile(small)).isFalse();
      assertThat(small.heard).containsExactly("out of memory");

      Account crowded = new Account(GENEROUS, Long.MAX_VALUE, MEBIBYTE);
      assertThat(loaded.compile(crowded)).isFalse();
      assertThat(crowded.heard).isEmpty();

      Account rich = rich();
      assertThat(loaded.compile(rich)).isTrue();
      assertThat(rich.heard).containsExactly("took");
      assertThat(rich.memory.held()).isZero();
      runs(loaded);
      // What is compiled costs nothing.
      assertThat(loaded.compile(poor)).isTrue();
      assertThat(load(engine, module, Metering.NONE, new Account(0, 0)).compiled()).isTrue();
    }
  }

  @Test
  void a_giant_function_is_interpreted_and_the_rest_compiled() throws Exception {
    byte[] module =
        new ModuleBuilder()
            .function("_start", "->", "nop")
            .function("giant", "->", "i32.const 1 drop ".repeat(1_000_000))
            .build();
    Account account = new Account(TimeUnit.SECONDS.toNanos(60), Long.MAX_VALUE);
    try (WasmEngine engine = engine(false)) {
      LoadedModule loaded = load(engine, module, Metering.NONE, account);
      assertThat(loaded.compile(account)).isTrue();
      try (GuestInstance guest =
          loaded.instantiate(i -> (g, arguments) -> 0, InstanceLimits.DEFAULT, null)) {
        guest.call("giant");
      }
    }
  }

  @Test
  void many_functions_that_are_too_large_for_the_host_stop_the_compiler_in_time() throws Exception {
    ModuleBuilder builder = new ModuleBuilder().function("_start", "->", "nop");
    for (int i = 0; i < 60; i++) {
      builder.function("large" + i, "->", "i64.const 123456789123 drop ".repeat(20_000));
    }
    Account account = new Account(TimeUnit.SECONDS.toNanos(1), Long.MAX_VALUE);
    try (WasmEngine engine = engine(false)) {
      LoadedModule loaded = load(engine, builder.build(), Metering.NONE, rich());
      assertThat(loaded.compile(account)).isFalse();
      assertThat(account.heard).containsExactly("out of time");
      runs(loaded);
    }
  }

  @Test
  void local_variables_count_for_the_memory_of_the_compiler() throws Exception {
    Account account = new Account(GENEROUS, 512 * MEBIBYTE);
    byte[] module = manyLocals(2_000, 50_000);
    assertThat(module.length).isLessThan(20_000);
    try (WasmEngine engine = engine(false)) {
      LoadedModule loaded = load(engine, module, Metering.NONE, account);
      assertThat(loaded.compile(account)).isFalse();
      assertThat(account.heard).containsExactly("took", "out of memory");
    }
  }

  @Test
  void types_times_functions_are_not_searched() throws Exception {
    ModuleBuilder builder = new ModuleBuilder().function("_start", "->", "nop");
    for (int i = 0; i < 30_000; i++) {
      builder.function("f" + i, "->", "return_call 0");
    }
    byte[] functions = builder.build();
    // The types again and again, in front of the functions.
    BinaryWriter types = new BinaryWriter();
    types.u32(30_000);
    for (int i = 0; i < 30_000; i++) {
      types.raw(0x60, 0, 0);
    }
    BinaryWriter module = new BinaryWriter();
    module.raw(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
    module.section(1, types);
    module.bytes(functions, 8 + 6, functions.length); // without its own section of types
    Account account = new Account(TimeUnit.SECONDS.toNanos(60), Long.MAX_VALUE);
    try (WasmEngine engine = engine(false)) {
      LoadedModule loaded = load(engine, module.toByteArray(), Metering.NONE, account);
      assertThat(loaded.compile(account)).isFalse();
      assertThat(account.heard).containsExactly("took");
      runs(loaded);
    }
  }

  @Test
  void what_one_could_not_afford_is_kept_for_all_once_somebody_could(@TempDir Path folder)
      throws Exception {
    byte[] module = manyFunctions(20_000);
    Account poor = new Account(TOO_LITTLE, Long.MAX_VALUE);
    EngineOptions options =
        EngineOptions.DEFAULT
            .withCompileInBackground(false)
            .withCacheDirectory(folder.resolve("code"));
    try (WasmEngine engine = WasmEngine.open(options)) {
      LoadedModule loaded = load(engine, module, Metering.NONE, rich());
      assertThat(loaded.compile(poor)).isFalse();
      assertThat(loaded.kept()).isFalse();
      assertThat(loaded.compile(rich())).isTrue();
      assertThat(loaded.kept()).isTrue();
    }
    try (WasmEngine other = WasmEngine.open(options)) {
      LoadedModule loaded = load(other, module, Metering.NONE, new Account(0, 0));
      assertThat(loaded.compiled()).isTrue();
      runs(loaded);
    }
  }

  // ---- in the background ----------------------------------------------------------------------

  @Test
  void one_who_keeps_the_compiler_busy_delays_others_by_one_module() throws Exception {
    List<String> order = Collections.synchronizedList(new ArrayList<>());
    BackgroundCompiler compiler = new BackgroundCompiler();
    byte[] bytes = manyFunctions(1);
    Account busy = rich();
    Account other = rich();
    CountDownLatch started = new CountDownLatch(1);
    CountDownLatch submitted = new CountDownLatch(1);
    CountDownLatch done = new CountDownLatch(12);
    CodeKey key = new CodeKey(ModuleDigest.of(bytes), Metering.NONE);
    for (int i = 0; i < 12; i++) {
      String name = i == 11 ? "other" : "busy " + i;
      compiler.submit(
          new LoadedModule(
              key,
              ModuleDecoder.decode(bytes),
              new LoadedModule.CodeSource() {
                @Override
                public ExecutableCode current() {
                  return ExecutableCode.INTERPRETED;
                }

                @Override
                public boolean compiled() {
                  return false;
                }

                @Override
                public boolean worthCompiling(CompileAllowance allowance) {
                  return true;
                }

                @Override
                public boolean compile(CompileAllowance allowance) {
                  order.add(name);
                  started.countDown();
                  try {
                    submitted.await();
                  } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                  }
                  done.countDown();
                  if (name.equals("busy 1")) {
                    throw new IllegalStateException("the thread survives this");
                  }
                  return false;
                }

                @Override
                public boolean kept() {
                  return false;
                }
              }),
          i == 11 ? other : busy);
      if (i == 0) {
        started.await();
      }
    }
    submitted.countDown();
    done.await();
    compiler.close();
    assertThat(order.indexOf("other")).isBetween(1, 2);
  }

  @Test
  void a_module_given_up_in_the_background_leaves_others_compiled() throws Exception {
    byte[] heavy = manyFunctions(20_000);
    byte[] light = manyFunctions(3);
    Account poor =
        new Account(TOO_LITTLE, Long.MAX_VALUE) {
          @Override
          public long nanos() {
            // The same allowance pays for loading, which is to succeed.
            return Thread.currentThread().getName().equals("vivarium-compiler")
                ? super.nanos()
                : GENEROUS;
          }
        };
    try (WasmEngine engine = engine(true)) {
      load(engine, heavy, Metering.NONE, poor);
      while (!poor.heard.contains("out of time")) {
        Thread.sleep(10);
      }
      LoadedModule module = load(engine, light, Metering.NONE, rich());
      while (!module.compiled()) {
        Thread.sleep(10);
      }
      runs(module);
      assertThat(poor.memory.held()).isZero();
    }
  }
}
