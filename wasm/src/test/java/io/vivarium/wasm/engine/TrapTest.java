package io.vivarium.wasm.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.vivarium.wasm.testing.ModuleBuilder;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every way a guest can trap is one exception of the right kind, and the instance goes on. */
class TrapTest {
  static Stream<Arguments> traps() {
    return Stream.of(Running.values())
        .flatMap(running ->
            Stream.of(
                    "unreachable; unreachable; UNREACHABLE",
                    "i32.const 1 i32.const 0 i32.div_s; divide; INTEGER_DIVIDE_BY_ZERO",
                    "i32.const 1 i32.const 0 i32.div_u; divide; INTEGER_DIVIDE_BY_ZERO",
                    "i32.const 1 i32.const 0 i32.rem_s; divide; INTEGER_DIVIDE_BY_ZERO",
                    "i64.const 1 i64.const 0 i64.rem_u; divide; INTEGER_DIVIDE_BY_ZERO",
                    "i64.const 1 i64.const 0 i64.div_s; divide; INTEGER_DIVIDE_BY_ZERO",
                    "i32.const 0x80000000 i32.const -1 i32.div_s; overflow; INTEGER_OVERFLOW",
                    "i64.const 0x8000000000000000 i64.const -1 i64.div_s; overflow;"
                        + " INTEGER_OVERFLOW",
                    "f64.const NaN i32.trunc_f64_s; conversion; INVALID_CONVERSION",
                    "f64.const 1e10 i32.trunc_f64_s; overflow; INTEGER_OVERFLOW",
                    "f32.const -1 i64.trunc_f32_u; overflow; INTEGER_OVERFLOW",
                    "i32.const 65533 i32.load; bounds; MEMORY_OUT_OF_BOUNDS",
                    "i32.const -1 i32.load8_u; bounds; MEMORY_OUT_OF_BOUNDS",
                    "i32.const -4 i32.load offset=4; bounds; MEMORY_OUT_OF_BOUNDS",
                    "i32.const 0x7fffffff i32.load offset=2147483649; bounds;"
                        + " MEMORY_OUT_OF_BOUNDS",
                    "i32.const 0 i64.load offset=4294967295; bounds; MEMORY_OUT_OF_BOUNDS",
                    "i32.const 65529 i64.const 1 i64.store; bounds; MEMORY_OUT_OF_BOUNDS",
                    "i32.const 65535 i32.const 1 i32.store16; bounds; MEMORY_OUT_OF_BOUNDS",
                    "i32.const 65533 f32.const 1 f32.store; bounds; MEMORY_OUT_OF_BOUNDS",
                    "i32.const -8 f64.load; bounds; MEMORY_OUT_OF_BOUNDS",
                    "i32.const 1 i32.const 0 i32.const 65536 memory.copy; bounds;"
                        + " MEMORY_OUT_OF_BOUNDS",
                    "i32.const 0 i32.const -1 i32.const 2 memory.copy; bounds;"
                        + " MEMORY_OUT_OF_BOUNDS",
                    "i32.const 0 i32.const 0 i32.const -1 memory.fill; bounds;"
                        + " MEMORY_OUT_OF_BOUNDS",
                    "i32.const -1 i32.const 0 i32.const 1 memory.fill; bounds;"
                        + " MEMORY_OUT_OF_BOUNDS",
                    "i32.const 0 i32.const 2 i32.const 2 memory.init 0; bounds;"
                        + " MEMORY_OUT_OF_BOUNDS",
                    "i32.const 0 i32.const 0 i32.const 1 memory.init 1; bounds;"
                        + " MEMORY_OUT_OF_BOUNDS",
                    "i32.const 5 call_indirect 0; undefined; TABLE_OUT_OF_BOUNDS",
                    "i32.const -1 call_indirect 0; undefined; TABLE_OUT_OF_BOUNDS",
                    "i32.const 2 call_indirect 0; uninitialized; NULL_FUNCTION",
                    "i32.const 1 call_indirect 0; mismatch; INDIRECT_CALL_TYPE_MISMATCH",
                    "i32.const 5 table.get 0; table; TABLE_OUT_OF_BOUNDS",
                    "i32.const 5 ref.null func table.set 0; table; TABLE_OUT_OF_BOUNDS",
                    "i32.const 1 ref.null func i32.const 5 table.fill 0; table;"
                        + " TABLE_OUT_OF_BOUNDS",
                    "i32.const 0 i32.const 3 i32.const 3 table.copy 0 0; table;"
                        + " TABLE_OUT_OF_BOUNDS",
                    "i32.const 0 i32.const 1 i32.const 1 table.init 1; table;"
                        + " TABLE_OUT_OF_BOUNDS",
                    "i32.const 0 i32.const 0 i32.const 1 table.init 0; table;"
                        + " TABLE_OUT_OF_BOUNDS",
                    "call run; exhausted; STACK_OVERFLOW")
                .map(line -> line.split("; ", -1))
                .map(parts ->
                    Arguments.of(running, parts[0], parts[1], TrapKind.valueOf(parts[2]))));
  }

  @ParameterizedTest
  @MethodSource("traps")
  void a_guest_traps(Running running, String code, String message, TrapKind kind) {
    ModuleBuilder module =
        new ModuleBuilder()
            .memory(1)
            .table(5, 5)
            .function("fine", "-> i32", "i32.const 42")
            .function("other", "i32 ->", "nop");
    module.type("-> i32");
    module
        .function("run", "->", code + " unreachable")
        .elements(0, "fine", "other")
        .passiveElements("fine")
        .passiveData((byte) 1, (byte) 2, (byte) 3)
        .data(0, (byte) 9);
    try (GuestInstance guest = running.instantiate(module)) {
      assertThatExceptionOfType(GuestTrap.class)
          .isThrownBy(() -> guest.call("run"))
          .satisfies(trap -> assertThat(trap.kind()).as(trap.getMessage()).isEqualTo(kind))
          .withMessageContaining(message);
      assertThat(guest.call("fine")).containsExactly(42);
      assertThat(Thread.interrupted()).isFalse();
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_store_that_lies_partly_outside_changes_nothing(Running running) {
    ModuleBuilder module =
        new ModuleBuilder()
            .memory(1)
            .function("store", "i32 ->", "local.get 0 i64.const -1 i64.store")
            .function("vector", "i32 ->", "local.get 0 v128.const -1 -1 v128.store");
    try (GuestInstance guest = running.instantiate(module)) {
      for (String store : new String[] {"store", "vector"}) {
        assertThatExceptionOfType(GuestTrap.class).isThrownBy(() -> guest.call(store, 65_530));
        assertThat(guest.memory().getShort(65_530)).isZero();
        assertThat(guest.memory().getInt(65_532)).isZero();
      }
    }
  }
}
