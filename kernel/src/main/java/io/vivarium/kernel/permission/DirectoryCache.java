package io.vivarium.kernel.permission;

import io.vivarium.kernel.fs.Inode;
import io.vivarium.kernel.fs.Location;
import io.vivarium.kernel.fs.Mount;
import io.vivarium.kernel.fs.RenameSequence;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Remembers how far the paths of directories lead into the rules, so that a decision about a name
 * in a directory costs no walk from the root. What is remembered holds until any directory of the
 * machine moves. Thread-safe, without locks.
 */
final class DirectoryCache {
  /** Directories that are remembered at a time, a power of two; others take their place. */
  private static final int SLOTS = 1024;

  private final CompiledDomain files;
  private final RenameSequence renames;
  // Read and written without order: an entry never changes but for what it learns.
  private final @Nullable Entry[] entries = new Entry[SLOTS];

  /** A directory; keeps neither it nor its file system in memory. */
  private static final class Entry {
    private final WeakReference<Inode> inode;
    private final WeakReference<Mount> mount;
    private final long sequence;
    private final List<String> names;
    private final RuleMatcher.@Nullable Places[] places;

    Entry(Location directory, long sequence, List<String> names, int operations) {
      this.inode = new WeakReference<>(directory.inode());
      this.mount = new WeakReference<>(directory.mount());
      this.sequence = sequence;
      this.names = names;
      this.places = new RuleMatcher.Places[operations];
    }

    boolean isAbout(Location directory, long now) {
      return sequence == now
          && inode.refersTo(directory.inode())
          && mount.refersTo(directory.mount());
    }
  }

  /** A cache of what the rules say about files. */
  DirectoryCache(CompiledDomain files, RenameSequence renames) {
    this.files = files;
    this.renames = renames;
  }

  /**
   * Where the path of a directory leads among the rules for an operation; null when that cannot be
   * remembered, because it has no path, or because others may move it.
   */
  RuleMatcher.@Nullable Places places(Location directory, int operation) {
    long now = renames.read();
    if (now == RenameSequence.CHANGING) {
      return null;
    }
    int slot = System.identityHashCode(directory.inode()) & (SLOTS - 1);
    Entry entry = entries[slot];
    if (entry == null || !entry.isAbout(directory, now)) {
      entry = look(directory, now);
      if (entry == null) {
        return null;
      }
      entries[slot] = entry;
    }
    RuleMatcher.Places known = entry.places[operation];
    if (known == null) {
      RuleMatcher.Walk walk = files.walkPaths(operation);
      entry.names.reversed().forEach(walk::step);
      known = walk.here();
      entry.places[operation] = known;
    }
    return known;
  }

  private @Nullable Entry look(Location directory, long now) {
    for (Location at = directory; at != null; at = at.mount().mountPoint()) {
      if (!at.mount().fileSystem().movesOnlyByCalls()) {
        return null;
      }
    }
    List<String> names = new ArrayList<>();
    return directory.collectNames(names)
        ? new Entry(directory, now, names, files.operations())
        : null;
  }
}
