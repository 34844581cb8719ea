package io.vivarium.wasm.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.vivarium.wasm.testing.ModuleBuilder;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Comparisons mean the same whatever is done with their result. */
final class ComparisonTest {
  private static final List<String> TWO_OPERANDS =
      List.of("eq", "ne", "lt_s", "lt_u", "gt_s", "gt_u", "le_s", "le_u", "ge_s", "ge_u");

  private static final List<Long> INTS =
      List.of(0L, 1L, 2L, -1L, (long) Integer.MIN_VALUE, (long) Integer.MAX_VALUE);

  private static final List<Long> LONGS =
      List.of(0L, 1L, -1L, 1L << 32, Long.MIN_VALUE, Long.MAX_VALUE);

  /** Ways to use a condition, each of which answers it; # stands for the code of the condition. */
  private static final List<String> USES =
      List.of(
          "#",
          "# if i32.const 1 return end i32.const 0",
          "block # br_if 0 i32.const 0 return end i32.const 1",
          "# i32.eqz if i32.const 0 return end i32.const 1",
          "block # i32.eqz br_if 0 i32.const 1 return end i32.const 0",
          "# i32.eqz i32.eqz if i32.const 1 return end i32.const 0",
          "i32.const 1 i32.const 0 # select",
          "i32.const 0 i32.const 1 # i32.eqz select");

  @ParameterizedTest
  @EnumSource
  void a_comparison_means_the_same_wherever_it_is_used(Running running) {
    ModuleBuilder module = new ModuleBuilder();
    for (String type : List.of("i32", "i64")) {
      for (int use = 0; use < USES.size(); use++) {
        for (String comparison : TWO_OPERANDS) {
          String condition = "local.get 0 local.get 1 " + type + "." + comparison;
          module.function(
              name(type, comparison, use),
              type + " " + type + " -> i32",
              USES.get(use).replace("#", condition));
        }
        module.function(
            name(type, "eqz", use),
            type + " -> i32",
            USES.get(use).replace("#", "local.get 0 " + type + ".eqz"));
      }
    }
    try (GuestInstance guest =
        running.instantiate(module, Running.NO_IMPORTS, InstanceLimits.DEFAULT)) {
      check(guest, "i32", INTS);
      check(guest, "i64", LONGS);
    }
  }

  @ParameterizedTest
  @EnumSource
  void numbers_are_widened(Running running) {
    ModuleBuilder module =
        new ModuleBuilder()
            .function("byte", "i32 -> i32", "local.get 0 i32.extend8_s")
            .function("short", "i32 -> i32", "local.get 0 i32.extend16_s")
            .function("unsigned", "i32 -> i64", "local.get 0 i64.extend_i32_u")
            .function(
                "negative",
                "i32 -> i32",
                "block local.get 0 i32.extend8_s i32.eqz br_if 0"
                    + " i32.const 1 return end i32.const 0");
    try (GuestInstance guest = running.instantiate(module)) {
      assertThat(guest.call("byte", 0x1_80)).containsExactly(-128);
      assertThat(guest.call("short", 0x1_8000)).containsExactly(-32768);
      assertThat(guest.call("unsigned", -1)).containsExactly(0xffff_ffffL);
      assertThat(guest.call("negative", 0x1_00)).containsExactly(0);
      assertThat(guest.call("negative", 0x1_01)).containsExactly(1);
    }
  }

  private static void check(GuestInstance guest, String type, List<Long> operands) {
    for (int use = 0; use < USES.size(); use++) {
      for (long a : operands) {
        assertThat(guest.call(name(type, "eqz", use), a)).containsExactly(a == 0 ? 1 : 0);
        for (long b : operands) {
          for (String comparison : TWO_OPERANDS) {
            assertThat(guest.call(name(type, comparison, use), a, b))
                .as("%s.%s of %d and %d in: %s", type, comparison, a, b, USES.get(use))
                .containsExactly(expected(comparison, a, b) ? 1 : 0);
          }
        }
      }
    }
  }

  /** Numbers of 32 bits are sign-extended, which changes no unsigned order either. */
  private static boolean expected(String comparison, long a, long b) {
    int order = comparison.endsWith("_u") ? Long.compareUnsigned(a, b) : Long.compare(a, b);
    return switch (comparison.substring(0, 2)) {
      case "eq" -> order == 0;
      case "ne" -> order != 0;
      case "lt" -> order < 0;
      case "gt" -> order > 0;
      case "le" -> order <= 0;
      default -> order >= 0;
    };
  }

  private static String name(String type, String comparison, int use) {
    return type + "." + comparison + "." + use;
  }
}
