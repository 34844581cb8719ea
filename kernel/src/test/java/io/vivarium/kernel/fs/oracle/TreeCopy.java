package io.vivarium.kernel.fs.oracle;

import io.vivarium.kernel.fs.FileType;
import io.vivarium.kernel.fs.Inode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Builds in a tree what is below an inode, hard links included. */
public final class TreeCopy {
  private final Tree target;
  private final Map<Long, String> seen = new HashMap<>();

  private TreeCopy(Tree target) {
    this.target = target;
  }

  /** Copies all files below a directory; the target is empty. */
  public static void copy(Inode directory, Tree target) {
    new TreeCopy(target).copyEntries(directory, "");
    target.chmod("", directory.mode() & 07777);
  }

  private void copyEntries(Inode directory, String prefix) {
    List<String> names = new ArrayList<>();
    directory.readDirectory(
        0,
        (name, ino, type, cookie) -> {
          names.add(name);
          return true;
        });
    for (String name : names) {
      copy(directory.lookup(name), prefix + name);
    }
  }

  private void copy(Inode inode, String path) {
    String first = seen.putIfAbsent(inode.ino(), path);
    if (first != null) {
      target.link(first, path);
      return;
    }
    int mode = inode.mode() & 07777;
    switch (inode.type()) {
      case REGULAR -> {
        target.create(path, mode);
        byte[] bytes = new byte[(int) inode.size()];
        inode.read(0, bytes, 0, bytes.length);
        target.open(path, 0);
        target.write(0, 0, bytes);
        target.close(0);
      }
      case DIRECTORY -> {
        target.mkdir(path, mode);
        copyEntries(inode, path + "/");
      }
      case SYMLINK -> target.symlink(inode.readLink(), path);
      case FIFO -> target.mkfifo(path, mode);
      default -> throw new IllegalArgumentException("cannot copy a " + inode.type());
    }
    for (String name : inode.listXattrs()) {
      target.setXattr(path, name, inode.getXattr(name), 0);
    }
    if (inode.type() == FileType.REGULAR || inode.type() == FileType.DIRECTORY) {
      target.chmod(path, mode); // writing may have dropped bits
    }
  }
}
