package io.vivarium.kernel.fs.overlay;

import io.vivarium.kernel.fs.Inode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The immutable trees below an overlay, merged: where several have a name, the uppermost wins, and
 * directories are merged. A layer may hide names of the layers below it with whiteouts and opaque
 * directories. Thread-safe; any number of overlays share one.
 */
public final class LowerLayers {
  private final List<Inode> roots;
  private final @Nullable LowerDirectory root;

  private LowerLayers(List<Inode> roots) {
    this.roots = roots;
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
    return new LowerLayers(List.copyOf(roots));
  }

  /** The merged root, or null without layers. */
  @Nullable LowerDirectory root() {
    return root;
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
