package io.vivarium.wasm.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.vivarium.wasm.engine.binary.VectorOpcode;
import io.vivarium.wasm.testing.ModuleBuilder;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Vector instructions, lowered to scalar ones, give what V8 gives. */
class VectorTest {
  @ParameterizedTest
  @EnumSource
  void every_vector_instruction_gives_what_v8_gives(Running running) throws Exception {
    byte[] operands = VectorCases.operands();
    Map<String, String> digests = new TreeMap<>();
    try (GuestInstance guest =
        running
            .load(VectorCases.module())
            .instantiate(Running.NO_IMPORTS, InstanceLimits.DEFAULT, null)) {
      for (String function : VectorCases.functions().keySet()) {
        digests.put(function, VectorOracle.digest(function, results(guest, function, operands)));
      }
    }
    assertThat(digests).isEqualTo(new TreeMap<>(VectorOracle.kept()));
  }

  private static byte[] results(GuestInstance guest, String function, byte[] operands) {
    byte[] results = new byte[VectorCases.ROUNDS * VectorCases.RESULT];
    for (int i = 0; i < VectorCases.ROUNDS; i++) {
      guest.memory().copyIn(0, new byte[256], 0, 256);
      int from = i * VectorCases.OPERANDS;
      guest.memory().copyIn(0, operands, from, VectorCases.OPERANDS);
      guest.call(function);
      byte[] result = guest.memory().copy(VectorCases.OPERANDS, VectorCases.RESULT);
      System.arraycopy(result, 0, results, i * VectorCases.RESULT, VectorCases.RESULT);
    }
    return results;
  }

  @Test
  void all_236_instructions_of_the_specification_are_tried() {
    String tried = String.join("\n", VectorCases.functions().values());
    int count = 0;
    for (int opcode = 0; opcode < VectorOpcode.COUNT; opcode++) {
      if (VectorOpcode.assigned(opcode)) {
        assertThat(tried).contains(VectorOpcode.name(opcode));
        count++;
      }
    }
    assertThat(count).isEqualTo(236);
  }

  @ParameterizedTest
  @EnumSource
  void vector_accesses_outside_the_memory_trap(Running running) {
    ModuleBuilder module = new ModuleBuilder().memory(1);
    for (String name : VectorOpcode.names()) {
      if (name.startsWith("v128.load")) {
        String vector = name.endsWith("_lane") ? "v128.const 0 0 " : "";
        module.function(name, "i32 ->", "local.get 0 " + vector + name + " drop");
        module.function(
            name + "+", "i32 ->", "local.get 0 " + vector + name + " offset=4294967295 drop");
      } else if (name.startsWith("v128.store")) {
        module.function(name, "i32 ->", "local.get 0 v128.const -1 -1 " + name);
        module.function(
            name + "+", "i32 ->", "local.get 0 v128.const -1 -1 " + name + " offset=4294967295");
      }
    }
    try (GuestInstance guest = running.instantiate(module)) {
      for (String name : VectorOpcode.names()) {
        if (name.startsWith("v128.load") || name.startsWith("v128.store")) {
          int bytes = accessed(name);
          guest.call(name, 65_536 - bytes);
          for (long bad : new long[] {65_537 - bytes, 65_536, -1, -8, 0x8000_0000L}) {
            assertThatExceptionOfType(GuestTrap.class)
                .as("%s at %d", name, bad)
                .isThrownBy(() -> guest.call(name, bad))
                .satisfies(
                    trap -> assertThat(trap.kind()).isEqualTo(TrapKind.MEMORY_OUT_OF_BOUNDS));
          }
          assertThatExceptionOfType(GuestTrap.class).isThrownBy(() -> guest.call(name + "+", 0));
          assertThatExceptionOfType(GuestTrap.class).isThrownBy(() -> guest.call(name + "+", 1));
        }
      }
    }
  }

  private static int accessed(String name) {
    if (name.equals("v128.load") || name.equals("v128.store")) {
      return 16;
    }
    if (name.matches("v128.load\\d+x.*")) {
      return 8;
    }
    return Integer.parseInt(name.replaceAll("v128[.]\\D+(\\d+)_.*", "$1")) / 8;
  }
}
