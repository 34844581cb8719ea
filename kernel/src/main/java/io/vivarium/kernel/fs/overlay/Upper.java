package io.vivarium.kernel.fs.overlay;

import static io.vivarium.kernel.errno.Errno.EMLINK;
import static io.vivarium.kernel.errno.Errno.ENOENT;

import io.vivarium.kernel.errno.ErrnoException;
import io.vivarium.kernel.fs.FileType;
import io.vivarium.kernel.fs.Inode;
import io.vivarium.kernel.fs.NewInode;
import io.vivarium.kernel.fs.memory.MemoryFileSystem;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The writable side of an overlay: a file system in memory that holds the upper tree in one
 * directory and, in another, what the overlay needs besides: the whiteout, of which all whiteouts
 * are hard links, so hiding a name costs no inode; the index of copied files that have several
 * lower names; and a place where files are made ready before one step moves them into the tree.
 */
final class Upper {
  /** Inodes that are not files of the union: root, work directory, index, whiteout. */
  static final int OWN_INODES = 4;

  /** Host memory that they take, generously. */
  static final int OWN_RESIDENT_BYTES = 16 * 1024;

  private static final String TREE = "upper";
  private static final String WORK = "work";
  private static final String INDEX = "index";
  private static final String WHITEOUT = "whiteout-";
  private static final String STAGED = "staged";

  private final MemoryFileSystem files;
  private final Inode tree;
  private final Inode work;
  private final Inode index;

  /** The whiteout that gets further names, and how many there were before it. */
  private Inode whiteout;

  private int fullWhiteouts;

  /** Opens the upper side in a file system, which has one or is empty. */
  Upper(MemoryFileSystem files, @Nullable LowerDirectory lowerRoot) {
    this.files = files;
    Inode root = files.root();
    if (find(root, TREE) == null) {
      if (lowerRoot == null) {
        root.create(TREE, NewInode.directory(0755, 0, 0));
      } else {
        Inode top = lowerRoot.top();
        files.copyIn(root, TREE, top, Marks.xattrsWithout(top));
      }
      Inode work = root.create(WORK, NewInode.directory(0, 0, 0));
      work.create(INDEX, NewInode.directory(0, 0, 0));
      work.create(WHITEOUT + 0, NewInode.node(FileType.CHARACTER_DEVICE, 0, 0, 0, 0));
    }
    this.tree = root.lookup(TREE);
    this.work = root.lookup(WORK);
    this.index = work.lookup(INDEX);
    this.whiteout = work.lookup(WHITEOUT + 0);
    Inode next = find(work, WHITEOUT + 1);
    while (next != null) {
      whiteout = next;
      fullWhiteouts++;
      next = find(work, WHITEOUT + (fullWhiteouts + 1));
    }
  }

  MemoryFileSystem files() {
    return files;
  }

  /** The root of the upper tree. */
  Inode tree() {
    return tree;
  }

  /** A directory outside of the tree, for files without a name. */
  Inode work() {
    return work;
  }

  static @Nullable Inode find(Inode directory, String name) {
    try {
      return directory.lookup(name);
    } catch (ErrnoException e) {
      if (e.errno() != ENOENT) {
        throw e;
      }
      return null;
    }
  }

  /** Puts a whiteout under a free name. */
  void putWhiteout(Inode directory, String name) {
    linkWhiteout(directory, name);
  }

  private Inode linkWhiteout(Inode directory, String name) {
    try {
      directory.link(name, whiteout);
    } catch (ErrnoException e) {
      if (e.errno() != EMLINK) {
        throw e;
      }
      // A copy is not charged with an inode; and for its name in the work directory it stays.
      whiteout = files.copyIn(work, WHITEOUT + (fullWhiteouts + 1), whiteout, Map.of());
      fullWhiteouts++;
      directory.link(name, whiteout);
    }
    return whiteout;
  }

  /** Puts a whiteout in place of a file, or of a directory that holds nothing but whiteouts. */
  void replaceByWhiteout(Inode directory, String name, Inode present) {
    place(linkWhiteout(work, STAGED), directory, name, present);
  }

  /** Moves the staged file in place of what a name stands for, which goes; this never fails. */
  private void place(Inode staged, Inode directory, String name, Inode present) {
    boolean files = staged.type() != FileType.DIRECTORY && present.type() != FileType.DIRECTORY;
    int flags = files ? 0 : Inode.RENAME_EXCHANGE;
    work.rename(STAGED, staged, directory, name, present, flags);
    if (!files) {
      remove(work, STAGED, present);
    }
  }

  /** Creates a file in place of a whiteout. */
  Inode createOverWhiteout(
      Inode directory, String name, Inode whiteout, NewInode attributes, boolean opaque) {
    Inode created = work.create(STAGED, attributes);
    if (opaque) {
      try {
        created.setXattr(Marks.OPAQUE, Marks.YES, 0);
      } catch (ErrnoException e) {
        remove(work, STAGED, created);
        throw e;
      }
    }
    place(created, directory, name, whiteout);
    return created;
  }

  /** Gives a file a further name in place of a whiteout. */
  void linkOverWhiteout(Inode directory, String name, Inode whiteout, Inode file) {
    work.link(STAGED, file);
    place(file, directory, name, whiteout);
  }

  /** Removes a name; a directory under it holds nothing but whiteouts. */
  void remove(Inode directory, String name, Inode present) {
    if (present.type() != FileType.DIRECTORY) {
      directory.unlink(name, present);
      return;
    }
    List<String> whiteouts = new ArrayList<>();
    present.readDirectory(
        0,
        (whiteout, ino, type, cookie) -> {
          whiteouts.add(whiteout);
          return true;
        });
    for (String whiteout : whiteouts) {
      present.unlink(whiteout, present.lookup(whiteout));
    }
    directory.rmdir(name, present);
  }

  /** The copy of a lower file that has several names, or null when it was not copied. */
  @Nullable Inode indexed(int layer, long ino) {
    return find(index, indexName(layer, ino));
  }

  /** The directory that holds the index. */
  Inode index() {
    return index;
  }

  void removeFromIndex(int layer, long ino, Inode file) {
    index.unlink(indexName(layer, ino), file);
  }

  static String indexName(int layer, long ino) {
    return layer + "-" + Long.toHexString(ino);
  }
}
