package io.vivarium.kernel.fs.overlay;

import io.vivarium.kernel.fs.FileSystem;
import io.vivarium.kernel.fs.Inode;
import io.vivarium.kernel.fs.memory.MemoryFileSystem;
import io.vivarium.kernel.limit.StorageUse;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The immutable trees below an overlay, merged: where several have a name, the uppermost wins, and
 * directories are merged. A layer may hide names of the layers below it with whiteouts and opaque
 * directories. Thread-safe; any number of overlays share one.
 */
public final class LowerLayers {
  private final List<Inode> roots;
  private final @Nullable LowerDirectory root;

  /** What is closed when the last user is gone. */
  private final List<FileSystem> owned;

  private final AtomicInteger users = new AtomicInteger();
  private volatile @Nullable LowerUse use;

  private LowerLayers(List<Inode> roots, List<FileSystem> owned) {
    this.roots = roots;
    this.owned = owned;
    if (roots.isEmpty()) {
      this.root = null;
      return;
    }
    Map<Integer, Inode> parts = new LinkedHashMap<>();
    for (int layer = 0; layer < roots.size(); layer++) {
      parts.put(layer, roots.get(layer));
    }
    this.root = new LowerDirectory("", parts);
  }

  /**
   * Merges trees. Whoever holds the trees guarantees that they do not change any more.
   *
   * @param roots the root directories, uppermost first; none makes an empty layer
   */
  public static LowerLayers of(List<? extends Inode> roots) {
    return new LowerLayers(List.copyOf(roots), List.of());
  }

  /**
   * Merges the trees of file systems that belong to the layers from now on: they are closed when
   * the overlays over them are closed and the snapshots of those are garbage.
   *
   * @param fileSystems uppermost first
   */
  public static LowerLayers owning(List<? extends FileSystem> fileSystems) {
    return new LowerLayers(
        fileSystems.stream().map(FileSystem::root).toList(), List.copyOf(fileSystems));
  }

  /** An overlay or a snapshot uses the trees. */
  void retain() {
    users.incrementAndGet();
  }

  /** The counterpart of {@link #retain}; the last one closes what belongs to the layers. */
  void release() {
    if (users.decrementAndGet() == 0) {
      owned.forEach(FileSystem::close);
    }
  }

  /** The merged root, or null without layers. */
  @Nullable LowerDirectory root() {
    return root;
  }

  /** What the merged trees show. The first call walks them. */
  StorageUse use() {
    return root == null ? new StorageUse(0, 0) : counted(root).total();
  }

  /**
   * How many links of a lower file are names that the union does not show: they are hidden by a
   * layer above, or outside of the tree. The first call may walk the trees.
   */
  int hiddenLinks(int layer, long ino, int links) {
    if (root == null || (roots.size() == 1 && isWhole(roots.getFirst()))) {
      return 0;
    }
    return Math.clamp(links - counted(root).names(layer, ino), 0, links - 1);
  }

  /** Whether no name of a file can be outside of a tree. */
  private static boolean isWhole(Inode tree) {
    return tree.fileSystem() instanceof MemoryFileSystem files && files.root() == tree;
  }

  private LowerUse counted(LowerDirectory tree) {
    LowerUse present = use;
    if (present == null) {
      synchronized (this) {
        present = use;
        if (present == null) {
          present = LowerUse.of(tree);
          use = present;
        }
      }
    }
    return present;
  }

  /** The merged directory at a path, or null when there is none. */
  @Nullable LowerDirectory directory(String path) {
    LowerDirectory directory = root;
    for (String name : path.split("/", -1)) {
      if (directory == null || name.isEmpty()) {
        continue;
      }
      LowerEntry entry = directory.find(name);
      directory = entry == null || !entry.isDirectory() ? null : entry.open();
    }
    return directory;
  }

  /** The file that a copy came from. */
  Inode file(Origin origin) {
    Inode inode = roots.get(origin.layer());
    for (String name : origin.path().split("/", -1)) {
      if (!name.isEmpty()) {
        inode = inode.lookup(name);
      }
    }
    return inode;
  }
}
