package io.vivarium.kernel.tty;

import io.vivarium.kernel.fs.Inode;
import io.vivarium.kernel.wait.Task;
import io.vivarium.kernel.wait.WaitQueue;
import org.jspecify.annotations.Nullable;

/** A slave's end of a pseudo-terminal: the terminal that processes read from and write to. */
final class PtySlave extends TerminalDescription {
  private final boolean openedByPath;

  /** A slave that its pair has counted already. */
  PtySlave(Pty pty, Inode inode, int flags, boolean openedByPath) {
    super(pty, false, inode, flags);
    this.openedByPath = openedByPath;
  }

  @Override
  protected int doRead(Task task, byte[] buffer, int offset, int length) {
    return pty().readSlave(task, this, buffer, offset, length);
  }

  @Override
  protected int doWrite(Task task, byte[] buffer, int offset, int length) {
    return pty().writeSlave(task, this, buffer, offset, length);
  }

  @Override
  public int poll() {
    return pty().pollSlave();
  }

  @Override
  public WaitQueue pollQueue() {
    return pty().slaveQueue();
  }

  @Override
  public @Nullable String anonymousName() {
    return openedByPath ? null : slaveName();
  }

  @Override
  protected void closeLast() {
    pty().slaveClosed();
  }
}
