package io.vivarium.kernel.file;

import static io.vivarium.kernel.errno.Errno.EINVAL;
import static io.vivarium.kernel.errno.Errno.EOVERFLOW;

import io.vivarium.kernel.fs.Inode;
import io.vivarium.kernel.fs.Mode;
import io.vivarium.kernel.fs.VirtualFileSystem;
import io.vivarium.kernel.user.Credentials;
import io.vivarium.kernel.wait.Task;

/**
 * An open regular file: a file offset over the positioned reads and writes of its inode. The offset
 * is moved under a lock, so two tasks that share a description never write over each other
 * (POSIX.1-2024, 2.9.7).
 */
final class RegularFileDescription extends FileDescription {
  /** The alignment that O_DIRECT asks of positions and lengths, bytes. */
  private static final int DIRECT_ALIGNMENT = 512;

  private final Credentials opener;
  private long position;

  RegularFileDescription(Inode inode, int flags, Credentials opener) {
    super(inode, flags);
    this.opener = opener;
  }

  @Override
  protected synchronized int doRead(Task task, byte[] buffer, int offset, int length) {
    int count = doPread(task, position, buffer, offset, length);
    position += count;
    return count;
  }

  @Override
  protected synchronized int doWrite(Task task, byte[] buffer, int offset, int length) {
    if (appending()) {
      dropSetId();
      long end = inode().append(buffer, offset, length);
      long start = Math.max(0, end - length);
      position = end;
      return (int) (end - start);
    }
    int count = doPwrite(task, position, buffer, offset, length);
    position += count;
    return count;
  }

  @Override
  protected int doPread(Task task, long at, byte[] buffer, int offset, int length) {
    checkDirect(at, length);
    return length == 0 ? 0 : inode().read(at, buffer, offset, length);
  }

  @Override
  protected int doPwrite(Task task, long at, byte[] buffer, int offset, int length) {
    checkDirect(at, length);
    if (length == 0) {
      return 0;
    }
    dropSetId();
    // Linux appends on pwrite too when O_APPEND is set (pwrite(2), "Bugs").
    if (appending()) {
      inode().append(buffer, offset, length);
      return length;
    }
    return inode().write(at, buffer, offset, length);
  }

  @Override
  public synchronized long seek(long offset, Whence whence) {
    long base =
        switch (whence) {
          case SET -> 0;
          case CURRENT -> position;
          case END -> inode().size();
          case DATA -> inode().nextData(offset) - offset;
          case HOLE -> inode().nextHole(offset) - offset;
        };
    long target = base + offset;
    if (((base ^ target) & (offset ^ target)) < 0) {
      throw EOVERFLOW.exception();
    }
    if (target < 0) {
      throw EINVAL.exception();
    }
    position = target;
    return target;
  }

  private void dropSetId() {
    if ((inode().mode() & (Mode.SET_UID | Mode.SET_GID)) != 0) {
      VirtualFileSystem.dropSetId(opener, inode());
    }
  }

  private void checkDirect(long at, int length) {
    if ((flags() & OpenFlags.O_DIRECT) != 0
        && (at % DIRECT_ALIGNMENT != 0 || length % DIRECT_ALIGNMENT != 0)) {
      throw EINVAL.exception();
    }
  }
}
