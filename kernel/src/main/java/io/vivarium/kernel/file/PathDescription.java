package io.vivarium.kernel.file;

import static io.vivarium.kernel.errno.Errno.EBADF;

import io.vivarium.kernel.fs.Inode;
import io.vivarium.kernel.wait.Task;

/**
 * An inode opened with O_PATH: a place in the tree to start from or to ask about, without contents.
 */
final class PathDescription extends FileDescription {
  PathDescription(Inode inode) {
    super(inode, OpenFlags.O_PATH);
  }

  @Override
  protected int doRead(Task task, byte[] buffer, int offset, int length) {
    throw EBADF.exception();
  }

  @Override
  protected int doWrite(Task task, byte[] buffer, int offset, int length) {
    throw EBADF.exception();
  }

  @Override
  public int poll() {
    return PollEvents.POLLNVAL;
  }
}
