package io.vivarium.kernel.fs.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.vivarium.kernel.fs.Inode;
import io.vivarium.kernel.fs.memory.MemoryFileSystem;
import io.vivarium.kernel.fs.memory.Rescan;
import io.vivarium.kernel.fs.overlay.LowerLayers;
import io.vivarium.kernel.fs.overlay.OverlayFileSystem;
import io.vivarium.kernel.limit.StorageLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/**
 * One sequence of operations, done in memory, in an overlay over random layers and on the real
 * host, all starting with the same files: every operation answers the same in all three, and leaves
 * the same tree with the same contents. Where this is not Linux, memory and overlay are compared.
 */
class TreesAgreeTest {
  private static final boolean LINUX = System.getProperty("os.name").equals("Linux");
  private static Path directory;

  @BeforeContainer
  static void make_a_directory() throws IOException {
    directory = Files.createTempDirectory("trees");
  }

  @AfterContainer
  static void remove_the_directory() throws IOException {
    Files.delete(directory); // Every tree has removed itself.
  }

  @Provide
  Arbitrary<List<Operation>> sequences() {
    return Arbitraries.randomValue(Operation::random).list().ofMaxSize(60);
  }

  @Property(tries = 120)
  void same_operations_give_the_same_results_in_every_tree(
      @ForAll @IntRange(min = 0, max = 3) int layers,
      @ForAll @LongRange(min = 0, max = 1_000_000) long seed,
      @ForAll("sequences") List<Operation> operations) {
    OverlayFileSystem union =
        new OverlayFileSystem(LowerLayers.of(roots(layers, seed)), StorageLimits.unlimited());
    MemoryFileSystem files = new MemoryFileSystem(StorageLimits.unlimited());
    try (InodeTree overlay = new InodeTree(union);
        InodeTree memory = new InodeTree(files);
        Tree oracle = LINUX ? new HostTree(directory) : new InodeTree(files.snapshot().fork())) {
      TreeCopy.copy(union.root(), memory);
      TreeCopy.copy(union.root(), oracle);
      for (Operation operation : operations) {
        String expected = operation.run(oracle);
        if (expected.equals("EOPNOTSUPP")) {
          continue; // Not every file system of a host can do everything.
        }
        assertThat(operation.run(memory)).as("%s in memory", operation).isEqualTo(expected);
        assertThat(operation.run(overlay)).as("%s in overlay", operation).isEqualTo(expected);
        List<String> tree = oracle.describe();
        assertThat(memory.describe()).as("memory after %s", operation).isEqualTo(tree);
        assertThat(overlay.describe()).as("overlay after %s", operation).isEqualTo(tree);
      }
      Rescan.check(files);
      assertThat(new InodeTree(union.snapshot().fork()).describe()).isEqualTo(memory.describe());
    }
  }

  private static List<Inode> roots(int layers, long seed) {
    List<Inode> roots = new ArrayList<>();
    for (int layer = 0; layer < layers; layer++) {
      // A deeper layer's name may be hidden, and other names of the file would still count it.
      roots.add(RandomLayer.of(seed * 10 + layer, layer == 0).root());
    }
    return roots;
  }
}
