package io.vivarium.kernel.net;

import static io.vivarium.kernel.errno.Errno.EAGAIN;
import static io.vivarium.kernel.errno.Errno.ECONNRESET;
import static io.vivarium.kernel.errno.Errno.EPIPE;

import io.vivarium.kernel.errno.Errno;
import io.vivarium.kernel.errno.ErrnoException;
import io.vivarium.kernel.file.FileDescription;
import io.vivarium.kernel.file.PollEvents;
import io.vivarium.kernel.fs.Inode;
import io.vivarium.kernel.wait.Task;
import io.vivarium.kernel.wait.WaitQueue;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A socket with the queue of what was sent to it; who sends to it puts into that.
 *
 * <p>State of all sockets is guarded by their {@link SocketTable}, under which nothing blocks and
 * nothing is released.
 */
abstract class QueuedSocket extends SocketDescription {
  /** Room that makes a socket writable for poll(2). */
  static final int WRITABLE = 4096;

  static final ReceiveQueue.Taken END =
      new ReceiveQueue.Taken(0, 0, List.of(), UnixAddress.UNNAMED);

  static final int READABLE = PollEvents.POLLIN | PollEvents.POLLRDNORM;
  static final int WRITEABLE = PollEvents.POLLOUT | PollEvents.POLLWRNORM;

  final SocketTable table;
  final ReceiveQueue received;
  final WaitQueue queue = new WaitQueue();

  // Guarded by the table.
  boolean receivesNoMore;
  boolean sendsNoMore;
  boolean closed;
  @Nullable Errno error;

  QueuedSocket(SocketTable table, SocketType type, Inode inode, int flags) {
    super(type, inode, flags);
    this.table = table;
    this.received = type == SocketType.STREAM ? new ByteQueue() : new PacketQueue();
  }

  final ReceiveQueue received() {
    return received;
  }

  /** Descriptions to which this socket has a reference. */
  List<FileDescription> held() {
    return received.rights();
  }

  // ---- sending ----------------------------------------------------------------------------------

  /** Where this socket sends to unless told otherwise; null when that is nowhere. */
  abstract @Nullable QueuedSocket peer();

  /** The address that a receiver sees. */
  abstract SocketAddress senderAddress();

  /**
   * Why nothing can be sent now and never without a change of the connection; null when it can, or
   * will be possible. Takes a pending error.
   */
  abstract @Nullable Errno sendFailure(@Nullable QueuedSocket receiver, int length);

  /** Whether what is sent arrives nowhere, without an error yet. */
  boolean isLost(@Nullable QueuedSocket receiver) {
    return false;
  }

  /** Whether sending is worth another try. */
  abstract boolean maySend(@Nullable QueuedSocket destination, int least);

  /**
   * Sends; when this throws nothing was put, and the descriptions are still the caller's.
   *
   * @param destination another receiver than the peer
   */
  final int transmit(
      Task task,
      byte[] buffer,
      int offset,
      int length,
      int flags,
      List<FileDescription> passed,
      @Nullable QueuedSocket destination) {
    long deadline = sendDeadline();
    int done = 0;
    while (true) {
      QueuedSocket receiver;
      int count = -1;
      boolean begins = false;
      synchronized (table) {
        receiver = destination == null ? peer() : destination;
        Errno failure = sendFailure(receiver, length);
        if (failure != null) {
          return failed(task, failure, done, flags);
        }
        if (isLost(receiver)) {
          return length;
        }
        if (receiver != null) {
          count = table.admit(receiver.received, length - done);
        }
        if (receiver != null && count >= 0 && (count > 0 || length == 0)) {
          begins = receiver.received.isEmpty();
          List<FileDescription> rights = done == 0 ? passed : List.of();
          table.put(receiver.received, buffer, offset + done, count, rights, senderAddress());
          done = done + count;
        }
      }
      if (begins && receiver != null) {
        receiver.queue.wakeAll();
      }
      if (done == length && count >= 0) {
        return done;
      }
      if (nonBlocking() || (flags & MessageFlags.MSG_DONTWAIT) != 0) {
        return shortOr(done, EAGAIN.exception());
      }
      int least = type() == SocketType.STREAM ? Math.min(length - done, WRITABLE) : length;
      try {
        WaitQueue room = destination == null ? queue : destination.roomQueue();
        if (!task.await(
            () -> maySend(destination, least), deadline, queue, room, table.roomQueue())) {
          return shortOr(done, EAGAIN.exception());
        }
      } catch (ErrnoException interrupted) {
        return shortOr(done, interrupted);
      }
    }
  }

  /** Where those who are not connected wait for room in this socket. */
  WaitQueue roomQueue() {
    return queue;
  }

  private int failed(Task task, Errno failure, int done, int flags) {
    boolean signals =
        failure == EPIPE
            && done == 0
            && type() == SocketType.STREAM
            && (flags & MessageFlags.MSG_NOSIGNAL) == 0;
    if (signals) {
      task.raiseBrokenPipe();
    }
    return shortOr(done, failure.exception());
  }

  private static int shortOr(int done, ErrnoException failure) {
    if (done > 0) {
      return done;
    }
    throw failure;
  }

  // ---- receiving --------------------------------------------------------------------------------

  @Override
  public final int receive(
      Task task, byte[] buffer, int offset, int length, int flags, @Nullable Envelope envelope) {
    boolean stream = type() == SocketType.STREAM;
    if (stream && length == 0) {
      return 0;
    }
    boolean peek = (flags & MessageFlags.MSG_PEEK) != 0;
    boolean all = stream && !peek && (flags & MessageFlags.MSG_WAITALL) != 0;
    boolean wait = !nonBlocking() && (flags & MessageFlags.MSG_DONTWAIT) == 0;
    long deadline = receiveDeadline();
    int done = 0;
    while (true) {
      ReceiveQueue.Taken taken;
      List<? extends QueuedSocket> senders;
      synchronized (table) {
        senders = senders();
        taken =
            done > 0 && error != null
                ? END
                : takeNext(buffer, offset + done, length - done, peek, wait);
      }
      if (taken != null) {
        senders.forEach(sender -> sender.queue.wakeAll());
        announceRoom();
        deliver(taken, envelope);
        done = done + taken.count();
        boolean enough = !all || done == length || taken.count() == 0;
        if (enough || !taken.rights().isEmpty()) {
          return answer(done, taken, flags, envelope);
        }
        continue;
      }
      if (!wait) {
        return shortOr(done, EAGAIN.exception());
      }
      try {
        if (!task.await(this::mayReceive, deadline, queue)) {
          return shortOr(done, EAGAIN.exception());
        }
      } catch (ErrnoException interrupted) {
        return shortOr(done, interrupted);
      }
    }
  }

  /** Who may be waiting for room in this socket, to be woken at its own queue. */
  List<? extends QueuedSocket> senders() {
    QueuedSocket sender = peer();
    return sender == null ? List.of() : List.of(sender);
  }

  /** Something was taken out. */
  void announceRoom() {
    table.announceRoom();
  }

  /** What can be received now; nothing of nothing at the end; null when there may come more. */
  abstract ReceiveQueue.@Nullable Taken takeNext(
      byte[] buffer, int offset, int length, boolean peek, boolean wait);

  final ReceiveQueue.Taken takeQueued(byte[] buffer, int offset, int length, boolean peek) {
    return peek
        ? received.peek(buffer, offset, length)
        : table.take(received, buffer, offset, length);
  }

  private static void deliver(ReceiveQueue.Taken taken, @Nullable Envelope envelope) {
    if (envelope != null) {
      envelope.from(taken.source());
      if (!taken.rights().isEmpty()) {
        envelope.receive(taken.rights());
      }
    } else {
      taken.rights().forEach(FileDescription::release);
    }
  }

  private int answer(int done, ReceiveQueue.Taken last, int flags, @Nullable Envelope envelope) {
    boolean stream = type() == SocketType.STREAM;
    if (envelope != null) {
      envelope.lengths(done, stream ? done : last.whole());
    }
    return !stream && (flags & MessageFlags.MSG_TRUNC) != 0 ? last.whole() : done;
  }

  private boolean mayReceive() {
    synchronized (table) {
      return !received.isEmpty() || receivesNoMore || error != null || receivesNever();
    }
  }

  /** Whether receiving fails because of the state of the socket. */
  boolean receivesNever() {
    return false;
  }

  @Override
  public int available() {
    synchronized (table) {
      return received.available();
    }
  }

  // ---- state ------------------------------------------------------------------------------------

  /** Whether the peer of this socket finds it writable. */
  final boolean hasRoom() {
    return received.room(WRITABLE) >= WRITABLE;
  }

  @Override
  public final WaitQueue pollQueue() {
    return queue;
  }

  @Override
  protected final int takeError() {
    synchronized (table) {
      return error == null ? 0 : takePending().number();
    }
  }

  final Errno takePending() {
    Errno pending = error == null ? ECONNRESET : error;
    error = null;
    return pending;
  }

  @Override
  protected final void receiveBuffer(int bytes) {
    synchronized (table) {
      received.limit(bytes);
    }
  }
}
