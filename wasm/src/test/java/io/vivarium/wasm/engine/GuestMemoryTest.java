package io.vivarium.wasm.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vivarium.wasm.testing.ModuleBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Guest memory: bounds, growth, admission, and what the host sees of it. */
class GuestMemoryTest {
  private static ModuleBuilder growing(int initial, int maximum) {
    return new ModuleBuilder()
        .memory(initial, maximum)
        .function("grow", "i32 -> i32", "local.get 0 memory.grow")
        .function("size", "-> i32", "memory.size")
        .function("get", "i32 -> i32", "local.get 0 i32.load8_u");
  }

  @ParameterizedTest
  @EnumSource
  void memory_grows_to_what_the_module_declares(Running running) {
    try (GuestInstance guest = running.instantiate(growing(1, 3))) {
      assertThat(guest.call("grow", 1)).containsExactly(1);
      assertThat(guest.call("grow", 0)).containsExactly(2);
      assertThat(guest.call("grow", 2)).containsExactly(-1);
      assertThat(guest.call("grow", 1)).containsExactly(2);
      assertThat(guest.call("grow", 1)).containsExactly(-1);
      assertThat(guest.call("size")).containsExactly(3);
      assertThat(guest.memory().size()).isEqualTo(3 * 65_536);
    }
  }

  @ParameterizedTest
  @EnumSource
  void memory_grows_to_the_limit_and_no_further(Running running) {
    InstanceLimits limits = InstanceLimits.DEFAULT.withMemoryPages(10);
    try (GuestInstance guest =
        running.instantiate(growing(1, 65_536), Running.NO_IMPORTS, limits)) {
      for (int tooMany : new int[] {10, 65_535, -1, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
        assertThat(guest.call("grow", tooMany)).containsExactly(-1);
      }
      assertThat(guest.call("grow", 9)).containsExactly(1);
      assertThat(guest.call("grow", 1)).containsExactly(-1);
      assertThat(guest.memory().pages()).isEqualTo(10);
    }
  }

  @ParameterizedTest
  @EnumSource
  void growth_that_is_not_admitted_answers_minus_one_and_everything_is_given_back(Running running) {
    MemoryBudget admission = new MemoryBudget(5 * 65_536);
    InstanceLimits limits = InstanceLimits.DEFAULT.withAdmission(admission);
    try (GuestInstance guest =
        running.instantiate(growing(2, 65_536), Running.NO_IMPORTS, limits)) {
      assertThat(admission.held()).isGreaterThanOrEqualTo(2 * 65_536);
      assertThat(guest.call("grow", 100)).containsExactly(-1);
      assertThat(guest.call("grow", 2)).containsExactly(2);
      assertThat(admission.held()).isLessThanOrEqualTo(5 * 65_536);
      assertThat(guest.call("grow", 100)).containsExactly(-1);
    }
    assertThat(admission.held()).isZero();
  }

  @Test
  void an_instance_whose_memory_is_not_admitted_does_not_come_to_be() throws Exception {
    GuestModule module = Running.INTERPRETED.load(growing(3, 10).build());
    MemoryBudget little = new MemoryBudget(2 * 65_536);
    assertThatThrownBy(() ->
            module.instantiate(
                Running.NO_IMPORTS, InstanceLimits.DEFAULT.withAdmission(little), null))
        .isInstanceOf(LinkFailure.class)
        .hasMessageContaining("3 pages");
    assertThat(little.held()).isZero();
    assertThatThrownBy(() ->
            module.instantiate(Running.NO_IMPORTS, InstanceLimits.DEFAULT.withMemoryPages(2), null))
        .isInstanceOf(LinkFailure.class)
        .hasMessageContaining("the limit is 2");
  }

  @ParameterizedTest
  @EnumSource
  void bytes_beyond_the_size_are_out_of_bounds_although_the_array_is_longer(Running running) {
    try (GuestInstance guest = running.instantiate(growing(1, 100))) {
      guest.call("grow", 1);
      assertThat(guest.memory().array().length).isGreaterThan(2 * 65_536);
      assertThat(guest.call("get", 2 * 65_536 - 1)).containsExactly(0);
      assertThatThrownBy(() -> guest.call("get", 2 * 65_536)).isInstanceOf(GuestTrap.class);
      assertThatThrownBy(() -> guest.memory().getByte(2 * 65_536)).isInstanceOf(MemoryFault.class);
    }
  }

  @Test
  void growth_keeps_the_contents() {
    try (GuestInstance guest = Running.COMPILED.instantiate(growing(1, 5_000))) {
      guest.memory().putInt(65_532, 0xcafe);
      guest.call("grow", 4_000);
      assertThat(guest.memory().getInt(65_532)).isEqualTo(0xcafe);
      assertThat(guest.memory().getInt(4_000 * 65_536)).isZero();
    }
  }

  @Test
  void the_host_reads_and_writes_little_endian_numbers_and_ranges() {
    try (GuestInstance guest = Running.INTERPRETED.instantiate(growing(1, 1))) {
      GuestMemory memory = guest.memory();
      memory.putLong(8, 0x0102_0304_0506_0708L);
      assertThat(memory.getByte(8)).isEqualTo(8);
      assertThat(memory.getShort(8)).isEqualTo(0x0708);
      assertThat(memory.getInt(12)).isEqualTo(0x0102_0304);
      memory.putShort(0, 0xffff_fffe);
      assertThat(memory.getShort(0)).isEqualTo(0xfffe);
      memory.putByte(2, 0x1ff);
      assertThat(memory.getByte(2)).isEqualTo(0xff);
      memory.copyIn(100, new byte[] {1, 2, 3, 4}, 1, 2);
      assertThat(memory.copy(99, 4)).containsExactly(0, 2, 3, 0);
      byte[] target = new byte[4];
      memory.copyOut(100, target, 2, 2);
      assertThat(target).containsExactly(0, 0, 2, 3);
      memory.set(200, 3, 7);
      assertThat(memory.buffer(199, 5).getInt()).isEqualTo(0x0707_0700);
      assertThat(memory.array()[memory.offset(201, 1)]).isEqualTo((byte) 7);
    }
  }

  @Test
  void ranges_are_checked_without_overflow() {
    try (GuestInstance guest = Running.INTERPRETED.instantiate(growing(1, 1))) {
      GuestMemory memory = guest.memory();
      assertThat(memory.contains(0, 65_536)).isTrue();
      assertThat(memory.contains(65_536, 0)).isTrue();
      assertThat(memory.contains(65_537, 0)).isFalse();
      assertThat(memory.contains(1, 65_536)).isFalse();
      assertThat(memory.contains(-1, 1)).isFalse();
      assertThat(memory.contains(-1, 2)).isFalse();
      assertThat(memory.contains(1, -1)).isFalse();
      assertThat(memory.contains(Integer.MIN_VALUE, Integer.MIN_VALUE)).isFalse();
      assertThatThrownBy(() -> memory.copy(0, -1)).isInstanceOf(MemoryFault.class);
      assertThatThrownBy(() -> memory.set(65_535, 2, 0)).isInstanceOf(MemoryFault.class);
      assertThatThrownBy(() -> memory.putLong(-8, 0)).isInstanceOf(MemoryFault.class);
    }
  }

  @ParameterizedTest
  @EnumSource
  void tables_grow_within_their_limits(Running running) {
    ModuleBuilder module =
        new ModuleBuilder()
            .table(2, 1_000_000)
            .function("grow", "i32 -> i32", "ref.null func local.get 0 table.grow 0");
    MemoryBudget admission = new MemoryBudget(Long.MAX_VALUE);
    InstanceLimits limits = new InstanceLimits(1, 10, admission, null);
    try (GuestInstance guest = running.instantiate(module, Running.NO_IMPORTS, limits)) {
      assertThat(guest.call("grow", 9)).containsExactly(-1);
      assertThat(guest.call("grow", -1)).containsExactly(-1);
      long before = admission.held();
      assertThat(guest.call("grow", 8)).containsExactly(2);
      assertThat(guest.call("grow", 1)).containsExactly(-1);
      assertThat(admission.held() - before).isEqualTo(32);
    }
    assertThat(admission.held()).isZero();
  }

  @Test
  void a_module_with_too_many_table_elements_does_not_come_to_be() throws Exception {
    GuestModule module =
        Running.INTERPRETED.load(new ModuleBuilder().table(10_000_000, 10_000_000).build());
    assertThatThrownBy(() -> module.instantiate(Running.NO_IMPORTS, InstanceLimits.DEFAULT, null))
        .isInstanceOf(LinkFailure.class)
        .hasMessageContaining("10000000 table elements");
  }

  @Test
  void segments_outside_memory_or_table_are_link_failures() {
    assertThatThrownBy(() ->
            Running.INTERPRETED.instantiate(
                new ModuleBuilder().memory(1).data(65_535, (byte) 1, (byte) 2)))
        .hasCauseInstanceOf(LinkFailure.class);
    assertThatThrownBy(
            () -> Running.INTERPRETED.instantiate(new ModuleBuilder().memory(1).data(-1, (byte) 1)))
        .hasCauseInstanceOf(LinkFailure.class);
    assertThatThrownBy(() ->
            Running.INTERPRETED.instantiate(
                new ModuleBuilder().table(1, 1).function("f", "->", "nop").elements(1, "f")))
        .hasCauseInstanceOf(LinkFailure.class);
  }
}
