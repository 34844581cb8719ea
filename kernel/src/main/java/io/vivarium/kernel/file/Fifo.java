package io.vivarium.kernel.file;

import static io.vivarium.kernel.errno.Errno.EINVAL;
import static io.vivarium.kernel.errno.Errno.ENXIO;

import io.vivarium.kernel.fs.Inode;
import io.vivarium.kernel.wait.Task;

/**
 * Opening a FIFO (fifo(7)): the named pipe of any file system. Everyone who has the inode open
 * shares one {@link Pipe}, which is attached to the inode; bytes left in it are forgotten when
 * nobody has.
 */
public final class Fifo {
  private Fifo() {}

  /**
   * open(2) of a FIFO, once permissions are checked. Opening one direction waits for somebody to
   * open the other, which may be gone again by the time this returns. With O_NONBLOCK a reader does
   * not wait and a writer fails; O_RDWR never waits.
   *
   * @param task who opens, and may have to wait
   * @param inode of type FIFO
   * @param flags access mode and status flags; O_PATH is not for here
   * @param pipes counts the pipes of the machine; a FIFO counts while it is open
   * @return the description with one reference
   * @throws io.vivarium.kernel.errno.ErrnoException ENXIO for O_WRONLY | O_NONBLOCK without a
   *     reader, EINTR, EINVAL for an access mode that is none, or what the limit answers
   */
  public static FileDescription open(Task task, Inode inode, int flags, CountLimit pipes) {
    int access = flags & OpenFlags.O_ACCMODE;
    if (access == OpenFlags.O_ACCMODE) {
      throw EINVAL.exception();
    }
    Pipe pipe = inode.attachments().get(Pipe.class, () -> new Pipe(pipes));
    boolean nonBlocking = (flags & OpenFlags.O_NONBLOCK) != 0;
    if (access == OpenFlags.O_WRONLY && nonBlocking && !pipe.hasReaders()) {
      throw ENXIO.exception();
    }
    int readersSeen = pipe.readersSeen();
    int writersSeen = pipe.writersSeen();
    PipeDescription description = PipeDescription.open(pipe, inode, flags);
    boolean opened = false;
    try {
      if (access == OpenFlags.O_WRONLY && !nonBlocking) {
        pipe.awaitReader(task, readersSeen);
      } else if (access == OpenFlags.O_RDONLY && !nonBlocking) {
        pipe.awaitWriter(task, writersSeen);
      }
      opened = true;
      return description;
    } finally {
      if (!opened) {
        description.release();
      }
    }
  }
}
