package io.vivarium.kernel.file;

import static io.vivarium.kernel.errno.Errno.EBADF;
import static io.vivarium.kernel.errno.Errno.EINVAL;
import static io.vivarium.kernel.errno.Errno.EISDIR;

import io.vivarium.kernel.fs.DirectoryVisitor;
import io.vivarium.kernel.fs.FileType;
import io.vivarium.kernel.fs.Inode;
import io.vivarium.kernel.wait.Task;

/**
 * An open directory. Its positions are 0 for the beginning, 1 behind ".", 2 behind "..", and above
 * that the cookies of the file system.
 */
final class DirectoryDescription extends FileDescription {
  private static final long BEHIND_DOT = 1;
  private static final long BEHIND_DOT_DOT = 2;

  private long position;

  DirectoryDescription(Inode inode, int flags) {
    super(inode, flags);
  }

  @Override
  protected int doRead(Task task, byte[] buffer, int offset, int length) {
    throw EISDIR.exception();
  }

  @Override
  protected int doWrite(Task task, byte[] buffer, int offset, int length) {
    throw EBADF.exception();
  }

  @Override
  protected int doPread(Task task, long at, byte[] buffer, int offset, int length) {
    throw EISDIR.exception();
  }

  @Override
  public synchronized long seek(long offset, Whence whence) {
    long target =
        switch (whence) {
          case SET -> offset;
          case CURRENT -> position + offset;
          case END, DATA, HOLE -> throw EINVAL.exception();
        };
    if (target < 0) {
      throw EINVAL.exception();
    }
    position = target;
    return target;
  }

  @Override
  public void readDirectory(long cookie, DirectoryVisitor visitor) {
    if (cookie < 0) {
      throw EINVAL.exception();
    }
    Inode directory = inode();
    if (cookie < BEHIND_DOT
        && !visitor.entry(".", directory.ino(), FileType.DIRECTORY, BEHIND_DOT)) {
      return;
    }
    if (cookie < BEHIND_DOT_DOT
        && !visitor.entry("..", parentIno(), FileType.DIRECTORY, BEHIND_DOT_DOT)) {
      return;
    }
    directory.readDirectory(
        Math.max(0, cookie - BEHIND_DOT_DOT),
        (name, ino, type, next) -> visitor.entry(name, ino, type, next + BEHIND_DOT_DOT));
  }

  private long parentIno() {
    var place = location();
    if (place != null && place.inode() == place.mount().root()) {
      var point = place.mount().mountPoint();
      return point == null ? place.inode().ino() : point.inode().parent().ino();
    }
    return inode().parent().ino();
  }
}
