package io.vivarium.kernel.file;

import static io.vivarium.kernel.errno.Errno.EINVAL;

import io.vivarium.kernel.fs.FileType;
import io.vivarium.kernel.fs.Inode;

/**
 * The two open ends of a new pipe, each with one reference that belongs to the caller.
 *
 * @param reader the end to read from
 * @param writer the end to write to
 */
public record PipeEnds(FileDescription reader, FileDescription writer) {

  /**
   * A new pipe, as pipe2(2) makes it: 64 KiB, with atomic writes of up to 4096 bytes.
   *
   * @param home where its inode lives: the machine's {@link AnonymousFileSystem#pipes()}
   * @param pipes counts the pipes of the machine, FIFOs in use among them
   * @param flags O_NONBLOCK or 0; O_CLOEXEC is a matter of descriptors and ignored here
   * @param uid owner of the inode
   * @param gid group of the inode
   * @throws io.vivarium.kernel.errno.ErrnoException EINVAL for other flags, or what the limit
   *     answers
   */
  public static PipeEnds create(
      AnonymousFileSystem home, CountLimit pipes, int flags, int uid, int gid) {
    if ((flags & ~(OpenFlags.O_NONBLOCK | OpenFlags.O_CLOEXEC)) != 0) {
      throw EINVAL.exception();
    }
    int status = flags & OpenFlags.O_NONBLOCK;
    Inode inode = home.create(FileType.FIFO, 0600, uid, gid);
    Pipe pipe = inode.attachments().get(Pipe.class, () -> new Pipe(pipes));
    return new PipeEnds(
        PipeDescription.open(pipe, inode, OpenFlags.O_RDONLY | status),
        PipeDescription.open(pipe, inode, OpenFlags.O_WRONLY | status));
  }
}
