package io.vivarium.wasm.attack;

import static io.vivarium.wasm.attack.Call.CREAT;
import static io.vivarium.wasm.attack.Call.EXCL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.vivarium.wasm.attack.QuotaAttacker.Full;
import io.vivarium.wasm.attack.QuotaStore.Kind;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A WebAssembly program that tries to store more than there is room for, by every call that makes
 * something grow, wherever files can be.
 */
@Timeout(60)
class GuestQuotaTest {
  /** More steps than any attack can take; who takes them all has got around the quota. */
  private static final int TOO_MANY = 20_000;

  @TempDir private Path host;

  static Stream<Arguments> attacks() {
    return Stream.of(QuotaAttack.values())
        .flatMap(attack -> attack.kinds().stream().map(kind -> Arguments.of(attack, kind)));
  }

  /**
   * Steps succeed until one finds no room. Then that finds none again, and each time nothing has
   * changed; when something else is deleted, it works.
   */
  @ParameterizedTest
  @MethodSource("attacks")
  void growth_ends_at_the_quota_and_what_does_not_fit_changes_nothing(QuotaAttack attack, Kind kind)
      throws Full {
    try (QuotaStore store = QuotaStore.open(kind, host);
        QuotaAttacker attacker = new QuotaAttacker(store)) {
      attacker.close(attacker.open("/q/kept", CREAT | EXCL, 0));
      attacker.grow(Call.mkdir("/q/held"));
      Ballast ballast = new Ballast(attacker);
      int steps = exhaust(attacker, attack);
      assertThat(steps).as("steps that worked").isPositive();
      ballast.drop();
      attack.step(attacker, steps);
      attacker.assertCounted();
    }
  }

  private static int exhaust(QuotaAttacker attacker, QuotaAttack attack) {
    for (int i = 0; i < TOO_MANY; i++) {
      try {
        attack.step(attacker, i);
      } catch (Full e) {
        attacker.assertCounted();
        int number = i;
        assertThatExceptionOfType(Full.class).isThrownBy(() -> attack.step(attacker, number));
        attacker.assertCounted();
        return i;
      }
    }
    throw new AssertionError("no limit after " + TOO_MANY + " steps");
  }

  /** What is deleted to make room. */
  private static final class Ballast {
    private static final int FILES = 3;

    private final QuotaAttacker attacker;

    Ballast(QuotaAttacker attacker) throws Full {
      this.attacker = attacker;
      for (int i = 0; i < FILES; i++) {
        int fd = attacker.open("/q/ballast" + i, CREAT | EXCL, 0);
        attacker.write(fd, 4096);
        attacker.close(fd);
      }
    }

    void drop() {
      for (int i = 0; i < FILES; i++) {
        attacker.call(Call.unlink("/q/ballast" + i));
      }
    }
  }
}
