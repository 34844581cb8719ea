package io.vivarium.kernel.fs.oracle;

import io.vivarium.kernel.fs.memory.MemoryFileSystem;
import io.vivarium.kernel.limit.StorageLimits;
import java.util.Random;

/** Random trees that do not change any more, to be lower layers of an overlay. */
public final class RandomLayer {
  private static final int OPERATIONS = 80;

  private RandomLayer() {}

  /** The tree of a seed. */
  public static MemoryFileSystem of(long seed, boolean hardLinks) {
    MemoryFileSystem files = new MemoryFileSystem(StorageLimits.unlimited());
    Random random = new Random(seed);
    try (InodeTree tree = new InodeTree(files)) {
      for (int i = 0; i < OPERATIONS; i++) {
        Operation operation = Operation.random(random);
        if (hardLinks || !operation.text().startsWith("link")) {
          operation.run(tree);
        }
      }
    }
    // Contents come up by sharing blocks from the one and by copying from the other.
    return seed % 2 == 0 ? files.snapshot().readOnly() : files;
  }
}
