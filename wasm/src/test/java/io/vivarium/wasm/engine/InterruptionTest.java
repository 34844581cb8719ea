package io.vivarium.wasm.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.vivarium.wasm.testing.ModuleBuilder;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** An interrupt ends whatever would not end by itself, or not for years. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class InterruptionTest {
  /** So many functions that call the next twice take longer than anyone waits. */
  private static final int DEPTH = 60;

  static Stream<Arguments> endless() {
    return Stream.of(Running.values())
        .flatMap(running ->
            Stream.of(
                    "loop br 0 end",
                    "loop i32.const 1 br_if 0 end",
                    "loop i32.const 0 br_table 0 0 end",
                    "loop call leaf br 0 end",
                    "loop i32.const 0 call_indirect 0 br 0 end")
                .map(code -> Arguments.of(running, code)));
  }

  @ParameterizedTest
  @MethodSource("endless")
  void a_loop_ends(Running running, String code) {
    ModuleBuilder module = new ModuleBuilder().table(1, 1);
    module.type("->");
    module.function("leaf", "->", "nop").elements(0, "leaf").function("run", "->", code);
    try (GuestInstance guest = running.instantiate(module)) {
      ends(guest, "run");
    }
  }

  @ParameterizedTest
  @EnumSource
  void calls_without_a_loop_or_recursion_end(Running running) {
    ModuleBuilder module = new ModuleBuilder().function("f0", "->", "nop");
    for (int i = 1; i <= DEPTH; i++) {
      module.function("f" + i, "->", "call f" + (i - 1) + " call f" + (i - 1));
    }
    try (GuestInstance guest = running.instantiate(module)) {
      ends(guest, "f" + DEPTH);
      guest.call("f3");
    }
  }

  private static void ends(GuestInstance guest, String function) {
    Thread runner = Thread.currentThread();
    Thread interrupter =
        Thread.ofPlatform()
            .start(() -> {
              try {
                TimeUnit.MILLISECONDS.sleep(100);
              } catch (InterruptedException e) {
                return;
              }
              runner.interrupt();
            });
    assertThatExceptionOfType(GuestInterrupted.class).isThrownBy(() -> guest.call(function));
    assertThat(Thread.interrupted()).isTrue();
    assertThat(interrupter.isInterrupted()).isFalse();
  }
}
