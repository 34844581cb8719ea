package io.vivarium.kernel.process;

import static io.vivarium.kernel.errno.Errno.EINVAL;

import io.vivarium.kernel.file.FileDescription;
import io.vivarium.kernel.file.OpenFlags;
import io.vivarium.kernel.file.PollEvents;
import io.vivarium.kernel.fs.Inode;
import io.vivarium.kernel.wait.Task;
import io.vivarium.kernel.wait.WaitQueue;

/**
 * A process as something to poll (pidfd_open(2)): ready for reading once the process has ended.
 * Cannot be read or written.
 */
public final class PidDescription extends FileDescription {
  private final Process process;

  /**
   * A description of a process.
   *
   * @param inode an anonymous inode for it
   */
  public PidDescription(Process process, Inode inode) {
    super(inode, OpenFlags.O_RDONLY);
    this.process = process;
  }

  @Override
  protected int doRead(Task task, byte[] buffer, int offset, int length) {
    throw EINVAL.exception();
  }

  @Override
  protected int doWrite(Task task, byte[] buffer, int offset, int length) {
    throw EINVAL.exception();
  }

  @Override
  public int poll() {
    return process.isAlive() ? 0 : PollEvents.POLLIN | PollEvents.POLLRDNORM;
  }

  @Override
  public WaitQueue pollQueue() {
    return process.endQueue();
  }

  @Override
  public String anonymousName() {
    return "anon_inode:[pidfd]";
  }
}
