package io.vivarium.kernel.fs.overlay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.vivarium.kernel.errno.ErrnoException;
import io.vivarium.kernel.fs.FileType;
import io.vivarium.kernel.fs.Inode;
import io.vivarium.kernel.fs.memory.MemoryFileSystem;
import io.vivarium.kernel.fs.oracle.InodeTree;
import io.vivarium.kernel.fs.oracle.Operation;
import io.vivarium.kernel.limit.StorageLimits;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Nobody may change the trees below an overlay. When somebody does all the same, guests get wrong
 * answers and errnos, but never anything else, and the overlay goes on.
 */
class OverlayChangedBelowTest {
  private static final int SEEDS = 150;
  private static final int STEPS = 150;

  @Test
  void changes_below_cause_errnos_at_worst() {
    for (long seed = 1; seed <= SEEDS; seed++) {
      Random random = new Random(seed);
      MemoryFileSystem lower = new MemoryFileSystem(StorageLimits.unlimited());
      MemoryFileSystem deeper = new MemoryFileSystem(StorageLimits.unlimited());
      OverlayFileSystem overlay =
          new OverlayFileSystem(
              LowerLayers.of(List.of(lower.root(), deeper.root())), StorageLimits.unlimited());
      List<InodeTree> trees =
          List.of(new InodeTree(lower), new InodeTree(deeper), new InodeTree(overlay));
      for (int step = 0; step < STEPS; step++) {
        InodeTree tree = trees.get(step < STEPS / 3 ? random.nextInt(2) : random.nextInt(3));
        Operation operation = Operation.random(random);
        assertThatCode(() -> run(operation, tree))
            .as("seed %d step %d: %s", seed, step, operation)
            .doesNotThrowAnyException();
      }
      assertThatCode(() -> walk(overlay.root(), 0)).as("seed %d", seed).doesNotThrowAnyException();
      assertThatCode(() -> walk(overlay.snapshot().fork().root(), 0))
          .as("fork of seed %d", seed)
          .doesNotThrowAnyException();
      trees.forEach(InodeTree::close);
    }
  }

  private static void run(Operation operation, InodeTree tree) {
    try {
      operation.run(tree);
    } catch (AssertionError e) {
      assertThat(tree).isNotNull(); // The tree noticed a wrong answer, which is allowed here.
    }
  }

  /** Looks at everything there is, as far as it lets itself be looked at. */
  private static void walk(Inode inode, int depth) {
    List<String> names = new ArrayList<>();
    try {
      inode.stat();
      inode.link();
      inode.listXattrs();
      if (inode.type() == FileType.REGULAR) {
        inode.read(0, new byte[100], 0, 100);
      }
      if (inode.type() == FileType.DIRECTORY) {
        inode.readDirectory(0, (name, ino, type, cookie) -> names.add(name));
      }
    } catch (ErrnoException e) {
      return; // as it may
    }
    for (String name : names) {
      Inode child;
      try {
        child = inode.lookup(name);
      } catch (ErrnoException e) {
        continue;
      }
      if (depth < 20) {
        walk(child, depth + 1);
      }
    }
  }
}
