package io.vivarium.kernel.fs.overlay;

import static org.assertj.core.api.Assertions.assertThat;

import io.vivarium.kernel.errno.Errno;
import io.vivarium.kernel.fs.Inode;
import io.vivarium.kernel.fs.oracle.InodeTree;
import io.vivarium.kernel.fs.oracle.Operation;
import io.vivarium.kernel.fs.oracle.RandomLayer;
import io.vivarium.kernel.fs.oracle.RandomOperations;
import io.vivarium.kernel.limit.StorageLedger;
import io.vivarium.kernel.limit.StorageLimits;
import io.vivarium.kernel.limit.StorageUse;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever is done in an overlay over random layers with hard links, and in forks of it, in
 * whatever order: after every step its use is what a full count of the union says, growth is within
 * its limits, and a step that failed changed neither the tree nor the use.
 */
class OverlayLedgerPropertyTest {
  private static final int STEPS = 100;
  private static final int SEEDS = 50;
  private static final int TREES = 3;
  private static final StorageLimits NEARLY_FULL = new StorageLimits(9_000, 4, 1 << 20);
  private static final StorageLimits LITTLE_MEMORY = new StorageLimits(1 << 20, 1000, 12_000);
  private static final StorageLimits ROOMY = new StorageLimits(1 << 20, 1000, 4 << 20);
  private static final Set<String> ERRNOS =
      Stream.of(Errno.values()).map(Errno::name).collect(Collectors.toUnmodifiableSet());

  /** An overlay and what is open in it. */
  private record Union(OverlayFileSystem files, InodeTree tree) {
    Union(OverlayFileSystem files) {
      this(files, new InodeTree(files));
    }

    void check(StorageLimits limits) {
      OverlayRescan.check(files, tree.open());
      StorageLedger ledger = files.ledger();
      assertThat(ledger.bytes()).isLessThanOrEqualTo(limits.bytes());
      assertThat(ledger.inodes() - Upper.OWN_INODES).isLessThanOrEqualTo(limits.inodes());
      assertThat(ledger.residentBytes()).isLessThanOrEqualTo(ledger.limits().residentBytes());
    }
  }

  private static final class Experiment implements RandomOperations.Experiment {
    private final StorageLimits limits;
    private final List<Union> unions = new ArrayList<>();
    private int steps;

    Experiment(int layers, long seed, StorageLimits limits) {
      this.limits = limits;
      List<Inode> roots = new ArrayList<>();
      for (int layer = 0; layer < layers; layer++) {
        roots.add(RandomLayer.of(seed * 10 + layer, true).root());
      }
      unions.add(new Union(new OverlayFileSystem(LowerLayers.of(roots), limits)));
    }

    @Override
    public void step(Operation operation) {
      steps++;
      Union union = unions.get(steps * 7 % unions.size());
      List<String> before = union.tree.describe();
      StorageUse use = union.files.usage();
      if (ERRNOS.contains(operation.run(union.tree))) {
        assertThat(union.tree.describe()).as("tree after %s failed", operation).isEqualTo(before);
        assertThat(union.files.usage()).as("use after %s failed", operation).isEqualTo(use);
      }
      if (steps % 16 == 0) {
        fork(union);
      }
      unions.forEach(each -> each.check(limits));
    }

    private void fork(Union union) {
      Union fork = new Union(union.files.snapshot().fork());
      if (unions.size() < TREES) {
        unions.add(fork);
      } else {
        unions.set(steps / 16 % TREES, fork).tree.close();
      }
    }

    @Override
    public void close() {
      for (Union union : unions) {
        union.tree.close();
        union.check(limits);
      }
    }
  }

  private static void run(int layers, StorageLimits limits) {
    RandomOperations operations = new RandomOperations(STEPS);
    for (long seed = 1; seed <= SEEDS; seed++) {
      long trees = seed;
      operations.run(seed * 1000 + layers, 1, () -> new Experiment(layers, trees, limits));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3})
  void use_is_a_full_count_where_room_runs_out(int layers) {
    run(layers, NEARLY_FULL);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void use_is_a_full_count_where_memory_of_the_host_runs_out(int layers) {
    run(layers, LITTLE_MEMORY);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void use_is_a_full_count_where_there_is_room(int layers) {
    run(layers, ROOMY);
  }
}
