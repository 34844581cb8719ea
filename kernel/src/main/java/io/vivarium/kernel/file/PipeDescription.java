package io.vivarium.kernel.file;

import io.vivarium.kernel.fs.Inode;
import io.vivarium.kernel.wait.Task;
import io.vivarium.kernel.wait.WaitQueue;
import org.jspecify.annotations.Nullable;

/** An open end of a {@link Pipe}; of a FIFO, with O_RDWR, both ends at once. */
final class PipeDescription extends FileDescription {
  private final Pipe pipe;
  private final int seenAtOpen;

  private PipeDescription(Pipe pipe, Inode inode, int flags, int seenAtOpen) {
    super(inode, flags);
    this.pipe = pipe;
    this.seenAtOpen = seenAtOpen;
  }

  /**
   * Opens an end, which counts as reader and writer from now on.
   *
   * @param flags access mode and status flags of open(2)
   */
  static PipeDescription open(Pipe pipe, Inode inode, int flags) {
    int seenAtOpen = pipe.opened(OpenFlags.reads(flags), OpenFlags.writes(flags));
    return new PipeDescription(pipe, inode, flags, seenAtOpen);
  }

  @Override
  protected int doRead(Task task, byte[] buffer, int offset, int length) {
    return pipe.read(task, this, buffer, offset, length);
  }

  @Override
  protected int doWrite(Task task, byte[] buffer, int offset, int length) {
    return pipe.write(task, this, buffer, offset, length);
  }

  @Override
  public int poll() {
    return pipe.poll(readable(), writable(), seenAtOpen);
  }

  @Override
  public @Nullable WaitQueue pollQueue() {
    return pipe.queue();
  }

  @Override
  public @Nullable String anonymousName() {
    return inode() instanceof AnonymousInode ? "pipe:[" + inode().ino() + "]" : null;
  }

  @Override
  protected void closeLast() {
    pipe.closed(readable(), writable());
  }
}
