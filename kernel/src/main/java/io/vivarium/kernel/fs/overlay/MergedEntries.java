package io.vivarium.kernel.fs.overlay;

import io.vivarium.kernel.fs.DirectoryVisitor;
import io.vivarium.kernel.fs.FileType;
import io.vivarium.kernel.fs.Inode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads a directory of an overlay. Names that the lower trees have come first, in the order in
 * which they have them, and whatever the upper tree made of them; then come the names that only the
 * upper tree has. So a name keeps its place when its file is copied up, replaced, or removed and
 * made again.
 */
final class MergedEntries {
  /** The cookie of the first lower name; 1 and 2 are left to the caller. */
  private static final long FIRST = 3;

  /** What is added to the upper tree's cookies where there are lower names. */
  private static final long UPPER_NAMES = 1L << 48;

  private static final int ENTRIES_AT_ONCE = 64;

  private final OverlayFileSystem overlay;
  private final OverlayDirectory directory;
  private final List<Entry> entries = new ArrayList<>();
  private long position;

  private record Entry(String name, long ino, FileType type, long cookie) {}

  MergedEntries(OverlayFileSystem overlay, OverlayDirectory directory) {
    this.overlay = overlay;
    this.directory = directory;
  }

  void visit(long cookie, DirectoryVisitor visitor) {
    position = cookie;
    do {
      entries.clear();
      collect(ENTRIES_AT_ONCE);
      for (Entry entry : entries) {
        if (!visitor.entry(entry.name, entry.ino, entry.type, entry.cookie)) {
          return;
        }
        position = entry.cookie;
      }
    } while (!entries.isEmpty());
  }

  /** Whether there is nothing to see in a directory; under the lock. */
  static boolean isEmpty(OverlayFileSystem overlay, OverlayDirectory directory) {
    MergedEntries all = new MergedEntries(overlay, directory);
    all.collectLocked(1);
    return all.entries.isEmpty();
  }

  private void collect(int count) {
    overlay.reading().lock();
    try {
      directory.real();
      directory.checkNotRemoved();
      collectLocked(count);
    } finally {
      overlay.reading().unlock();
    }
  }

  private void collectLocked(int count) {
    LowerDirectory lower = directory.lower();
    if (lower != null) {
      collectLower(lower.entries(), count);
    }
    Inode upper = directory.upper();
    if (upper != null && entries.size() < count) {
      collectUpper(upper, count);
    }
  }

  private void collectLower(List<LowerEntry> lower, int count) {
    for (long i = Math.max(0, position - FIRST + 1); i < lower.size(); i++) {
      LowerEntry entry = lower.get((int) i);
      long cookie = FIRST + i;
      Inode upper = directory.upperEntry(entry.name());
      if (upper == null) {
        long ino = Origin.unionIno(entry.layer(), entry.ino());
        entries.add(new Entry(entry.name(), ino, entry.type(), cookie));
      } else if (!Marks.isWhiteout(upper)) {
        OverlayInode inode = overlay.cache().ofUpper(upper, directory, entry.name());
        entries.add(new Entry(entry.name(), inode.ino(), inode.type(), cookie));
      }
      if (entries.size() == count) {
        return;
      }
    }
  }

  private void collectUpper(Inode upper, int count) {
    LowerDirectory lower = directory.lower();
    long base = lower == null ? 0 : UPPER_NAMES;
    boolean foreign = lower != null || Marks.has(upper, Marks.IMPURE);
    upper.readDirectory(
        Math.max(0, position - base),
        (name, ino, type, cookie) -> {
          if (lower == null || lower.find(name) == null) {
            long number = foreign ? number(upper, name, ino) : ino;
            entries.add(new Entry(name, number, type, base + cookie));
          }
          return entries.size() < count;
        });
  }

  /** The number of a file that may have been copied up elsewhere and moved here. */
  private long number(Inode upper, String name, long ino) {
    Inode inode = Upper.find(upper, name);
    return inode == null ? ino : overlay.cache().ofUpper(inode, directory, name).ino();
  }

  /** How many directories there are in a merged directory; under the lock. */
  static int countDirectories(@Nullable Inode upper, LowerDirectory lower) {
    int[] count = {lower.directories()};
    if (upper != null) {
      upper.readDirectory(
          0,
          (name, ino, type, cookie) -> {
            LowerEntry below = lower.find(name);
            count[0] += type == FileType.DIRECTORY ? 1 : 0;
            count[0] -= below != null && below.isDirectory() ? 1 : 0;
            return true;
          });
    }
    return count[0];
  }
}
