package io.vivarium.wasm.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vivarium.wasm.testing.ModuleBuilder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a module can do and what comes out of it, interpreted and compiled. */
class GuestInstanceTest {
  @ParameterizedTest
  @EnumSource
  void functions_take_and_return_every_numeric_type(Running running) {
    ModuleBuilder module =
        new ModuleBuilder()
            .function("i32", "i32 -> i32", "local.get 0 i32.const 1 i32.sub")
            .function("i64", "i64 -> i64", "local.get 0 i64.const 1 i64.sub")
            .function("f32", "f32 -> f32", "local.get 0 f32.neg")
            .function("f64", "f64 -> f64", "local.get 0 f64.neg")
            .function("none", "->", "nop")
            .function("two", "i32 i64 -> i64 i32", "local.get 1 local.get 0");
    try (GuestInstance guest = running.instantiate(module)) {
      assertThat(guest.call("i32", 0)).containsExactly(-1);
      assertThat(guest.call("i32", 0xffff_ffff_0000_0005L)).containsExactly(4);
      assertThat(guest.call("i64", Long.MIN_VALUE)).containsExactly(Long.MAX_VALUE);
      assertThat(Float.intBitsToFloat((int) guest.call("f32", Float.floatToRawIntBits(1.5f))[0]))
          .isEqualTo(-1.5f);
      assertThat(Double.longBitsToDouble(guest.call("f64", Double.doubleToRawLongBits(2.5))[0]))
          .isEqualTo(-2.5);
      assertThat(guest.call("none")).isEmpty();
      assertThat(guest.call("two", 7, 8)).containsExactly(8, 7);
    }
  }

  @ParameterizedTest
  @EnumSource
  void host_functions_get_sign_extended_arguments_and_the_context_of_the_instance(Running running)
      throws Exception {
    List<String> seen = new ArrayList<>();
    ModuleBuilder module =
        new ModuleBuilder()
            .importFunction("env", "host", "i32 i64 f32 f64 -> i32")
            .function(
                "run",
                "-> i32",
                "i32.const -2 i64.const -3 f32.const 1.5 f64.const -2.5 call host i32.const 1"
                    + " i32.add");
    HostFunction host =
        (guest, arguments) -> {
          seen.add(
              guest.context()
                  + " "
                  + arguments[0]
                  + " "
                  + arguments[1]
                  + " "
                  + Float.intBitsToFloat((int) arguments[2])
                  + " "
                  + Double.longBitsToDouble(arguments[3]));
          return 0xff_0000_0005L;
        };
    try (GuestInstance guest =
        running.load(module.build()).instantiate(i -> host, InstanceLimits.DEFAULT, "process")) {
      assertThat(guest.call("run")).containsExactly(6);
    }
    assertThat(seen).containsExactly("process -2 -3 1.5 -2.5");
  }

  @ParameterizedTest
  @EnumSource
  void a_host_function_can_call_back_into_the_guest(Running running) {
    ModuleBuilder module =
        new ModuleBuilder()
            .importFunction("env", "again", "i32 -> i32")
            .function(
                "sum",
                "i32 -> i32",
                "local.get 0 i32.eqz if i32 i32.const 0 else local.get 0 i32.const 1 i32.sub"
                    + " call again local.get 0 i32.add end");
    HostFunction again = (guest, arguments) -> guest.call("sum", arguments[0])[0];
    try (GuestInstance guest = running.instantiate(module, i -> again, InstanceLimits.DEFAULT)) {
      assertThat(guest.call("sum", 100)).containsExactly(5050);
    }
  }

  @ParameterizedTest
  @EnumSource
  void what_a_host_function_throws_comes_out_unchanged(Running running) {
    class ProcessExit extends RuntimeException {}
    ProcessExit exit = new ProcessExit();
    ModuleBuilder module =
        new ModuleBuilder()
            .importFunction("env", "exit", "->")
            .function("nested", "->", "call exit")
            .function("run", "->", "call nested unreachable");
    HostFunction host =
        (guest, arguments) -> {
          throw exit;
        };
    try (GuestInstance guest = running.instantiate(module, i -> host, InstanceLimits.DEFAULT)) {
      assertThatThrownBy(() -> guest.call("run")).isSameAs(exit);
      assertThatThrownBy(() -> guest.call("run")).isSameAs(exit);
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_bad_pointer_that_a_host_function_does_not_handle_is_a_trap(Running running) {
    ModuleBuilder module =
        new ModuleBuilder()
            .importFunction("env", "read", "i32 -> i32")
            .memory(1)
            .function("run", "i32 -> i32", "local.get 0 call read");
    HostFunction read = (guest, arguments) -> guest.memory().getInt((int) arguments[0]);
    try (GuestInstance guest = running.instantiate(module, i -> read, InstanceLimits.DEFAULT)) {
      assertThat(guest.call("run", 65_532)).containsExactly(0);
      for (int bad : new int[] {65_533, 65_536, -1, -4, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
        assertThatExceptionOfType(GuestTrap.class)
            .isThrownBy(() -> guest.call("run", bad))
            .extracting(GuestTrap::kind)
            .isEqualTo(TrapKind.MEMORY_OUT_OF_BOUNDS);
      }
    }
  }

  @Test
  void missing_imports_are_all_named() {
    ModuleBuilder module =
        new ModuleBuilder()
            .importFunction("env", "present", "->")
            .importFunction("env", "absent", "i32 -> i32")
            .importFunction("other", "gone", "->");
    assertThatThrownBy(() ->
            Running.INTERPRETED
                .load(module.build())
                .instantiate(
                    i -> i.name().equals("present") ? (guest, arguments) -> 0 : null,
                    InstanceLimits.DEFAULT,
                    null))
        .isInstanceOfSatisfying(
            LinkFailure.class,
            failure ->
                assertThat(failure.missing())
                    .extracting(ImportedFunction::name)
                    .containsExactly("absent", "gone"))
        .hasMessageContaining("env.absent [I32] -> [I32]");
  }

  @Test
  void imports_and_exports_can_be_asked_for() throws Exception {
    GuestModule module =
        Running.INTERPRETED.load(
            new ModuleBuilder()
                .importFunction("a", "f", "i32 i64 -> f32")
                .memory(1)
                .function("run", "i32 -> i64", "i64.const 0")
                .build());
    assertThat(module.imports())
        .containsExactly(
            new ImportedFunction(
                "a",
                "f",
                new Signature(List.of(ValueType.I32, ValueType.I64), List.of(ValueType.F32))));
    assertThat(module.exportsFunction("run")).isTrue();
    assertThat(module.exportsFunction("memory")).isFalse();
    assertThat(module.exportedFunction("run"))
        .isEqualTo(new Signature(List.of(ValueType.I32), List.of(ValueType.I64)));
    assertThat(module.exportedFunction("absent")).isNull();
  }

  @Test
  void only_functions_can_be_imported() {
    assertThatThrownBy(
            () -> Running.INTERPRETED.instantiate(new ModuleBuilder().importMemory("env", "m")))
        .hasCauseInstanceOf(LinkFailure.class)
        .hasMessageContaining("env.m");
  }

  @ParameterizedTest
  @EnumSource
  void the_start_function_runs_on_instantiation_and_its_trap_closes_the_instance(Running running)
      throws Exception {
    ModuleBuilder good =
        new ModuleBuilder()
            .global("g", "i32", "i32.const 1")
            .function("init", "->", "i32.const 41 global.set g")
            .function("get", "-> i32", "global.get g")
            .start("init");
    try (GuestInstance guest = running.instantiate(good)) {
      assertThat(guest.call("get")).containsExactly(41);
    }
    MemoryBudget memory = new MemoryBudget(Long.MAX_VALUE);
    GuestModule bad =
        running.load(
            new ModuleBuilder()
                .memory(3)
                .function("init", "->", "unreachable")
                .start("init")
                .build());
    assertThatExceptionOfType(GuestTrap.class)
        .isThrownBy(() ->
            bad.instantiate(
                Running.NO_IMPORTS, InstanceLimits.DEFAULT.withAdmission(memory), null));
    assertThat(memory.held()).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void a_closed_instance_refuses_calls_and_can_be_closed_again(Running running) {
    GuestInstance guest =
        running.instantiate(new ModuleBuilder().memory(1).function("f", "->", "nop"));
    guest.close();
    guest.close();
    assertThat(guest.memory().size()).isZero();
    assertThatThrownBy(() -> guest.call("f")).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void calling_what_is_not_there_or_with_other_arguments_is_refused() {
    try (GuestInstance guest =
        Running.INTERPRETED.instantiate(
            new ModuleBuilder().memory(1).function("f", "i32 ->", "nop"))) {
      assertThatThrownBy(() -> guest.call("g")).isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> guest.call("memory")).isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> guest.call("f")).isInstanceOf(IllegalArgumentException.class);
    }
  }

  @ParameterizedTest
  @EnumSource
  void instances_of_a_module_share_nothing(Running running) throws Exception {
    GuestModule module =
        running.load(
            new ModuleBuilder()
                .memory(1)
                .table(1, 10)
                .global("g", "i32", "i32.const 0")
                .passiveData((byte) 1)
                .passiveElements("size")
                .function("size", "-> i32", "table.size 0")
                .function(
                    "change",
                    "->",
                    "i32.const 9 global.set g i32.const 0 i32.const 7 i32.store"
                        + " ref.null func i32.const 5 table.grow 0 drop data.drop 0 elem.drop 0")
                .function(
                    "see",
                    "-> i32",
                    "global.get g i32.const 0 i32.load i32.add table.size 0 i32.add"
                        + " i32.const 8 i32.const 0 i32.const 1 memory.init 0"
                        + " i32.const 0 i32.const 0 i32.const 1 table.init 0")
                .build());
    try (GuestInstance one = module.instantiate(Running.NO_IMPORTS, InstanceLimits.DEFAULT, null);
        GuestInstance two = module.instantiate(Running.NO_IMPORTS, InstanceLimits.DEFAULT, null)) {
      one.call("change");
      assertThat(two.call("see")).containsExactly(1);
      try (GuestInstance three =
          module.instantiate(Running.NO_IMPORTS, InstanceLimits.DEFAULT, null)) {
        assertThat(three.call("see")).containsExactly(1);
      }
    }
  }
}
