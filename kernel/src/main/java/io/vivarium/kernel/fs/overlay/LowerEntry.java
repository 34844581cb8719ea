package io.vivarium.kernel.fs.overlay;

import io.vivarium.kernel.fs.FileType;
import io.vivarium.kernel.fs.Inode;
import java.util.ArrayList;
import java.util.List;

/** A name in the union of the lower trees. */
final class LowerEntry {
  private final LowerDirectory directory;
  private final String name;
  private final FileType type;
  private final int layer;
  private final long ino;

  /** For a directory, the layers that have it; the first is {@link #layer}. */
  private final List<Integer> layers = new ArrayList<>(1);

  /** Whether lower layers are merged into what this name stands for. */
  private boolean open;

  LowerEntry(
      LowerDirectory directory, String name, FileType type, int layer, long ino, boolean open) {
    this.directory = directory;
    this.name = name;
    this.type = type;
    this.layer = layer;
    this.ino = ino;
    this.open = open;
    layers.add(layer);
  }

  String name() {
    return name;
  }

  FileType type() {
    return type;
  }

  int layer() {
    return layer;
  }

  long ino() {
    return ino;
  }

  boolean isDirectory() {
    return type == FileType.DIRECTORY;
  }

  Origin origin() {
    return new Origin(layer, ino, directory.path() + "/" + name);
  }

  /** The file itself, the uppermost of merged directories. */
  Inode inode() {
    return directory.inLayer(layer).lookup(name);
  }

  /** The directories of this name, uppermost first. */
  LowerDirectory open() {
    return directory.child(this);
  }

  List<Integer> layers() {
    return layers;
  }

  boolean isOpen() {
    return open;
  }

  /** Ends the merging: what deeper layers have under this name is hidden. */
  void close() {
    open = false;
  }
}
