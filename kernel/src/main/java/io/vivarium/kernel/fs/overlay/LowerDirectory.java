package io.vivarium.kernel.fs.overlay;

import io.vivarium.kernel.fs.FileType;
import io.vivarium.kernel.fs.Inode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A directory of the lower trees: the directories of the same path, merged. Its names are read once
 * and kept, for nothing below ever changes. Thread-safe.
 */
final class LowerDirectory {
  private final String path;

  /** The directory in each layer that has it, by layer, uppermost first. */
  private final Map<Integer, Inode> parts;

  private final int deepestLayer;
  private final Map<String, LowerDirectory> children = new ConcurrentHashMap<>();
  private volatile @Nullable Listing listing;

  /** The names, in an order that never changes. */
  private record Listing(
      Map<String, LowerEntry> byName, List<LowerEntry> inOrder, int directories) {}

  /**
   * A merged directory.
   *
   * @param path its path in the lower trees, "" for the root
   * @param parts the directories by layer, in order, at least one
   */
  LowerDirectory(String path, Map<Integer, Inode> parts) {
    this.path = path;
    this.parts = parts;
    this.deepestLayer = Collections.max(parts.keySet());
  }

  String path() {
    return path;
  }

  /** The uppermost directory, which has the attributes. */
  Inode top() {
    return parts.values().iterator().next();
  }

  /** The layer of {@link #top}. */
  int topLayer() {
    return parts.keySet().iterator().next();
  }

  Inode inLayer(int layer) {
    Inode part = parts.get(layer);
    if (part == null) {
      throw new IllegalArgumentException("no directory in layer " + layer);
    }
    return part;
  }

  @Nullable LowerEntry find(String name) {
    return listing().byName.get(name);
  }

  List<LowerEntry> entries() {
    return listing().inOrder;
  }

  /** As {@link #entries}, for someone who comes by once: nothing is kept. */
  List<LowerEntry> entriesOnce() {
    Listing present = listing;
    return (present == null ? read() : present).inOrder;
  }

  /** How many of the entries are directories. */
  int directories() {
    return listing().directories;
  }

  LowerDirectory child(LowerEntry entry) {
    return children.computeIfAbsent(entry.name(), name -> open(entry));
  }

  /** As {@link #child}, for someone who comes by once: nothing is kept. */
  LowerDirectory childOnce(LowerEntry entry) {
    LowerDirectory present = children.get(entry.name());
    return present == null ? open(entry) : present;
  }

  private LowerDirectory open(LowerEntry entry) {
    Map<Integer, Inode> childParts = new LinkedHashMap<>();
    for (int layer : entry.layers()) {
      childParts.put(layer, inLayer(layer).lookup(entry.name()));
    }
    return new LowerDirectory(path + "/" + entry.name(), childParts);
  }

  private Listing listing() {
    Listing present = listing;
    if (present == null) {
      synchronized (this) {
        present = listing;
        if (present == null) {
          present = read();
          listing = present;
        }
      }
    }
    return present;
  }

  private Listing read() {
    Map<String, LowerEntry> seen = new LinkedHashMap<>();
    parts.forEach((layer, directory) -> read(layer, directory, seen));
    List<LowerEntry> inOrder = new ArrayList<>();
    Map<String, LowerEntry> byName = new HashMap<>();
    int directories = 0;
    for (LowerEntry entry : seen.values()) {
      if (entry.type() != FileType.CHARACTER_DEVICE || !Marks.isWhiteout(entry.inode())) {
        inOrder.add(entry);
        byName.put(entry.name(), entry);
        directories += entry.isDirectory() ? 1 : 0;
      }
    }
    return new Listing(byName, List.copyOf(inOrder), directories);
  }

  private void read(int layer, Inode directory, Map<String, LowerEntry> seen) {
    directory.readDirectory(
        0,
        (name, ino, type, cookie) -> {
          LowerEntry above = seen.get(name);
          if (above == null) {
            boolean open = type == FileType.DIRECTORY && mergesOn(layer, directory, name);
            seen.put(name, new LowerEntry(this, name, type, layer, ino, open));
          } else if (above.isOpen()) {
            if (type == FileType.DIRECTORY) {
              above.layers().add(layer);
            }
            if (type != FileType.DIRECTORY || !mergesOn(layer, directory, name)) {
              above.close();
            }
          }
          return true;
        });
  }

  /** Whether deeper layers are merged into a directory of a layer. */
  private boolean mergesOn(int layer, Inode directory, String name) {
    return layer < deepestLayer && !Marks.has(directory.lookup(name), Marks.OPAQUE);
  }
}
