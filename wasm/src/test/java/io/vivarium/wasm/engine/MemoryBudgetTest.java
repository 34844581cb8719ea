package io.vivarium.wasm.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A budget is exact, whoever asks. */
class MemoryBudgetTest {
  @Test
  void what_fits_exactly_is_admitted_and_one_byte_more_is_not() {
    MemoryBudget budget = new MemoryBudget(100);
    assertThat(budget.tryAcquire(101)).isFalse();
    assertThat(budget.tryAcquire(60)).isTrue();
    assertThat(budget.tryAcquire(41)).isFalse();
    assertThat(budget.tryAcquire(40)).isTrue();
    assertThat(budget.tryAcquire(1)).isFalse();
    assertThat(budget.held()).isEqualTo(100);
    budget.release(10);
    assertThat(budget.tryAcquire(Long.MAX_VALUE)).isFalse();
    assertThat(budget.tryAcquire(10)).isTrue();
  }

  @Test
  void memory_is_ample_while_half_of_it_is_left() {
    MemoryBudget budget = new MemoryBudget(100);
    assertThat(budget.ample(50)).isTrue();
    assertThat(budget.ample(51)).isFalse();
    assertThat(budget.tryAcquire(40)).isTrue();
    assertThat(budget.ample(10)).isTrue();
    assertThat(budget.ample(11)).isFalse();
    assertThat(budget.tryAcquire(60)).isTrue();
    assertThat(budget.ample(1)).isFalse();
  }

  @Test
  void the_default_leaves_the_application_half_of_the_heap() {
    assertThat(MemoryBudget.defaultLimit())
        .isPositive()
        .isLessThanOrEqualTo(Runtime.getRuntime().maxMemory() / 2);
    assertThat(new MemoryBudget(0).tryAcquire(1)).isFalse();
    assertThatIllegalArgumentException().isThrownBy(() -> new MemoryBudget(-1));
  }

  @Test
  void threads_that_take_and_give_never_hold_more_than_the_limit() {
    MemoryBudget budget = new MemoryBudget(1_000);
    List<CompletableFuture<Void>> users = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      Random random = new Random(i);
      users.add(CompletableFuture.runAsync(() -> use(budget, random)));
    }
    users.forEach(CompletableFuture::join);
    assertThat(budget.held()).isZero();
  }

  private static void use(MemoryBudget budget, Random random) {
    for (int i = 0; i < 20_000; i++) {
      int bytes = 1 + random.nextInt(600);
      if (budget.tryAcquire(bytes)) {
        assertThat(budget.held()).isBetween((long) bytes, budget.limit());
        budget.release(bytes);
      }
    }
  }
}
