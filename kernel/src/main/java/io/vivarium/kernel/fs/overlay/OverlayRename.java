package io.vivarium.kernel.fs.overlay;

import static io.vivarium.kernel.errno.Errno.EEXIST;
import static io.vivarium.kernel.errno.Errno.EINVAL;
import static io.vivarium.kernel.errno.Errno.EISDIR;
import static io.vivarium.kernel.errno.Errno.ENOENT;
import static io.vivarium.kernel.errno.Errno.ENOTDIR;
import static io.vivarium.kernel.errno.Errno.ENOTEMPTY;
import static io.vivarium.kernel.errno.Errno.ESTALE;

import io.vivarium.kernel.fs.Inode;
import io.vivarium.kernel.text.ByteStrings;
import org.jspecify.annotations.Nullable;

/**
 * One rename(2) in an overlay. What moves is copied up without contents; a directory that goes on
 * in the lower trees gets a mark that says where. Then exchanging two names of the upper tree makes
 * the change visible, which cannot fail, and what has come to lie under the old name is cleared
 * away.
 */
final class OverlayRename {
  private final OverlayFileSystem overlay;
  private final Upper upper;
  private final OverlayDirectory from;
  private final String oldName;
  private final OverlayDirectory to;
  private final String newName;

  OverlayRename(
      OverlayFileSystem overlay,
      OverlayDirectory from,
      String oldName,
      OverlayDirectory to,
      String newName) {
    this.overlay = overlay;
    this.upper = overlay.upper();
    this.from = from;
    this.oldName = oldName;
    this.to = to;
    this.newName = newName;
  }

  void run(Inode expected, @Nullable Inode expectedTarget, int flags) {
    OverlayInode source = OverlayNamespace.expected(from, oldName, expected);
    OverlayInode target = expectedTarget(expectedTarget, flags);
    check(source, target, flags);
    if (source == target) {
      return; // Two names of one file, or the same name: nothing to do, says rename(2).
    }
    if ((flags & Inode.RENAME_EXCHANGE) != 0 && target != null) {
      exchange(source, target);
    } else {
      move(source, target);
    }
  }

  private @Nullable OverlayInode expectedTarget(@Nullable Inode expected, int flags) {
    OverlayInode target = to.find(newName);
    if (target != null && (flags & Inode.RENAME_NOREPLACE) != 0) {
      throw EEXIST.exception();
    }
    if (target == null && (flags & Inode.RENAME_EXCHANGE) != 0) {
      throw ENOENT.exception();
    }
    if (target != expected) {
      throw ESTALE.exception();
    }
    return target;
  }

  /** The errors of rename(2), in the order in which Linux finds them. */
  private void check(OverlayInode source, @Nullable OverlayInode target, int flags) {
    boolean exchange = (flags & Inode.RENAME_EXCHANGE) != 0;
    if (source instanceof OverlayDirectory && isWithin(to, source)) {
      throw EINVAL.exception();
    }
    if (target == null) {
      to.checkNotRemoved();
      return;
    }
    if (target instanceof OverlayDirectory && isWithin(from, target)) {
      throw exchange ? EINVAL.exception() : ENOTEMPTY.exception();
    }
    if (exchange || source == target) {
      return;
    }
    if (source instanceof OverlayDirectory && !(target instanceof OverlayDirectory)) {
      throw ENOTDIR.exception();
    }
    if (target instanceof OverlayDirectory directory) {
      if (!(source instanceof OverlayDirectory)) {
        throw EISDIR.exception();
      }
      if (!MergedEntries.isEmpty(overlay, directory)) {
        throw ENOTEMPTY.exception();
      }
    }
  }

  /** Whether a directory is another one or below it. */
  private static boolean isWithin(OverlayDirectory directory, OverlayInode ancestor) {
    for (OverlayDirectory at = directory; at != null; at = at.parentDirectory()) {
      if (at == ancestor) {
        return true;
      }
    }
    return false;
  }

  private void move(OverlayInode source, @Nullable OverlayInode target) {
    if (target instanceof OverlayFile replaced) {
      OverlayNamespace.prepareToLoseName(replaced);
    }
    Inode oldDirectory = from.copyUp();
    Inode newDirectory = to.copyUp();
    Inode moving = ready(source, from, oldName, to, newName);
    OverlayNamespace.markForeign(to, newDirectory, source);
    boolean hide = from.lowerEntry(oldName) != null;
    Inode present = to.upperEntry(newName);
    if (present != null || hide) {
      if (present == null) {
        upper.putWhiteout(newDirectory, newName);
        present = newDirectory.lookup(newName);
      }
      swapAndClear(oldDirectory, moving, newDirectory, present, hide);
    } else {
      oldDirectory.rename(oldName, moving, newDirectory, newName, null, 0);
    }
    moved(source, from, to, newName);
    if (target != null) {
      lost(target);
    }
  }

  /**
   * Exchanges the names and then makes the old one free, or a whiteout. What the new name stood for
   * is a whiteout, a file, or a directory with nothing but whiteouts.
   */
  private void swapAndClear(
      Inode oldDirectory, Inode moving, Inode newDirectory, Inode present, boolean hide) {
    boolean isWhiteout = Marks.isWhiteout(present);
    if (hide && !isWhiteout) {
      // First, because it may fail: the replaced file becomes a whiteout where it is.
      upper.replaceByWhiteout(newDirectory, newName, present);
      present = newDirectory.lookup(newName);
      isWhiteout = true;
    }
    oldDirectory.rename(oldName, moving, newDirectory, newName, present, Inode.RENAME_EXCHANGE);
    if (!hide) {
      upper.remove(oldDirectory, oldName, present);
    }
  }

  private void exchange(OverlayInode first, OverlayInode second) {
    Inode oldDirectory = from.copyUp();
    Inode newDirectory = to.copyUp();
    Inode firstCopy = ready(first, from, oldName, to, newName);
    Inode secondCopy = ready(second, to, newName, from, oldName);
    OverlayNamespace.markForeign(to, newDirectory, first);
    OverlayNamespace.markForeign(from, oldDirectory, second);
    oldDirectory.rename(
        oldName, firstCopy, newDirectory, newName, secondCopy, Inode.RENAME_EXCHANGE);
    moved(first, from, to, newName);
    moved(second, to, from, oldName);
  }

  /** Brings a file into the upper tree under its name, marked so that it stays itself elsewhere. */
  private Inode ready(
      OverlayInode inode,
      OverlayDirectory directory,
      String name,
      OverlayDirectory newDirectory,
      String otherName) {
    Inode copy = inode.copyUp();
    if (inode instanceof OverlayDirectory moving) {
      LowerDirectory lower = moving.lower();
      if (lower != null) {
        copy.setXattr(Marks.REDIRECT, ByteStrings.encode(lower.path()), 0);
      } else if (OverlayNamespace.hidesDirectory(newDirectory, otherName)) {
        copy.setXattr(Marks.OPAQUE, Marks.YES, 0);
      }
    } else if (directory.upperEntry(name) == null) {
      directory.copyUp().link(name, copy); // Until now the index led from this lower name to it.
    }
    return copy;
  }

  private void moved(
      OverlayInode inode, OverlayDirectory before, OverlayDirectory after, String name) {
    switch (inode) {
      case OverlayFile file -> file.moved(after, name);
      case OverlayDirectory directory -> {
        directory.moved(after, name);
        before.countSubdirectory(-1);
        after.countSubdirectory(1);
      }
    }
  }

  private void lost(OverlayInode target) {
    switch (target) {
      case OverlayFile file -> file.lostName(to, newName);
      case OverlayDirectory directory -> {
        directory.removed();
        to.countSubdirectory(-1);
      }
    }
  }
}
