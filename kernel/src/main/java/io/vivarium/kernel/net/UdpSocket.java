package io.vivarium.kernel.net;

import static io.vivarium.kernel.errno.Errno.ECONNREFUSED;
import static io.vivarium.kernel.errno.Errno.EDESTADDRREQ;
import static io.vivarium.kernel.errno.Errno.EINVAL;
import static io.vivarium.kernel.errno.Errno.EMSGSIZE;
import static io.vivarium.kernel.errno.Errno.ENOTCONN;
import static io.vivarium.kernel.errno.Errno.EPIPE;

import io.vivarium.kernel.errno.Errno;
import io.vivarium.kernel.file.FileDescription;
import io.vivarium.kernel.file.PollEvents;
import io.vivarium.kernel.fs.Inode;
import io.vivarium.kernel.wait.Task;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A datagram socket of the internet families (udp(7)). What a receiver has no room for is lost, so
 * that sending never waits. State is guarded by the {@link SocketTable}.
 */
final class UdpSocket extends InternetSocket {
  /** The longest datagram: what 16 bits of length leave after the headers. */
  private static final int LONGEST = 65_507;

  /** The longest datagram of a socket of IPv6, whose header the length does not count. */
  private static final int LONGEST_6 = 65_527;

  UdpSocket(NetworkNamespace network, boolean six, Inode inode, int flags) {
    super(network, SocketType.DATAGRAM, Protocol.UDP, six, inode, flags);
  }

  // ---- connecting -------------------------------------------------------------------------------

  @Override
  public void connect(Caller caller, SocketAddress address) {
    if (address instanceof AnyFamily) {
      synchronized (table) {
        remote = null;
      }
      return;
    }
    InternetAddress target = destination(address);
    network.permitReaching(this, target);
    synchronized (table) {
      InternetAddress source = sourceFor(target);
      ports().release(this);
      ports().share(this, source);
      remote = target;
    }
    queue.wakeAll();
  }

  @Override
  public SocketAddress peerAddress() {
    synchronized (table) {
      InternetAddress target = remote;
      if (target == null) {
        throw ENOTCONN.exception();
      }
      return shown(target);
    }
  }

  @Override
  int score(IpAddress target, @Nullable InternetAddress source) {
    int score = boundScore(target);
    if (remote == null || score == 0) {
      return score;
    }
    return remote.equals(source) ? score + 4 : 0;
  }

  // ---- sending ----------------------------------------------------------------------------------

  @Override
  public int send(
      Task task, byte[] buffer, int offset, int length, int flags, List<FileDescription> rights) {
    InternetAddress target;
    synchronized (table) {
      target = remote;
    }
    if (target == null) {
      throw EDESTADDRREQ.exception();
    }
    return deliver(task, buffer, offset, length, flags, rights, target);
  }

  @Override
  public int sendTo(
      Caller caller,
      byte[] buffer,
      int offset,
      int length,
      int flags,
      List<FileDescription> rights,
      SocketAddress address) {
    checkLength(length);
    InternetAddress target = destination(address);
    if (target.port() == 0) {
      throw EINVAL.exception();
    }
    network.permitReaching(this, target);
    return deliver(caller.task(), buffer, offset, length, flags, rights, target);
  }

  private void checkLength(int length) {
    if (length > (six ? LONGEST_6 : LONGEST)) {
      throw EMSGSIZE.exception();
    }
  }

  private int deliver(
      Task task,
      byte[] buffer,
      int offset,
      int length,
      int flags,
      List<FileDescription> rights,
      InternetAddress target) {
    checkLength(length);
    if (!target.ip().six() && length > LONGEST) {
      throw EMSGSIZE.exception();
    }
    if (!rights.isEmpty()) {
      throw EINVAL.exception();
    }
    UdpSocket receiver;
    synchronized (table) {
      if (error != null) {
        throw takePending().exception();
      }
      if (sendsNoMore) {
        if ((flags & MessageFlags.MSG_NOSIGNAL) == 0) {
          task.raiseBrokenPipe();
        }
        throw EPIPE.exception();
      }
      InternetAddress source = sourceFor(target);
      receiver = (UdpSocket) ports().receiver(target, source);
      if (receiver == null) {
        refuse(target);
      } else if (table.admit(receiver.received, length) >= 0) {
        InternetAddress shown = receiver.shown(source);
        table.put(receiver.received, buffer, offset, length, List.of(), shown);
      }
    }
    (receiver == null ? this : receiver).queue.wakeAll();
    return length;
  }

  /** Nobody is at an address: who is connected to it learns of that with the next call. */
  private void refuse(InternetAddress target) {
    if (target.equals(remote)) {
      error = ECONNREFUSED;
    }
  }

  @Override
  @Nullable QueuedSocket peer() {
    return null;
  }

  @Override
  SocketAddress senderAddress() {
    return localAddress();
  }

  @Override
  @Nullable Errno sendFailure(@Nullable QueuedSocket receiver, int length) {
    return EDESTADDRREQ;
  }

  @Override
  boolean maySend(@Nullable QueuedSocket destination, int least) {
    return true;
  }

  // ---- receiving --------------------------------------------------------------------------------

  @Override
  ReceiveQueue.@Nullable Taken takeNext(
      byte[] buffer, int offset, int length, boolean peek, boolean wait) {
    if (error != null) {
      throw takePending().exception();
    }
    if (!received.isEmpty()) {
      return takeQueued(buffer, offset, length, peek);
    }
    return receivesNoMore && wait ? END : null;
  }

  // ---- readiness and the end --------------------------------------------------------------------

  @Override
  public int poll() {
    synchronized (table) {
      int events = WRITEABLE;
      events |= error != null ? PollEvents.POLLERR : 0;
      events |= received.isEmpty() ? 0 : READABLE;
      if (receivesNoMore) {
        events |= PollEvents.POLLRDHUP | READABLE;
        events |= sendsNoMore ? PollEvents.POLLHUP : 0;
      }
      return events;
    }
  }

  @Override
  public void shutdown(int how) {
    if (how < SHUT_RD || how > SHUT_RDWR) {
      throw EINVAL.exception();
    }
    boolean connected;
    synchronized (table) {
      connected = remote != null;
      receivesNoMore |= how != SHUT_WR;
      sendsNoMore |= how != SHUT_RD;
    }
    queue.wakeAll();
    if (!connected) {
      throw ENOTCONN.exception();
    }
  }

  @Override
  protected void closeLast() {
    synchronized (table) {
      closed = true;
      ports().release(this);
    }
    table.closed(this);
    queue.wakeAll();
  }
}
