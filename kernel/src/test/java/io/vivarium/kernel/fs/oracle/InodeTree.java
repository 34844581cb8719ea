package io.vivarium.kernel.fs.oracle;

import static io.vivarium.kernel.errno.Errno.EBADF;
import static io.vivarium.kernel.errno.Errno.EEXIST;
import static io.vivarium.kernel.errno.Errno.EINVAL;
import static io.vivarium.kernel.errno.Errno.ELOOP;
import static io.vivarium.kernel.errno.Errno.ENOENT;
import static io.vivarium.kernel.errno.Errno.ENOTDIR;
import static io.vivarium.kernel.errno.Errno.ENXIO;
import static io.vivarium.kernel.errno.Errno.EOPNOTSUPP;

import io.vivarium.kernel.errno.ErrnoException;
import io.vivarium.kernel.fs.AllocateMode;
import io.vivarium.kernel.fs.AttributeChange;
import io.vivarium.kernel.fs.FileSystem;
import io.vivarium.kernel.fs.FileType;
import io.vivarium.kernel.fs.Inode;
import io.vivarium.kernel.fs.NewInode;
import io.vivarium.kernel.fs.Stat;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A tree of inodes of the kernel, with as much of a path walk as {@link Tree} needs. */
public final class InodeTree implements Tree {
  private final FileSystem fileSystem;
  private final @Nullable Inode[] slots = new Inode[SLOTS];

  /** All files of a file system. */
  public InodeTree(FileSystem fileSystem) {
    this.fileSystem = fileSystem;
  }

  /** The open files. */
  public Collection<Inode> open() {
    List<Inode> open = new ArrayList<>();
    for (Inode inode : slots) {
      if (inode != null) {
        open.add(inode);
      }
    }
    return open;
  }

  private record Place(Inode directory, String name) {
    @Nullable Inode find() {
      try {
        return directory.lookup(name);
      } catch (ErrnoException e) {
        if (e.errno() != ENOENT) {
          throw e;
        }
        return null;
      }
    }

    Inode get() {
      return directory.lookup(name);
    }
  }

  private Place place(String path) {
    Inode at = fileSystem.root();
    String[] names = path.split("/", -1);
    for (int i = 0; i < names.length - 1; i++) {
      at = at.lookup(names[i]);
      if (at.type() == FileType.SYMLINK) {
        throw ENOENT.exception();
      }
    }
    if (at.type() != FileType.DIRECTORY) {
      throw ENOTDIR.exception();
    }
    return new Place(at, names[names.length - 1]);
  }

  /** What is at a path; the root is at the empty one. */
  private Inode at(String path) {
    return path.isEmpty() ? fileSystem.root() : place(path).get();
  }

  private void make(String path, NewInode attributes) {
    Place place = place(path);
    place.directory.create(place.name, attributes);
  }

  @Override
  public void create(String path, int mode) {
    make(path, NewInode.regular(mode, 0, 0));
  }

  @Override
  public void mkdir(String path, int mode) {
    make(path, NewInode.directory(mode, 0, 0));
  }

  @Override
  public void symlink(String target, String path) {
    make(path, NewInode.symlink(target, 0, 0));
  }

  @Override
  public void mkfifo(String path, int mode) {
    make(path, NewInode.node(FileType.FIFO, mode, 0, 0, 0));
  }

  @Override
  public void link(String oldPath, String newPath) {
    Inode target = place(oldPath).get();
    Place place = place(newPath);
    place.directory.link(place.name, target);
  }

  @Override
  public void unlink(String path) {
    Place place = place(path);
    place.directory.unlink(place.name, place.get());
  }

  @Override
  public void rmdir(String path) {
    Place place = place(path);
    place.directory.rmdir(place.name, place.get());
  }

  @Override
  public void rename(String oldPath, String newPath, int flags) {
    Place from = place(oldPath);
    Place to = place(newPath);
    from.directory.rename(from.name, from.get(), to.directory, to.name, to.find(), flags);
  }

  @Override
  public void chmod(String path, int mode) {
    Inode inode = at(path);
    if (inode.type() == FileType.SYMLINK) {
      throw EOPNOTSUPP.exception();
    }
    inode.setAttributes(AttributeChange.mode(mode));
  }

  @Override
  public void setXattr(String path, String name, byte[] value, int flags) {
    place(path).get().setXattr(name, value, flags);
  }

  @Override
  public void removeXattr(String path, String name) {
    place(path).get().removeXattr(name);
  }

  @Override
  public void open(String path, int slot) {
    Inode inode = place(path).get();
    switch (inode.type()) {
      case SYMLINK -> throw ELOOP.exception();
      case REGULAR, DIRECTORY -> put(slot, inode);
      default -> throw ENXIO.exception();
    }
  }

  @Override
  public void openUnnamed(String directory, int slot) {
    Inode inode = at(directory);
    if (inode.type() == FileType.SYMLINK || inode.type() != FileType.DIRECTORY) {
      throw ENOTDIR.exception();
    }
    put(slot, inode.createUnnamed(NewInode.regular(0600, 0, 0)));
  }

  private void put(int slot, Inode inode) {
    inode.opened();
    Inode before = slots[slot];
    slots[slot] = inode;
    if (before != null) {
      before.closed();
    }
  }

  private Inode slot(int slot) {
    Inode inode = slots[slot];
    if (inode == null) {
      throw EBADF.exception();
    }
    return inode;
  }

  private Inode writable(int slot) {
    Inode inode = slot(slot);
    if (inode.type() == FileType.DIRECTORY) {
      throw EBADF.exception(); // open for reading only
    }
    return inode;
  }

  @Override
  public void close(int slot) {
    Inode inode = slot(slot);
    slots[slot] = null;
    inode.closed();
  }

  @Override
  public int write(int slot, long position, byte[] bytes) {
    return writable(slot).write(position, bytes, 0, bytes.length);
  }

  @Override
  public int append(int slot, byte[] bytes) {
    Inode inode = writable(slot);
    long end = inode.size();
    return (int) (inode.append(bytes, 0, bytes.length) - end);
  }

  @Override
  public void truncate(String path, long size) {
    Inode inode = place(path).get();
    if (inode.type() == FileType.SYMLINK) {
      throw ENOENT.exception(); // It would be followed, and dangles.
    }
    inode.truncate(size);
  }

  @Override
  public void truncate(int slot, long size) {
    if (slot(slot).type() == FileType.DIRECTORY) {
      throw EINVAL.exception();
    }
    slot(slot).truncate(size);
  }

  @Override
  public void allocate(int slot, AllocateMode mode, long position, long length) {
    slot(slot);
    if (length <= 0) {
      throw EINVAL.exception();
    }
    writable(slot).allocate(mode, position, length);
  }

  @Override
  public String describe(int slot) {
    Inode inode = slot(slot);
    int links = inode.stat().links();
    if (inode.type() == FileType.DIRECTORY) {
      return links + " " + (links == 0 ? List.of() : List.copyOf(children(inode).keySet()));
    }
    return links + " " + Contents.summary(contents(inode));
  }

  @Override
  public void createIn(int slot, String name, int mode) {
    slot(slot).create(name, NewInode.regular(mode, 0, 0));
  }

  @Override
  public void linkSlot(int slot, String path) {
    Inode inode = slot(slot);
    Place place = place(path);
    if (inode.type() == FileType.DIRECTORY && place.find() != null) {
      throw EEXIST.exception();
    }
    place.directory.link(place.name, inode);
  }

  @Override
  public List<String> describe() {
    List<String> lines = new ArrayList<>();
    describe(fileSystem.root(), "", new HashMap<>(), lines);
    return lines;
  }

  private void describe(Inode inode, String name, Map<Long, String> seen, List<String> lines) {
    Stat stat = inode.stat();
    String contents =
        switch (inode.type()) {
          case REGULAR -> Contents.summary(contents(inode));
          case SYMLINK -> inode.readLink();
          default -> "";
        };
    String first = seen.computeIfAbsent(inode.ino(), ino -> name);
    lines.add(Contents.line(name, stat.mode(), stat.links(), contents, xattrs(inode), first));
    if (inode.type() == FileType.DIRECTORY) {
      children(inode).forEach((child, number) -> describe(inode, child, number, name, seen, lines));
    }
  }

  private void describe(
      Inode directory,
      String child,
      long number,
      String name,
      Map<Long, String> seen,
      List<String> lines) {
    Inode inode = directory.lookup(child);
    check(inode == directory.lookup(child), "two handles for " + name + "/" + child);
    check(inode.ino() == number, "listed and found numbers differ for " + name + "/" + child);
    if (inode.type() == FileType.DIRECTORY) {
      check(inode.parent() == directory, "wrong parent of " + name + "/" + child);
    }
    Inode.Link link = inode.link();
    check(
        link != null && link.directory().lookup(link.name()) == inode,
        "wrong link of " + name + "/" + child);
    describe(inode, name + "/" + child, seen, lines);
  }

  private static void check(boolean holds, String message) {
    if (!holds) {
      throw new AssertionError(message);
    }
  }

  private static SortedMap<String, Long> children(Inode directory) {
    SortedMap<String, Long> children = new TreeMap<>();
    directory.readDirectory(
        0,
        (name, ino, type, cookie) -> {
          check(children.put(name, ino) == null, "listed twice: " + name);
          check(directory.lookup(name).type() == type, "wrong type listed: " + name);
          return true;
        });
    return children;
  }

  private static byte[] contents(Inode inode) {
    byte[] bytes = new byte[(int) inode.size()];
    int count = inode.read(0, bytes, 0, bytes.length);
    check(count == bytes.length, "read less than the size");
    return bytes;
  }

  private static List<String> xattrs(Inode inode) {
    List<String> xattrs = new ArrayList<>();
    for (String name : inode.listXattrs()) {
      xattrs.add(name + "=" + Contents.summary(inode.getXattr(name)));
    }
    xattrs.sort(null);
    return xattrs;
  }

  @Override
  public void close() {
    for (int slot = 0; slot < SLOTS; slot++) {
      Inode inode = slots[slot];
      slots[slot] = null;
      if (inode != null) {
        inode.closed();
      }
    }
    Objects.requireNonNull(fileSystem.root());
  }
}
