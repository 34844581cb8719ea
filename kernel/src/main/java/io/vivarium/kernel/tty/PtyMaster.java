package io.vivarium.kernel.tty;

import io.vivarium.kernel.fs.Inode;
import io.vivarium.kernel.wait.Task;
import io.vivarium.kernel.wait.WaitQueue;

/** The master's end of a pseudo-terminal; closing it hangs the terminal up. */
final class PtyMaster extends TerminalDescription {
  PtyMaster(Pty pty, Inode inode, int flags) {
    super(pty, true, inode, flags);
  }

  @Override
  protected int doRead(Task task, byte[] buffer, int offset, int length) {
    return pty().readMaster(task, this, buffer, offset, length);
  }

  @Override
  protected int doWrite(Task task, byte[] buffer, int offset, int length) {
    return pty().writeMaster(task, this, buffer, offset, length);
  }

  @Override
  public int poll() {
    return pty().pollMaster();
  }

  @Override
  public WaitQueue pollQueue() {
    return pty().masterQueue();
  }

  @Override
  protected void closeLast() {
    pty().masterClosed();
  }
}
