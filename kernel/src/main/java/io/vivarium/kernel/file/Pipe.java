package io.vivarium.kernel.file;

import static io.vivarium.kernel.errno.Errno.EAGAIN;
import static io.vivarium.kernel.errno.Errno.EPIPE;

import io.vivarium.kernel.errno.ErrnoException;
import io.vivarium.kernel.fs.Inode;
import io.vivarium.kernel.wait.Task;
import io.vivarium.kernel.wait.WaitQueue;
import io.vivarium.kernel.wait.Waiter;
import java.util.function.BooleanSupplier;

/**
 * The buffer between the writers and the readers of a pipe or FIFO (pipe(7)), and the count of
 * both.
 *
 * <p>All state is guarded by this object's monitor, under which nothing blocks. Waiters of both
 * directions and pollers share one queue; they are woken when the state they may wait for begins:
 * data in an empty buffer, room for an atomic write, the last of the other side gone, a first of
 * the other side come.
 */
final class Pipe {
  /** Bytes a pipe holds. */
  static final int CAPACITY = 65536;

  /** Writes of at most this many bytes are never mixed with those of others. */
  static final int PIPE_BUF = 4096;

  /** How long a writer waits for its readers before it is asked whether they can read at all. */
  private static final long PATIENCE_NANOS = 20_000_000;

  private static final int NO_NEED = Integer.MAX_VALUE;

  private final PipeTable table;
  private final Inode inode;
  private final WaitQueue queue = new WaitQueue();
  private final BooleanSupplier canRead = this::canRead;
  private final ByteRing ring = new ByteRing(CAPACITY);
  private int readers;
  private int writers;
  // How often a reader or writer came: an open that waits for the other side sees it although the
  // other side has gone again (fifo(7)).
  private int readersSeen;
  private int writersSeen;
  // Blocked writers, and the least room that lets one of them go on.
  private int blockedWriters;
  private int leastNeed = NO_NEED;

  /** A pipe that nobody has open yet. */
  Pipe(PipeTable table, Inode inode) {
    this.table = table;
    this.inode = inode;
  }

  Inode inode() {
    return inode;
  }

  WaitQueue queue() {
    return queue;
  }

  // ---- ends come and go -------------------------------------------------------------------------

  /**
   * An end opens.
   *
   * @return how many writers had come and gone when there is none now, else -1; for {@link #poll}
   */
  int opened(boolean reads, boolean writes) {
    int seen;
    synchronized (this) {
      if (reads) {
        readers = readers + 1;
        readersSeen = readersSeen + 1;
      }
      if (writes) {
        writers = writers + 1;
        writersSeen = writersSeen + 1;
      }
      seen = writers == 0 ? writersSeen : -1;
    }
    queue.wakeAll();
    return seen;
  }

  /** An end closes. */
  void closed(boolean reads, boolean writes) {
    boolean unused;
    synchronized (this) {
      readers = readers - (reads ? 1 : 0);
      writers = writers - (writes ? 1 : 0);
      unused = unused();
      if (unused) {
        ring.clear();
      }
    }
    if (unused) {
      table.closed(this);
    }
    queue.wakeAll();
  }

  /** Whether nobody has it open. */
  synchronized boolean unused() {
    return readers == 0 && writers == 0;
  }

  synchronized boolean hasReaders() {
    return readers > 0;
  }

  synchronized boolean hasWriters() {
    return writers > 0;
  }

  synchronized int readersSeen() {
    return readersSeen;
  }

  synchronized int writersSeen() {
    return writersSeen;
  }

  /** Blocks until a reader comes that had not come when {@code seen} was read. */
  void awaitReader(Task task, int seen) {
    task.await(() -> hasReaders() || readersSeen() != seen, Waiter.NEVER, queue);
  }

  /** Blocks until a writer comes that had not come when {@code seen} was read. */
  void awaitWriter(Task task, int seen) {
    task.await(() -> hasWriters() || writersSeen() != seen, Waiter.NEVER, queue);
  }

  // ---- data -------------------------------------------------------------------------------------

  private synchronized boolean canRead() {
    return !ring.isEmpty() || writers == 0;
  }

  /** read(2): what is there, at least one byte; 0 when there will never be more. */
  int read(Task task, FileDescription end, byte[] buffer, int offset, int length) {
    if (length == 0) {
      return 0;
    }
    while (true) {
      int count;
      boolean roomBegins;
      boolean over;
      synchronized (this) {
        int before = ring.free();
        count = ring.take(buffer, offset, length);
        roomBegins = roomBegins(before, ring.free());
        over = count == 0 && writers == 0;
        if (count == 0) {
          ring.trim();
        }
      }
      if (roomBegins) {
        queue.wakeAll();
      }
      if (count > 0 || over) {
        return count;
      }
      if (end.nonBlocking()) {
        throw EAGAIN.exception();
      }
      task.await(canRead, Waiter.NEVER, queue);
    }
  }

  /** Whether a writer or poller that found too little room before finds enough now. */
  private boolean roomBegins(int before, int after) {
    return before < PIPE_BUF && after > before && (after >= PIPE_BUF || after >= leastNeed);
  }

  /**
   * write(2): everything, unless O_NONBLOCK or a signal cuts it short. What is not longer than
   * {@link #PIPE_BUF} goes in one piece.
   */
  int write(Task task, FileDescription end, byte[] buffer, int offset, int length) {
    if (length == 0) {
      return 0;
    }
    boolean atomic = length <= PIPE_BUF;
    int done = 0;
    while (true) {
      boolean broken;
      boolean dataBegins = false;
      synchronized (this) {
        broken = readers == 0;
        if (!broken && (!atomic || ring.free() >= length)) {
          boolean wasEmpty = ring.isEmpty();
          int count = ring.put(buffer, offset + done, length - done);
          dataBegins = wasEmpty && count > 0;
          done = done + count;
        }
      }
      if (dataBegins) {
        queue.wakeAll();
      }
      if (broken) {
        return brokenPipe(task, done);
      }
      if (done == length) {
        return done;
      }
      if (end.nonBlocking()) {
        if (done > 0) {
          return done;
        }
        throw EAGAIN.exception();
      }
      try {
        awaitRoom(task, Math.min(length - done, PIPE_BUF));
      } catch (ErrnoException interrupted) {
        if (done > 0) {
          return done;
        }
        throw interrupted;
      }
    }
  }

  private static int brokenPipe(Task task, int done) {
    task.raiseBrokenPipe();
    if (done > 0) {
      return done;
    }
    throw EPIPE.exception();
  }

  /**
   * Blocks until there is room for {@code need} bytes or no reader. A long write waits for {@link
   * #PIPE_BUF} bytes although it could use fewer: it cannot return before all is written anyway,
   * and a reader that takes single bytes does not wake it for each.
   */
  private void awaitRoom(Task task, int need) {
    synchronized (this) {
      blockedWriters = blockedWriters + 1;
      leastNeed = Math.min(leastNeed, need);
    }
    try {
      boolean room = false;
      while (!room) {
        int held = size();
        room = task.await(() -> hasRoom(need), System.nanoTime() + PATIENCE_NANOS, queue);
        if (!room && size() >= held && !grow(task)) {
          room = task.await(() -> hasRoom(need), Waiter.NEVER, queue);
        }
      }
    } finally {
      synchronized (this) {
        blockedWriters = blockedWriters - 1;
        if (blockedWriters == 0) {
          leastNeed = NO_NEED;
        }
      }
    }
  }

  /**
   * Makes room for a writer that would wait for itself: when nobody reads but the writer and the
   * processes above it, which wait for it to end. Programs that were made for systems with threads
   * do that where they have none, for example a shell that runs a command and only then reads what
   * it wrote.
   *
   * @return whether there is more room than before
   */
  private boolean grow(Task writer) {
    if (!table.onlyWaitingReaders(writer, inode)) {
      return false;
    }
    synchronized (this) {
      int capacity = ring.capacity();
      int larger = table.larger(capacity);
      ring.grow(larger);
      return larger > capacity;
    }
  }

  private synchronized int size() {
    return ring.size();
  }

  /** How much it may hold more than other pipes. */
  synchronized int extraCapacity() {
    return ring.capacity() - CAPACITY;
  }

  private synchronized boolean hasRoom(int need) {
    return readers == 0 || ring.free() >= need;
  }

  // ---- readiness --------------------------------------------------------------------------------

  /**
   * The poll(2) bits of an end.
   *
   * @param seenAtOpen what {@link #opened} answered: a reader that came before any writer is not
   *     hung up on until one has come and gone
   */
  synchronized int poll(boolean reads, boolean writes, int seenAtOpen) {
    int events = 0;
    if (reads) {
      if (!ring.isEmpty()) {
        events |= PollEvents.POLLIN | PollEvents.POLLRDNORM;
      }
      if (writers == 0 && writersSeen != seenAtOpen) {
        events |= PollEvents.POLLHUP;
      }
    }
    if (writes) {
      if (ring.free() >= PIPE_BUF) {
        events |= PollEvents.POLLOUT | PollEvents.POLLWRNORM;
      }
      if (readers == 0) {
        events |= PollEvents.POLLERR;
      }
    }
    return events;
  }
}
