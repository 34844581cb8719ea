package io.vivarium.kernel.file;

import static io.vivarium.kernel.errno.Errno.EBADF;
import static io.vivarium.kernel.errno.Errno.EINVAL;
import static io.vivarium.kernel.errno.Errno.ENOTDIR;
import static io.vivarium.kernel.errno.Errno.ESPIPE;

import io.vivarium.kernel.fs.Inode;
import io.vivarium.kernel.fs.Location;
import io.vivarium.kernel.wait.Task;
import io.vivarium.kernel.wait.WaitQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * An open file description (open(2)): what descriptors refer to. It is shared by {@code dup} and by
 * children, and owns the file offset, the access mode and the status flags.
 *
 * <p><b>References.</b> A description starts with one reference. Every descriptor, and every system
 * call in progress on it, holds one; {@link #release()} of the last runs {@link #closeLast()} once.
 *
 * <p>Subclasses say what reading, writing and polling mean. Access mode is checked here, so they
 * need not. Thread-safe.
 */
public abstract class FileDescription {
  private final AtomicInteger references = new AtomicInteger(1);
  private final Inode inode;
  private final int access;
  private volatile int statusFlags;
  private volatile @Nullable Flock flock;
  private @Nullable CountLimit countedIn;
  private @Nullable Location location;

  /**
   * A description with one reference.
   *
   * @param inode what it is open on; in use until the description closes
   * @param flags access mode and status flags of open(2)
   */
  protected FileDescription(Inode inode, int flags) {
    this.inode = inode;
    this.access = flags & (OpenFlags.O_ACCMODE | OpenFlags.O_PATH);
    this.statusFlags = flags & (OpenFlags.SETTABLE | OpenFlags.O_SYNC | OpenFlags.O_DSYNC);
    inode.opened();
  }

  /** What this description is open on. */
  public final Inode inode() {
    return inode;
  }

  /** Where it was opened; null for what has no place in the tree, such as a pipe. */
  public final @Nullable Location location() {
    return location;
  }

  /** Remembers where it was opened, before anybody else sees it. Keeps the mount in use. */
  public final void openedAt(Location place) {
    place.mount().use();
    location = place;
  }

  /** Access mode and status flags, as fcntl(F_GETFL). */
  public final int flags() {
    return access | statusFlags;
  }

  /** Changes the status flags that {@link OpenFlags#SETTABLE} lists; others stay. */
  public final synchronized void setStatusFlags(int flags) {
    statusFlags = (statusFlags & ~OpenFlags.SETTABLE) | (flags & OpenFlags.SETTABLE);
  }

  /** Whether O_NONBLOCK is set. */
  public final boolean nonBlocking() {
    return (statusFlags & OpenFlags.O_NONBLOCK) != 0;
  }

  /** Whether O_APPEND is set. */
  public final boolean appending() {
    return (statusFlags & OpenFlags.O_APPEND) != 0;
  }

  /** Whether the access mode allows reading. */
  public final boolean readable() {
    return OpenFlags.reads(access) && (access & OpenFlags.O_PATH) == 0;
  }

  /** Whether the access mode allows writing. */
  public final boolean writable() {
    return OpenFlags.writes(access) && (access & OpenFlags.O_PATH) == 0;
  }

  /**
   * Takes a reference.
   *
   * @return whether there was one left to share; false means the description is closed
   */
  public final boolean tryRetain() {
    int present;
    do {
      present = references.get();
      if (present <= 0) {
        return false;
      }
    } while (!references.compareAndSet(present, present + 1));
    return true;
  }

  /** How many references there are at this moment. */
  public final int references() {
    return references.get();
  }

  /** Gives a reference back; the last one closes. */
  public final void release() {
    if (references.decrementAndGet() == 0) {
      try {
        Flock locks = flock;
        if (locks != null) {
          locks.unlock(this);
        }
        closeLast();
      } finally {
        inode.closed();
        uncount();
        if (location != null) {
          location.mount().unuse();
        }
      }
    }
  }

  /**
   * Counts this description among the open files of a machine until it closes. A descriptor table
   * does so with every description it takes in; the first time counts.
   *
   * @throws io.vivarium.kernel.errno.ErrnoException the errno of the limit when it is reached
   */
  final synchronized void countIn(CountLimit openFiles) {
    if (countedIn == null) {
      openFiles.take();
      countedIn = openFiles;
    }
  }

  /** As {@link #countIn} where the place was taken before. */
  final synchronized void countReserved(CountLimit openFiles) {
    if (countedIn == null) {
      countedIn = openFiles;
    } else {
      openFiles.give();
    }
  }

  /** A lock of flock(2) may be set through this description; closing it gives that up. */
  final void holdsFlock(Flock locks) {
    flock = locks;
  }

  private synchronized void uncount() {
    if (countedIn != null) {
      countedIn.give();
    }
  }

  /** The last reference is gone: give back what this description holds. */
  protected void closeLast() {}

  // ---- data -------------------------------------------------------------------------------------

  /**
   * read(2) at the file offset.
   *
   * @return bytes read, 0 at the end of the file
   */
  public final int read(Task task, byte[] buffer, int offset, int length) {
    if (!readable()) {
      throw EBADF.exception();
    }
    return doRead(task, buffer, offset, length);
  }

  /** write(2) at the file offset, or at the end with O_APPEND. */
  public final int write(Task task, byte[] buffer, int offset, int length) {
    if (!writable()) {
      throw EBADF.exception();
    }
    return doWrite(task, buffer, offset, length);
  }

  /** pread(2): the file offset stays. */
  public final int pread(Task task, long position, byte[] buffer, int offset, int length) {
    if (!readable()) {
      throw EBADF.exception();
    }
    if (position < 0) {
      throw EINVAL.exception();
    }
    return doPread(task, position, buffer, offset, length);
  }

  /** pwrite(2): the file offset stays. */
  public final int pwrite(Task task, long position, byte[] buffer, int offset, int length) {
    if (!writable()) {
      throw EBADF.exception();
    }
    if (position < 0) {
      throw EINVAL.exception();
    }
    return doPwrite(task, position, buffer, offset, length);
  }

  /** What {@link #read} does once the access mode allows it. */
  protected abstract int doRead(Task task, byte[] buffer, int offset, int length);

  /** What {@link #write} does once the access mode allows it. */
  protected abstract int doWrite(Task task, byte[] buffer, int offset, int length);

  /** What {@link #pread} does; ESPIPE for what has no positions. */
  protected int doPread(Task task, long position, byte[] buffer, int offset, int length) {
    throw ESPIPE.exception();
  }

  /** What {@link #pwrite} does; ESPIPE for what has no positions. */
  protected int doPwrite(Task task, long position, byte[] buffer, int offset, int length) {
    throw ESPIPE.exception();
  }

  /**
   * lseek(2).
   *
   * @return the new offset
   */
  public long seek(long offset, Whence whence) {
    throw ESPIPE.exception();
  }

  /**
   * Enumerates a directory from a position; 0 is the beginning, and the cookie that comes with an
   * entry continues behind it. "." and ".." come first.
   */
  public void readDirectory(long cookie, io.vivarium.kernel.fs.DirectoryVisitor visitor) {
    throw ENOTDIR.exception();
  }

  // ---- readiness --------------------------------------------------------------------------------

  /** The {@link PollEvents} that hold now. Files are always ready. */
  public int poll() {
    return PollEvents.POLLIN | PollEvents.POLLOUT | PollEvents.POLLRDNORM | PollEvents.POLLWRNORM;
  }

  /** Where changes of {@link #poll()} are announced; null when it never changes. */
  public @Nullable WaitQueue pollQueue() {
    return null;
  }

  /**
   * What /proc/PID/fd/N shows for something without a path, such as {@code pipe:[42]}; null when
   * the path of the inode is to be shown.
   */
  public @Nullable String anonymousName() {
    return null;
  }
}
