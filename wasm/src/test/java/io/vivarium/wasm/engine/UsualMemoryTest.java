package io.vivarium.wasm.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.vivarium.wasm.testing.ModuleBuilder;
import org.junit.jupiter.api.Test;

final class UsualMemoryTest {
  private static final int INITIAL = 2 << 20;
  private static final int GROWN = 3 << 20;

  private final UsualMemory usual = new UsualMemory();

  @Test
  void knows_nothing_at_first() {
    assertThat(usual.capacity(INITIAL)).isEqualTo(INITIAL);
  }

  @Test
  void once_is_not_usual_but_twice_is() {
    usual.ended(GROWN);
    assertThat(usual.capacity(INITIAL)).isEqualTo(INITIAL);
    usual.ended(GROWN);
    assertThat(usual.capacity(INITIAL)).isEqualTo(GROWN);
  }

  @Test
  void one_large_instance_changes_nothing() {
    usual.ended(GROWN);
    usual.ended(GROWN);
    usual.ended(1 << 30);
    assertThat(usual.capacity(INITIAL)).isEqualTo(GROWN);
  }

  @Test
  void small_instances_make_it_small_again() {
    usual.ended(GROWN);
    usual.ended(GROWN);
    usual.ended(INITIAL);
    assertThat(usual.capacity(INITIAL)).isEqualTo(INITIAL);
  }

  @Test
  void much_more_is_not_given_ahead() {
    usual.ended(1 << 30);
    usual.ended(1 << 30);
    assertThat(usual.capacity(INITIAL)).isEqualTo(INITIAL);
  }

  @Test
  void instances_get_room_for_what_others_grew_to_where_there_is_plenty() throws Exception {
    MemoryBudget plenty = new MemoryBudget(1 << 30);
    MemoryBudget scarce = new MemoryBudget(40 * InstanceLimits.PAGE);
    GuestModule module =
        Running.INTERPRETED.load(
            new ModuleBuilder()
                .memory(2)
                .function("_start", "->", "i32.const 20 memory.grow drop")
                .function("pages", "->i32", "memory.size")
                .build());
    long first = heldAtStart(module, plenty);
    heldAtStart(module, plenty);
    assertThat(heldAtStart(module, plenty) - first).isEqualTo(20L * InstanceLimits.PAGE);
    assertThat(heldAtStart(module, scarce)).isEqualTo(first);
    assertThat(plenty.held()).isZero();
    assertThat(scarce.held()).isZero();
  }

  /** Runs an instance to its end. */
  private static long heldAtStart(GuestModule module, MemoryBudget budget) throws Exception {
    InstanceLimits limits = new InstanceLimits(100, 0, budget, null);
    try (GuestInstance guest = module.instantiate(Running.NO_IMPORTS, limits, null)) {
      long held = budget.held();
      assertThat(guest.call("pages")).containsExactly(2);
      guest.call("_start");
      assertThat(guest.call("pages")).containsExactly(22);
      return held;
    }
  }
}
