package io.vivarium.kernel.fs.overlay;

import io.vivarium.kernel.errno.ErrnoException;
import io.vivarium.kernel.fs.Stat;
import io.vivarium.kernel.limit.StorageUse;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What the merged lower trees show, counted once for as long as they live: every file that has a
 * name in the union of the layers, hard links once. What cannot be read does not count; it cannot
 * be removed through an overlay either.
 *
 * <p>Walks the layers themselves, below every check of what a guest may see.
 */
final class LowerUse {
  private long bytes;
  private long inodes;

  /** How many names the union shows of a file that has several. */
  private final Map<File, Integer> names = new HashMap<>();

  private final Deque<LowerDirectory> directories = new ArrayDeque<>();

  private record File(int layer, long ino) {}

  private LowerUse() {}

  /** Counts all that is in a merged tree. */
  static LowerUse of(LowerDirectory root) {
    LowerUse use = new LowerUse();
    use.inodes = 1;
    use.directories.add(root);
    while (!use.directories.isEmpty()) {
      LowerDirectory directory = use.directories.remove();
      for (LowerEntry entry : entries(directory)) {
        use.count(directory, entry);
      }
    }
    return use;
  }

  private static List<LowerEntry> entries(LowerDirectory directory) {
    try {
      return directory.entriesOnce();
    } catch (ErrnoException e) {
      return List.of();
    }
  }

  private void count(LowerDirectory directory, LowerEntry entry) {
    try {
      if (entry.isDirectory()) {
        directories.add(directory.childOnce(entry));
      } else {
        Stat stat = entry.inode().stat();
        if (stat.links() > 1
            && names.merge(new File(entry.layer(), entry.ino()), 1, Integer::sum) > 1) {
          return;
        }
        bytes += stat.size();
      }
      inodes++;
    } catch (ErrnoException e) {
      // It is gone, or the host does not show it.
    }
  }

  StorageUse total() {
    return new StorageUse(bytes, inodes);
  }

  /** How many names the union shows of a file that has several in its layer. */
  int names(int layer, long ino) {
    return names.getOrDefault(new File(layer, ino), 0);
  }
}
