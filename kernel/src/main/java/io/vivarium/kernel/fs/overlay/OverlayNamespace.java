package io.vivarium.kernel.fs.overlay;

import static io.vivarium.kernel.errno.Errno.EEXIST;
import static io.vivarium.kernel.errno.Errno.EISDIR;
import static io.vivarium.kernel.errno.Errno.ENOENT;
import static io.vivarium.kernel.errno.Errno.ENOTDIR;
import static io.vivarium.kernel.errno.Errno.ENOTEMPTY;
import static io.vivarium.kernel.errno.Errno.EPERM;
import static io.vivarium.kernel.errno.Errno.ESTALE;

import io.vivarium.kernel.errno.ErrnoException;
import io.vivarium.kernel.fs.FileType;
import io.vivarium.kernel.fs.Inode;
import io.vivarium.kernel.fs.NewInode;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * The operations of an overlay that add and remove names. Each runs under the write lock, and what
 * can fail comes before the one step after which the change is visible.
 */
final class OverlayNamespace {
  private final OverlayFileSystem overlay;
  private final Upper upper;

  OverlayNamespace(OverlayFileSystem overlay) {
    this.overlay = overlay;
    this.upper = overlay.upper();
  }

  OverlayInode create(OverlayDirectory parent, String name, NewInode attributes) {
    if (parent.find(name) != null) {
      throw EEXIST.exception();
    }
    parent.checkNotRemoved();
    if (Marks.isWhiteout(attributes.type(), attributes.rdev())) {
      throw EPERM.exception();
    }
    Inode directory = parent.copyUp();
    Inode whiteout = parent.upperEntry(name);
    Inode created;
    if (whiteout == null) {
      created = directory.create(name, attributes);
    } else {
      boolean opaque = attributes.type() == FileType.DIRECTORY && hidesDirectory(parent, name);
      created = upper.createOverWhiteout(directory, name, whiteout, attributes, opaque);
    }
    if (attributes.type() == FileType.DIRECTORY) {
      parent.countSubdirectory(1);
    }
    return overlay.cache().ofUpper(created, parent, name);
  }

  static boolean hidesDirectory(OverlayDirectory parent, String name) {
    LowerEntry entry = parent.lowerEntry(name);
    return entry != null && entry.isDirectory();
  }

  void link(OverlayDirectory parent, String name, OverlayInode target) {
    if (parent.find(name) != null) {
      throw EEXIST.exception();
    }
    parent.checkNotRemoved();
    if (!(target instanceof OverlayFile file)) {
      throw EPERM.exception();
    }
    if (file.upper() == null && file.isLowerUnlinked()) {
      throw ENOENT.exception();
    }
    Inode copy = file.copyUp();
    Inode directory = parent.copyUp();
    markForeign(parent, directory, file);
    Inode whiteout = parent.upperEntry(name);
    file.countName();
    try {
      if (whiteout == null) {
        directory.link(name, copy);
      } else {
        upper.linkOverWhiteout(directory, name, whiteout, copy);
      }
    } catch (ErrnoException e) {
      file.uncountName();
      throw e;
    }
    file.foundAt(parent, name);
  }

  /** Remembers that a directory gets a file whose number is not that of its upper file. */
  static void markForeign(OverlayDirectory parent, Inode directory, OverlayInode inode) {
    boolean foreign =
        switch (inode) {
          case OverlayFile file -> file.hasOrigin();
          case OverlayDirectory below -> below.lower() != null;
        };
    if (foreign && parent.lower() == null && !Marks.has(directory, Marks.IMPURE)) {
      directory.setXattr(Marks.IMPURE, Marks.YES, 0);
    }
  }

  void unlink(OverlayDirectory parent, String name, Inode expected) {
    if (!(expected(parent, name, expected) instanceof OverlayFile file)) {
      throw EISDIR.exception();
    }
    prepareToLoseName(file);
    removeName(parent, name);
    file.lostName(parent, name);
  }

  /** A file with several lower names needs a copy to count those that are left. */
  static void prepareToLoseName(OverlayFile file) {
    if (file.hasManyLowerNames()) {
      file.copyUp();
    }
  }

  void rmdir(OverlayDirectory parent, String name, Inode expected) {
    if (!(expected(parent, name, expected) instanceof OverlayDirectory directory)) {
      throw ENOTDIR.exception();
    }
    if (!MergedEntries.isEmpty(overlay, directory)) {
      throw ENOTEMPTY.exception();
    }
    removeName(parent, name);
    directory.removed();
    parent.countSubdirectory(-1);
  }

  private void removeName(OverlayDirectory parent, String name) {
    boolean hide = parent.lowerEntry(name) != null;
    Inode directory = parent.copyUp();
    Inode present = parent.upperEntry(name);
    if (present == null) {
      upper.putWhiteout(directory, name);
    } else if (hide) {
      upper.replaceByWhiteout(directory, name, present);
    } else {
      upper.remove(directory, name, present);
    }
  }

  static OverlayInode expected(OverlayDirectory parent, String name, Inode expected) {
    OverlayInode found = parent.find(name);
    if (found == null) {
      throw ENOENT.exception();
    }
    if (found != expected) {
      throw ESTALE.exception();
    }
    return found;
  }

  /** Some name of a file of which none is known, or null; under the lock. */
  Inode.@Nullable Link findLink(OverlayFile file) {
    Inode copy = file.upper();
    if (copy == null) {
      return null; // It had one name, and that is gone.
    }
    for (Inode.Link link : upper.files().links(copy)) {
      OverlayDirectory directory = atUpper(link.directory());
      if (directory != null && directory.find(link.name()) == file) {
        return new Inode.Link(directory, link.name());
      }
    }
    return file.isIndexed() ? searchLink(file) : null;
  }

  /**
   * Looks through the whole union for a name that a lower tree gives a file with several. Only its
   * handle remembers what it finds, so this happens at most once for each name that goes.
   */
  private Inode.@Nullable Link searchLink(OverlayFile file) {
    Deque<OverlayDirectory> directories = new ArrayDeque<>();
    directories.add((OverlayDirectory) overlay.root());
    while (!directories.isEmpty()) {
      OverlayDirectory directory = directories.remove();
      Deque<String> found = new ArrayDeque<>(1);
      new MergedEntries(overlay, directory)
          .visit(
              0,
              (name, ino, type, cookie) -> {
                if (type == FileType.DIRECTORY) {
                  if (directory.find(name) instanceof OverlayDirectory below) {
                    directories.add(below);
                  }
                } else if (ino == file.ino() && directory.find(name) == file) {
                  found.add(name);
                }
                return found.isEmpty();
              });
      if (!found.isEmpty()) {
        return new Inode.Link(directory, found.remove());
      }
    }
    return null;
  }

  /** The directory of the overlay that a directory of the upper tree belongs to. */
  private @Nullable OverlayDirectory atUpper(Inode directory) {
    Deque<String> names = new ArrayDeque<>();
    for (Inode at = directory; at != upper.tree(); ) {
      Inode.Link link = at.link();
      if (link == null) {
        return null; // the index, or the root above it
      }
      names.addFirst(link.name());
      at = link.directory();
    }
    return walk(names);
  }

  private @Nullable OverlayDirectory walk(Iterable<String> names) {
    OverlayInode at = (OverlayDirectory) overlay.root();
    for (String name : names) {
      at = at instanceof OverlayDirectory directory ? directory.find(name) : null;
    }
    return at instanceof OverlayDirectory directory ? directory : null;
  }
}
