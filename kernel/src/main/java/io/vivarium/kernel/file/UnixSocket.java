package io.vivarium.kernel.file;

import static io.vivarium.kernel.errno.Errno.EAGAIN;
import static io.vivarium.kernel.errno.Errno.ECONNREFUSED;
import static io.vivarium.kernel.errno.Errno.ECONNRESET;
import static io.vivarium.kernel.errno.Errno.EINVAL;
import static io.vivarium.kernel.errno.Errno.EMSGSIZE;
import static io.vivarium.kernel.errno.Errno.ENOTCONN;
import static io.vivarium.kernel.errno.Errno.EPIPE;

import io.vivarium.kernel.errno.Errno;
import io.vivarium.kernel.errno.ErrnoException;
import io.vivarium.kernel.fs.Inode;
import io.vivarium.kernel.wait.Task;
import io.vivarium.kernel.wait.WaitQueue;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A local socket (unix(7)) of a pair. Each has the queue of what was sent to it; its peer sends by
 * putting into that.
 *
 * <p>State of all local sockets is guarded by their {@link SocketTable}, under which nothing blocks
 * and nothing is released.
 */
final class UnixSocket extends SocketDescription {
  /** Room that makes a socket writable for poll(2). */
  private static final int WRITABLE = 4096;

  private static final ReceiveQueue.Taken END = new ReceiveQueue.Taken(0, 0, List.of());

  private final SocketTable table;
  private final ReceiveQueue received;
  private final WaitQueue queue = new WaitQueue();

  // Guarded by the table.
  private @Nullable UnixSocket peer;
  private boolean receivesNoMore;
  private boolean sendsNoMore;
  private boolean closed;
  private @Nullable Errno error;

  UnixSocket(SocketTable table, SocketType type, Inode inode, int flags) {
    super(type, inode, flags);
    this.table = table;
    this.received = type == SocketType.STREAM ? new ByteQueue() : new PacketQueue();
  }

  /** Makes two sockets each other's peers. */
  static void connect(UnixSocket first, UnixSocket second) {
    synchronized (first.table) {
      first.peer = second;
      second.peer = first;
    }
  }

  @Override
  public int domain() {
    return SocketAddress.AF_UNIX;
  }

  ReceiveQueue received() {
    return received;
  }

  // ---- sending
  // -----------------------------------------------------------------------------------

  @Override
  public int send(
      Task task, byte[] buffer, int offset, int length, int flags, List<FileDescription> rights) {
    if (rights.size() > MAXIMUM_RIGHTS) {
      throw EINVAL.exception();
    }
    if (type() == SocketType.STREAM && length == 0) {
      return 0;
    }
    List<FileDescription> passed = table.pass(rights);
    boolean gone = false;
    try {
      int sent = sendPassing(task, buffer, offset, length, flags, passed);
      gone = true;
      return sent;
    } finally {
      if (!gone) {
        table.drop(passed);
      }
    }
  }

  /** Sends; when this throws nothing was put, and the descriptions are still the caller's. */
  private int sendPassing(
      Task task, byte[] buffer, int offset, int length, int flags, List<FileDescription> passed) {
    long deadline = sendDeadline();
    int done = 0;
    while (true) {
      UnixSocket receiver;
      int count;
      boolean begins = false;
      synchronized (table) {
        Errno failure = sendFailure(length);
        if (failure != null) {
          return failed(task, failure, done, flags);
        }
        receiver = connectedPeer();
        count = table.admit(receiver.received, length - done);
        if (count >= 0 && (count > 0 || length == 0)) {
          begins = receiver.received.isEmpty();
          table.put(
              receiver.received, buffer, offset + done, count, done == 0 ? passed : List.of());
          done = done + count;
        }
      }
      if (begins) {
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
        if (!task.await(() -> maySend(least), deadline, queue, table.roomQueue())) {
          return shortOr(done, EAGAIN.exception());
        }
      } catch (ErrnoException interrupted) {
        return shortOr(done, interrupted);
      }
    }
  }

  private UnixSocket connectedPeer() {
    UnixSocket present = peer;
    if (present == null) {
      throw ENOTCONN.exception();
    }
    return present;
  }

  /** Why nothing can be sent now and never without a change of the connection; null when it can. */
  private @Nullable Errno sendFailure(int length) {
    UnixSocket receiver = peer;
    if (type() == SocketType.SEQUENCED_PACKET && error != null) {
      return takePending();
    }
    if (receiver == null) {
      return ENOTCONN;
    }
    if (type() != SocketType.STREAM && length > PacketQueue.LONGEST) {
      return EMSGSIZE;
    }
    if (type() == SocketType.DATAGRAM && receiver.closed) {
      peer = null;
      return ECONNREFUSED;
    }
    return sendsNoMore || receiver.receivesNoMore ? EPIPE : null;
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

  private boolean maySend(int least) {
    synchronized (table) {
      UnixSocket receiver = peer;
      return receiver == null
          || receiver.closed
          || sendsNoMore
          || receiver.receivesNoMore
          || error != null
          || table.admit(receiver.received, least) >= least;
    }
  }

  // ---- receiving
  // ---------------------------------------------------------------------------------

  @Override
  public int receive(
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
      UnixSocket sender;
      synchronized (table) {
        sender = peer;
        taken =
            done > 0 && error != null
                ? END
                : takeNext(buffer, offset + done, length - done, peek, wait);
      }
      if (taken != null) {
        if (sender != null) {
          sender.queue.wakeAll();
        }
        table.announceRoom();
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

  /** What can be received now; nothing of nothing at the end; null when there may come more. */
  private ReceiveQueue.@Nullable Taken takeNext(
      byte[] buffer, int offset, int length, boolean peek, boolean wait) {
    if (type() != SocketType.STREAM && error != null) {
      throw takePending().exception();
    }
    if (!received.isEmpty()) {
      return peek
          ? received.peek(buffer, offset, length)
          : table.take(received, buffer, offset, length);
    }
    if (error != null) {
      throw takePending().exception();
    }
    boolean over = receivesNoMore && (wait || type().connected());
    return over ? END : null;
  }

  private static void deliver(ReceiveQueue.Taken taken, @Nullable Envelope envelope) {
    if (envelope != null) {
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
      return !received.isEmpty() || receivesNoMore || error != null;
    }
  }

  /** Whether the peer of this socket finds it writable. */
  private boolean hasRoom() {
    return received.room(WRITABLE) >= WRITABLE;
  }

  // ---- readiness
  // ---------------------------------------------------------------------------------

  @Override
  public int poll() {
    synchronized (table) {
      int events = 0;
      if (error != null) {
        events |= PollEvents.POLLERR;
      }
      if (receivesNoMore) {
        events |= PollEvents.POLLRDHUP | PollEvents.POLLIN | PollEvents.POLLRDNORM;
        events |= sendsNoMore ? PollEvents.POLLHUP : 0;
      }
      if (!received.isEmpty()) {
        events |= PollEvents.POLLIN | PollEvents.POLLRDNORM;
      }
      if (peer == null || peer.closed || peer.hasRoom()) {
        events |= PollEvents.POLLOUT | PollEvents.POLLWRNORM;
      }
      return events;
    }
  }

  @Override
  public WaitQueue pollQueue() {
    return queue;
  }

  // ---- the connection
  // ----------------------------------------------------------------------------

  @Override
  public void shutdown(int how) {
    if (how < SHUT_RD || how > SHUT_RDWR) {
      throw EINVAL.exception();
    }
    UnixSocket other;
    synchronized (table) {
      boolean receiving = how != SHUT_WR;
      boolean sending = how != SHUT_RD;
      receivesNoMore |= receiving;
      sendsNoMore |= sending;
      other = peer;
      if (other != null && type().connected()) {
        other.receivesNoMore |= sending;
        other.sendsNoMore |= receiving;
      }
    }
    queue.wakeAll();
    if (other != null) {
      other.queue.wakeAll();
    }
  }

  @Override
  public SocketAddress localAddress() {
    return UnixAddress.UNNAMED;
  }

  @Override
  public SocketAddress peerAddress() {
    synchronized (table) {
      connectedPeer();
      return UnixAddress.UNNAMED;
    }
  }

  @Override
  protected int takeError() {
    synchronized (table) {
      return error == null ? 0 : takePending().number();
    }
  }

  private Errno takePending() {
    Errno pending = error == null ? ECONNRESET : error;
    error = null;
    return pending;
  }

  @Override
  protected void closeLast() {
    UnixSocket other;
    synchronized (table) {
      closed = true;
      other = peer;
      if (other != null && type().connected()) {
        other.receivesNoMore = true;
        other.sendsNoMore = true;
        if (!received.isEmpty()) {
          other.error = ECONNRESET;
        }
      }
    }
    table.closed(this);
    queue.wakeAll();
    if (other != null) {
      other.queue.wakeAll();
    }
  }
}
