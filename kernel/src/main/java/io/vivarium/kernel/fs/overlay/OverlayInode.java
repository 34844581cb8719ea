package io.vivarium.kernel.fs.overlay;

import static io.vivarium.kernel.errno.Errno.ENOENT;
import static io.vivarium.kernel.errno.Errno.EOPNOTSUPP;
import static io.vivarium.kernel.errno.Errno.EPERM;

import io.vivarium.kernel.errno.ErrnoException;
import io.vivarium.kernel.fs.AttributeChange;
import io.vivarium.kernel.fs.FileType;
import io.vivarium.kernel.fs.Inode;
import io.vivarium.kernel.user.Credentials;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The handle of a file in an overlay. The file is in the upper file system once it was copied up or
 * if it was made there, else in a lower tree; whichever has it answers for its attributes.
 */
abstract sealed class OverlayInode extends Inode permits OverlayDirectory, OverlayFile {
  private final OverlayFileSystem overlay;
  private final long ino;

  /** Set once, under the lock of the overlay and the monitor of this handle. */
  private volatile @Nullable Inode upper;

  private int users;

  /** The lower file that is open for the users, because contents are read from it. */
  private @Nullable Inode lowerInUse;

  /** Whether this lower file has no name any more and counts until its last user is gone. */
  private boolean lingering;

  private long lingeringBytes;

  OverlayInode(OverlayFileSystem overlay, long ino, @Nullable Inode upper) {
    this.overlay = overlay;
    this.ino = ino;
    this.upper = upper;
  }

  /** The file in the lower tree, which answers while there is none in the upper file system. */
  abstract Inode lowerInode();

  /** The lower file that contents are read from now, or null. */
  abstract @Nullable Inode lowerContents();

  /** Whether the last name of a file that was not copied up is gone. */
  abstract boolean isLowerUnlinked();

  /** The file in the upper file system, copied there if need be; under the write lock. */
  abstract Inode copyUp();

  @Override
  public final OverlayFileSystem fileSystem() {
    return overlay;
  }

  @Override
  public final long ino() {
    return ino;
  }

  final @Nullable Inode upper() {
    return upper;
  }

  /** The file that answers now. ENOENT when the file is gone, as upper files answer themselves. */
  final Inode real() {
    Inode present = upper;
    if (present != null) {
      return present;
    }
    if (isLowerUnlinked()) {
      synchronized (this) {
        if (users == 0) {
          throw ENOENT.exception();
        }
      }
    }
    return lowerInode();
  }

  /** As {@link #copyUp}, from outside of the lock. */
  final Inode writable() {
    Inode present = upper;
    if (present != null) {
      return present;
    }
    overlay.writing().lock();
    try {
      return copyUp();
    } finally {
      overlay.writing().unlock();
    }
  }

  /** Makes a copy in the upper file system the file that answers. */
  final synchronized void attach(Inode copy) {
    if (users > 0) {
      copy.opened();
    }
    upper = copy;
    if (lingering) {
      lingering = false;
      overlay.lingering().copiedUp(lingeringBytes);
    }
    overlay.cache().copiedUp(this, copy);
  }

  /** The last name of a lower file without a copy is gone; under the monitor of this handle. */
  final void lowerLost() {
    if (users > 0) {
      lingering = true;
      lingeringBytes = lowerSize();
      overlay.lingering().add(lingeringBytes);
    } else {
      overlay.ledger().charge(-lowerSize(), -1, 0);
    }
  }

  /** Says ENOENT when nobody uses this file any more; under the monitor of this handle. */
  final void checkUsed() {
    if (users == 0) {
      throw ENOENT.exception();
    }
  }

  private long lowerSize() {
    try {
      return type() == FileType.DIRECTORY ? 0 : lowerInode().size();
    } catch (ErrnoException e) {
      return 0; // The lower tree changed, which it must not; the removal goes on.
    }
  }

  @Override
  public final int mode() {
    return real().mode();
  }

  @Override
  public final boolean mayAccess(Credentials who, int wanted) {
    return real().mayAccess(who, wanted);
  }

  @Override
  public final int uid() {
    return real().uid();
  }

  @Override
  public final int gid() {
    return real().gid();
  }

  @Override
  public final long rdev() {
    return real().rdev();
  }

  @Override
  public final void setAttributes(AttributeChange change) {
    real();
    writable().setAttributes(change);
  }

  @Override
  public final byte[] getXattr(String name) {
    checkNoMark(name);
    return real().getXattr(name);
  }

  @Override
  public final List<String> listXattrs() {
    return real().listXattrs().stream().filter(name -> !Marks.isMark(name)).toList();
  }

  @Override
  public final void setXattr(String name, byte[] value, int flags) {
    checkNoMark(name);
    real();
    writable().setXattr(name, value, flags);
  }

  @Override
  public final void removeXattr(String name) {
    checkNoMark(name);
    if (upper() == null) {
      // Says what is wrong, if anything is, without copying the file up for it.
      boolean usersOwnContents = type() == FileType.REGULAR || type() == FileType.DIRECTORY;
      if (!usersOwnContents && name.startsWith("user.")) {
        throw EPERM.exception();
      }
      real().getXattr(name);
    }
    writable().removeXattr(name);
  }

  private static void checkNoMark(String name) {
    if (Marks.isMark(name)) {
      throw EOPNOTSUPP.exception();
    }
  }

  @Override
  public final synchronized void opened() {
    if (users == 0) {
      Inode present = upper;
      if (present == null && isLowerUnlinked()) {
        throw ENOENT.exception();
      }
      Inode lower = lowerContents();
      if (lower != null) {
        lower.opened();
      }
      if (present != null) {
        openUpper(present, lower);
      }
      lowerInUse = lower;
    }
    users++;
  }

  private static void openUpper(Inode upper, @Nullable Inode lower) {
    try {
      upper.opened();
    } catch (ErrnoException e) {
      if (lower != null) {
        lower.closed();
      }
      throw e;
    }
  }

  @Override
  public final synchronized void closed() {
    users--;
    if (users > 0) {
      return;
    }
    Inode present = upper;
    if (present != null) {
      present.closed();
    }
    if (lingering) {
      lingering = false;
      overlay.lingering().end(lingeringBytes);
    }
    Inode lower = lowerInUse;
    lowerInUse = null;
    if (lower != null) {
      lower.closed();
    }
  }

  @Override
  public final void sync() {}
}
