package io.vivarium.kernel.file;

import io.vivarium.kernel.fs.Inode;
import io.vivarium.kernel.wait.Task;

/** An open file for tests that are about descriptions and not about data. */
final class OpenFile extends FileDescription {
  OpenFile(Inode inode, int flags) {
    super(inode, flags);
  }

  @Override
  protected int doRead(Task task, byte[] buffer, int offset, int length) {
    return 0;
  }

  @Override
  protected int doWrite(Task task, byte[] buffer, int offset, int length) {
    return length;
  }
}
