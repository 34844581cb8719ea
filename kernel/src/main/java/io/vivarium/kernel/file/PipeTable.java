package io.vivarium.kernel.file;

import static io.vivarium.kernel.errno.Errno.EINVAL;
import static io.vivarium.kernel.errno.Errno.ENXIO;

import io.vivarium.kernel.fs.FileType;
import io.vivarium.kernel.fs.Inode;
import io.vivarium.kernel.wait.Task;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The pipes and FIFOs of one machine that somebody has open (pipe(7), fifo(7)). Thread-safe.
 *
 * <p>The pipe behind a FIFO is found here and not at its inode, because machines share inodes of
 * immutable file systems and must not get through to each other.
 *
 * <p>Lock order: this table, then a pipe.
 */
public final class PipeTable {
  private final AnonymousFileSystem home = AnonymousFileSystem.pipes();

  /** The most that one pipe ever holds. */
  private static final int MAX_CAPACITY = 16 << 20;

  /** The most that all pipes of a machine hold beyond the 64 KiB each has. */
  private static final int MAX_EXTRA = 64 << 20;

  private final CountLimit limit;
  private final PipeReaders readers;
  private final AtomicInteger extra = new AtomicInteger();

  // Guarded by this. Inodes are compared by identity.
  private final Map<Inode, Pipe> inUse = new HashMap<>();

  /**
   * A table without pipes.
   *
   * @param limit counts the pipes of the machine, FIFOs that are open among them
   * @param readers knows who reads from a pipe
   */
  public PipeTable(CountLimit limit, PipeReaders readers) {
    this.limit = limit;
    this.readers = readers;
  }

  /** Where the inodes of pipes without a name live. */
  public AnonymousFileSystem fileSystem() {
    return home;
  }

  /**
   * A new pipe, as pipe2(2) makes it: 64 KiB, with atomic writes of up to 4096 bytes.
   *
   * @param flags O_NONBLOCK or 0; O_CLOEXEC is a matter of descriptors and ignored here
   * @param uid owner of the inode
   * @param gid group of the inode
   * @throws io.vivarium.kernel.errno.ErrnoException EINVAL for other flags, or what the limit
   *     answers
   */
  public PipeEnds create(int flags, int uid, int gid) {
    if ((flags & ~(OpenFlags.O_NONBLOCK | OpenFlags.O_CLOEXEC)) != 0) {
      throw EINVAL.exception();
    }
    int status = flags & OpenFlags.O_NONBLOCK;
    Inode inode = home.create(FileType.FIFO, 0600, uid, gid);
    synchronized (this) {
      Pipe pipe = pipeOf(inode);
      return new PipeEnds(
          PipeDescription.open(pipe, inode, OpenFlags.O_RDONLY | status),
          PipeDescription.open(pipe, inode, OpenFlags.O_WRONLY | status));
    }
  }

  /**
   * open(2) of a FIFO of any file system, once permissions are checked; also of the inode of a pipe
   * without a name, which is what /proc/self/fd/N does. Everyone who has the inode open shares one
   * buffer; bytes left in it are forgotten when nobody has.
   *
   * <p>Opening one direction waits for somebody to open the other, who may be gone again by the
   * time this returns. With O_NONBLOCK a reader does not wait and a writer fails; O_RDWR never
   * waits, and neither does who opens a pipe without a name.
   *
   * @param task who opens, and may have to wait
   * @param inode of type FIFO
   * @param flags access mode and status flags; O_PATH is not for here
   * @return the description with one reference
   * @throws io.vivarium.kernel.errno.ErrnoException ENXIO for O_WRONLY | O_NONBLOCK without a
   *     reader, EINTR, EINVAL for an access mode that is none, or what the limit answers
   */
  public FileDescription openFifo(Task task, Inode inode, int flags) {
    int access = flags & OpenFlags.O_ACCMODE;
    if (access == OpenFlags.O_ACCMODE) {
      throw EINVAL.exception();
    }
    boolean named = inode.fileSystem() != home;
    boolean nonBlocking = (flags & OpenFlags.O_NONBLOCK) != 0;
    Pipe pipe;
    int readersSeen;
    int writersSeen;
    boolean partnered;
    PipeDescription description;
    synchronized (this) {
      Pipe present = inUse.get(inode);
      if (access == OpenFlags.O_WRONLY
          && named
          && nonBlocking
          && (present == null || !present.hasReaders())) {
        throw ENXIO.exception();
      }
      pipe = pipeOf(inode);
      readersSeen = pipe.readersSeen();
      writersSeen = pipe.writersSeen();
      // Asked before the own end opens: that lets a waiting partner go on, who may be gone at once.
      partnered = access == OpenFlags.O_WRONLY ? pipe.hasReaders() : pipe.hasWriters();
      description = PipeDescription.open(pipe, inode, flags);
    }
    boolean opened = false;
    try {
      boolean waits = named && !nonBlocking && !partnered;
      if (waits && access == OpenFlags.O_WRONLY) {
        pipe.awaitReader(task, readersSeen);
      } else if (waits && access == OpenFlags.O_RDONLY) {
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

  private Pipe pipeOf(Inode inode) {
    Pipe present = inUse.get(inode);
    if (present == null) {
      limit.take();
      present = new Pipe(this, inode);
      inUse.put(inode, present);
    }
    return present;
  }

  /** Whether all who could read from a pipe wait for its writer. */
  boolean onlyWaitingReaders(Task writer, Inode pipe) {
    return readers.onlyWaiting(writer, pipe);
  }

  /** The next capacity for a pipe that has one now; the same when the machine has no more. */
  int larger(int capacity) {
    int larger = Math.min(capacity * 2, MAX_CAPACITY);
    int more = larger - capacity;
    if (extra.addAndGet(more) > MAX_EXTRA) {
      extra.addAndGet(-more);
      return capacity;
    }
    return larger;
  }

  /** An end closed and left a pipe that nobody had open at that moment. */
  synchronized void closed(Pipe pipe) {
    if (pipe.unused() && inUse.remove(pipe.inode(), pipe)) {
      limit.give();
      extra.addAndGet(-pipe.extraCapacity());
    }
  }
}
