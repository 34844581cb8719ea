package io.vivarium.kernel.fs.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.vivarium.kernel.fs.FileSystem;
import io.vivarium.kernel.fs.oracle.HostTree;
import io.vivarium.kernel.fs.oracle.InodeTree;
import io.vivarium.kernel.fs.oracle.Operation;
import io.vivarium.kernel.fs.oracle.RandomOperations;
import io.vivarium.kernel.limit.StorageLimits;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Random operations give the same results, errnos and trees in memory and on the real host. */
@EnabledOnOs(OS.LINUX)
class MemoryAgainstHostTest {
  @TempDir Path directory;

  /** Does everything to both, and keeps snapshots that must not change any more. */
  private final class Pair implements RandomOperations.Experiment {
    private final MemoryFileSystem fileSystem = new MemoryFileSystem(StorageLimits.unlimited());
    private final InodeTree memory = new InodeTree(fileSystem);
    private final HostTree host = new HostTree(directory);
    private final List<Kept> snapshots = new ArrayList<>();
    private int steps;

    private record Kept(MemorySnapshot snapshot, List<String> tree) {}

    @Override
    public void step(Operation operation) {
      String expected = operation.run(host);
      if (expected.equals("EOPNOTSUPP")) {
        return; // Not every file system of a host can do everything.
      }
      assertThat(operation.run(memory)).as(operation.text()).isEqualTo(expected);
      List<String> tree = memory.describe();
      assertThat(tree).as("tree after " + operation).isEqualTo(host.describe());
      Rescan.check(fileSystem);
      if (++steps % 16 == 0) {
        snapshots.add(new Kept(fileSystem.snapshot(), tree));
      }
    }

    @Override
    public void close() {
      memory.close();
      host.close();
      Rescan.check(fileSystem);
      for (Kept kept : snapshots) {
        try (FileSystem fork = kept.snapshot.fork();
            InodeTree tree = new InodeTree(fork)) {
          assertThat(tree.describe()).isEqualTo(kept.tree);
          Rescan.check((MemoryFileSystem) fork);
        }
      }
    }
  }

  @Test
  void random_operations_do_what_they_do_on_the_host() {
    new RandomOperations(120).run(1, 120, Pair::new);
  }
}
