package io.vivarium.kernel.fs.overlay;

import static org.assertj.core.api.Assertions.assertThat;

import io.vivarium.kernel.fs.Inode;
import io.vivarium.kernel.fs.memory.MemoryFileSystem;
import io.vivarium.kernel.fs.oracle.HostTree;
import io.vivarium.kernel.fs.oracle.InodeTree;
import io.vivarium.kernel.fs.oracle.Operation;
import io.vivarium.kernel.fs.oracle.RandomLayer;
import io.vivarium.kernel.fs.oracle.RandomOperations;
import io.vivarium.kernel.fs.oracle.TreeCopy;
import io.vivarium.kernel.limit.StorageLimits;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random operations give the same results, errnos and trees in an overlay over random lower trees
 * and in a copy of the union on the real host.
 */
@EnabledOnOs(OS.LINUX)
class OverlayAgainstHostTest {
  @TempDir Path directory;

  private final class Pair implements RandomOperations.Experiment {
    private final List<MemoryFileSystem> lowers = new ArrayList<>();
    private final List<List<String>> lowerTrees = new ArrayList<>();
    private final OverlayFileSystem fileSystem;
    private final InodeTree overlay;
    private final HostTree host = new HostTree(directory);
    private final List<Kept> snapshots = new ArrayList<>();
    private int steps;

    private record Kept(OverlaySnapshot snapshot, List<String> tree, Map<String, Long> numbers) {}

    Pair(int layers, long seed) {
      List<Inode> roots = new ArrayList<>();
      for (int layer = 0; layer < layers; layer++) {
        // A deeper layer's name may be hidden, and other names of the file would still count it.
        MemoryFileSystem lower = RandomLayer.of(seed * 10 + layer, layer == 0);
        lowers.add(lower);
        roots.add(lower.root());
        lowerTrees.add(new InodeTree(lower).describe());
      }
      fileSystem = new OverlayFileSystem(LowerLayers.of(roots), StorageLimits.unlimited());
      overlay = new InodeTree(fileSystem);
      TreeCopy.copy(fileSystem.root(), host);
      assertThat(overlay.describe()).isEqualTo(host.describe());
    }

    @Override
    public void step(Operation operation) {
      String expected = operation.run(host);
      if (expected.equals("EOPNOTSUPP")) {
        return; // Not every file system of a host can do everything.
      }
      assertThat(operation.run(overlay)).as(operation.text()).isEqualTo(expected);
      List<String> tree = overlay.describe();
      assertThat(tree).as("tree after " + operation).isEqualTo(host.describe());
      OverlayRescan.check(fileSystem, overlay.open());
      if (++steps % 8 == 0) {
        OverlaySnapshot snapshot = fileSystem.snapshot();
        snapshots.add(new Kept(snapshot, tree, numbers(fileSystem)));
      }
    }

    @Override
    public void close() {
      overlay.close();
      host.close();
      OverlayRescan.check(fileSystem, List.of());
      for (Kept kept : snapshots) {
        OverlayFileSystem fork = kept.snapshot.fork();
        assertThat(new InodeTree(fork).describe()).isEqualTo(kept.tree);
        assertThat(numbers(fork)).isEqualTo(kept.numbers);
        OverlayRescan.check(fork, List.of());
      }
      for (int layer = 0; layer < lowers.size(); layer++) {
        assertThat(new InodeTree(lowers.get(layer)).describe()).isEqualTo(lowerTrees.get(layer));
      }
    }
  }

  /** The inode number of every path. */
  private static Map<String, Long> numbers(OverlayFileSystem fileSystem) {
    Map<String, Long> numbers = new TreeMap<>();
    number(fileSystem.root(), "", numbers);
    return numbers;
  }

  private static void number(Inode inode, String path, Map<String, Long> numbers) {
    numbers.put(path, inode.ino());
    if (inode instanceof OverlayDirectory) {
      inode.readDirectory(
          0,
          (name, ino, type, cookie) -> {
            number(inode.lookup(name), path + "/" + name, numbers);
            return true;
          });
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3})
  void random_operations_do_what_they_do_on_the_host(int layers) {
    RandomOperations operations = new RandomOperations(80);
    for (long seed = 1; seed <= 15; seed++) {
      long trees = seed;
      operations.run(seed * 1000, 1, () -> new Pair(layers, trees));
    }
  }
}
