package io.vivarium.kernel.limit;

import static io.vivarium.kernel.errno.Errno.ENOSPC;
import static io.vivarium.kernel.file.Errnos.assertFails;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class StorageLedgerTest {
  private final StorageLedger ledger = new StorageLedger(new StorageLimits(100, 10, 1000));

  @Test
  void growth_up_to_the_limit_is_charged() {
    ledger.charge(100, 10, 1000);
    assertThat(ledger.bytes()).isEqualTo(100);
    assertThat(ledger.inodes()).isEqualTo(10);
    assertThat(ledger.residentBytes()).isEqualTo(1000);
    assertThat(ledger.freeBytes()).isZero();
    assertThat(ledger.freeResidentBytes()).isZero();
  }

  @Test
  void growth_beyond_any_limit_is_refused_and_changes_nothing() {
    ledger.charge(50, 5, 500);
    assertFails(ENOSPC, () -> ledger.charge(51, 1, 1));
    assertFails(ENOSPC, () -> ledger.charge(1, 6, 1));
    assertFails(ENOSPC, () -> ledger.charge(1, 1, 501));
    assertThat(ledger.tryCharge(Long.MAX_VALUE, 0, 0)).isFalse();
    assertThat(ledger.bytes()).isEqualTo(50);
    assertThat(ledger.inodes()).isEqualTo(5);
    assertThat(ledger.residentBytes()).isEqualTo(500);
  }

  @Test
  void shrinking_succeeds_even_above_the_limit() {
    ledger.charge(90, 9, 900);
    StorageLedger fork = ledger.fork(new StorageLimits(10, 1, 10));
    assertThat(fork.freeBytes()).isZero();
    assertFails(ENOSPC, () -> fork.charge(1, 0, 0));
    fork.charge(-1, 0, -5);
    assertThat(fork.bytes()).isEqualTo(89);
    assertThat(ledger.bytes()).isEqualTo(90);
  }

  @Test
  void one_figure_may_shrink_while_another_grows() {
    ledger.charge(90, 9, 900);
    ledger.charge(-90, 1, 100);
    assertThat(ledger.bytes()).isZero();
    assertThat(ledger.inodes()).isEqualTo(10);
  }

  @Test
  void limits_bound_host_memory_even_when_bytes_are_unlimited() {
    long heap = Runtime.getRuntime().maxMemory();
    assertThat(StorageLimits.unlimited().residentBytes())
        .isPositive()
        .isLessThanOrEqualTo(heap / 2);
    assertThat(StorageLimits.of(1 << 20, 100).residentBytes()).isEqualTo((2 << 20) + 100 * 2048);
    assertThatThrownBy(() -> new StorageLimits(-1, 0, 0)).hasMessageContaining("bytes -1");
  }
}
