package io.vivarium.wasm.attack;

import io.vivarium.kernel.fs.Inode;
import io.vivarium.kernel.fs.Stat;
import io.vivarium.wasm.testing.TestMachine;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** A directory and everything below it in words, a line for each name, without access times. */
final class Tree {
  private Tree() {}

  /** Describes a directory of a machine. */
  static Set<String> below(TestMachine machine, String path) {
    StringBuilder lines = new StringBuilder();
    list(machine.inode(path), path, lines);
    return new LinkedHashSet<>(lines.toString().lines().toList());
  }

  private static void list(Inode inode, String path, StringBuilder lines) {
    Stat s = inode.stat();
    lines.append(path).append(' ').append(s.inode()).append(' ').append(s.mode());
    lines.append(' ').append(s.uid()).append(' ').append(s.links()).append(' ').append(s.size());
    lines.append(' ').append(s.modificationTime()).append(' ').append(s.changeTime());
    for (String name : inode.listXattrs()) {
      lines.append(' ').append(name).append('=').append(Arrays.hashCode(inode.getXattr(name)));
    }
    switch (inode.type()) {
      case REGULAR -> lines.append(' ').append(Arrays.hashCode(contents(inode))).append('\n');
      case SYMLINK -> lines.append(' ').append(inode.readLink()).append('\n');
      case DIRECTORY -> {
        lines.append('\n');
        for (String name : names(inode)) {
          list(inode.lookup(name), path + "/" + name, lines);
        }
      }
      default -> lines.append('\n');
    }
  }

  /** The names in a directory, in order. */
  static List<String> names(Inode directory) {
    List<String> names = new ArrayList<>();
    directory.readDirectory(
        0,
        (name, ino, type, cookie) -> {
          names.add(name);
          return true;
        });
    names.sort(null);
    return names;
  }

  private static byte[] contents(Inode file) {
    byte[] bytes = new byte[(int) file.size()];
    int length = bytes.length == 0 ? 0 : file.read(0, bytes, 0, bytes.length);
    return Arrays.copyOf(bytes, length);
  }
}
