package io.vivarium.kernel.net;

import static io.vivarium.kernel.errno.Errno.EOPNOTSUPP;

import io.vivarium.kernel.file.FileDescription;
import io.vivarium.kernel.file.OpenFlags;
import io.vivarium.kernel.fs.Inode;
import io.vivarium.kernel.wait.Task;
import io.vivarium.kernel.wait.Waiter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An open socket (socket(7)): what the calls of sockets work on, whatever its family. read(2) and
 * write(2) are recv(2) and send(2) without flags. A family overrides what it has; what it has not
 * answers EOPNOTSUPP. Thread-safe.
 */
public abstract class SocketDescription extends FileDescription {
  /** {@code shutdown} of receiving. */
  public static final int SHUT_RD = 0;

  /** {@code shutdown} of sending. */
  public static final int SHUT_WR = 1;

  /** {@code shutdown} of both. */
  public static final int SHUT_RDWR = 2;

  /** How many descriptions a message may carry (SCM_MAX_FD). */
  public static final int MAXIMUM_RIGHTS = 253;

  private final SocketType type;
  private final SocketOptions options = new SocketOptions();

  /** A socket for reading and writing, with one reference. */
  protected SocketDescription(SocketType type, Inode inode, int flags) {
    super(inode, OpenFlags.O_RDWR | (flags & OpenFlags.O_NONBLOCK));
    this.type = type;
  }

  /** The kind of conversation. */
  public final SocketType type() {
    return type;
  }

  /** The address family, with its Linux number. */
  public abstract int domain();

  // ---- sending and receiving --------------------------------------------------------------------

  /**
   * send(2) and sendmsg(2) to the peer.
   *
   * @param flags {@link MessageFlags}
   * @param rights descriptions to send along (SCM_RIGHTS), of which this takes references of its
   *     own; at most {@link #MAXIMUM_RIGHTS}
   * @return bytes sent
   * @throws io.vivarium.kernel.errno.ErrnoException EPIPE, on a stream with SIGPIPE, when the other
   *     side receives no more; EAGAIN, EINTR, EMSGSIZE, ENOTCONN, ECONNREFUSED, ECONNRESET, EINVAL
   */
  public abstract int send(
      Task task, byte[] buffer, int offset, int length, int flags, List<FileDescription> rights);

  /**
   * recv(2) and recvmsg(2).
   *
   * @param flags {@link MessageFlags}
   * @param envelope receives what there is beside the bytes; null when nobody wants it, which
   *     closes descriptions that came along
   * @return bytes received, or with MSG_TRUNC the length of the whole message; 0 at the end
   * @throws io.vivarium.kernel.errno.ErrnoException EAGAIN, also after SO_RCVTIMEO; EINTR,
   *     ECONNRESET
   */
  public abstract int receive(
      Task task, byte[] buffer, int offset, int length, int flags, @Nullable Envelope envelope);

  /**
   * sendto(2) and sendmsg(2) with an address; see {@link #send}. Connections have no use for one.
   */
  public abstract int sendTo(
      Caller caller,
      byte[] buffer,
      int offset,
      int length,
      int flags,
      List<FileDescription> rights,
      SocketAddress address);

  /**
   * FIONREAD: bytes of a stream, or of the first message, that could be received now.
   *
   * @throws io.vivarium.kernel.errno.ErrnoException EINVAL for a socket that listens
   */
  public abstract int available();

  @Override
  protected final int doRead(Task task, byte[] buffer, int offset, int length) {
    return length == 0 ? 0 : receive(task, buffer, offset, length, 0, null);
  }

  @Override
  protected final int doWrite(Task task, byte[] buffer, int offset, int length) {
    return send(task, buffer, offset, length, 0, List.of());
  }

  /** When to give up receiving: {@link System#nanoTime()} or {@link Waiter#NEVER}. */
  protected final long receiveDeadline() {
    return deadline(options.receiveTimeout());
  }

  /** When to give up sending: {@link System#nanoTime()} or {@link Waiter#NEVER}. */
  protected final long sendDeadline() {
    return deadline(options.sendTimeout());
  }

  private static long deadline(long timeout) {
    return timeout == 0 ? Waiter.NEVER : System.nanoTime() + timeout;
  }

  // ---- connecting -------------------------------------------------------------------------------

  /**
   * shutdown(2).
   *
   * @param how {@link #SHUT_RD}, {@link #SHUT_WR} or {@link #SHUT_RDWR}
   * @throws io.vivarium.kernel.errno.ErrnoException EINVAL for another, ENOTCONN
   */
  public abstract void shutdown(int how);

  /** getsockname(2). */
  public abstract SocketAddress localAddress();

  /**
   * getpeername(2).
   *
   * @throws io.vivarium.kernel.errno.ErrnoException ENOTCONN
   */
  public abstract SocketAddress peerAddress();

  /**
   * bind(2).
   *
   * @throws io.vivarium.kernel.errno.ErrnoException EINVAL when it has an address already or the
   *     address is of another form, EADDRINUSE, EADDRNOTAVAIL, EACCES, EAFNOSUPPORT
   */
  public abstract void bind(Caller caller, SocketAddress address);

  /**
   * connect(2).
   *
   * @throws io.vivarium.kernel.errno.ErrnoException ECONNREFUSED, EISCONN, EINPROGRESS, EALREADY,
   *     EAGAIN, ENETUNREACH, ETIMEDOUT, EACCES, EPROTOTYPE, EINTR
   */
  public abstract void connect(Caller caller, SocketAddress address);

  /**
   * listen(2).
   *
   * @param backlog how many connections may wait to be accepted
   * @throws io.vivarium.kernel.errno.ErrnoException EINVAL, EOPNOTSUPP, EADDRINUSE, EACCES
   */
  public void listen(Caller caller, int backlog) {
    throw EOPNOTSUPP.exception();
  }

  /**
   * accept(2).
   *
   * @param flags O_NONBLOCK or 0 for the new socket
   * @return the new socket with one reference
   */
  public SocketDescription accept(Task task, int flags) {
    throw EOPNOTSUPP.exception();
  }

  // ---- options ----------------------------------------------------------------------------------

  /**
   * setsockopt(2).
   *
   * @param level SOL_SOCKET or a protocol
   * @param value as the guest's memory holds it, little-endian
   * @throws io.vivarium.kernel.errno.ErrnoException ENOPROTOOPT, EINVAL, EDOM
   */
  public final void setOption(int level, int name, byte[] value) {
    if (level == SocketOptions.SOL_SOCKET) {
      options.set(name, value);
      if (name == SocketOptions.SO_RCVBUF) {
        receiveBuffer(options.receiveBuffer());
      }
    } else {
      setProtocolOption(level, name, value);
    }
  }

  /** getsockopt(2); see {@link #setOption}. */
  public final byte[] option(int level, int name) {
    if (level != SocketOptions.SOL_SOCKET) {
      return protocolOption(level, name);
    }
    return switch (name) {
      case SocketOptions.SO_TYPE -> SocketOptions.number(type.number());
      case SocketOptions.SO_DOMAIN -> SocketOptions.number(domain());
      case SocketOptions.SO_PROTOCOL -> SocketOptions.number(protocol());
      case SocketOptions.SO_ERROR -> SocketOptions.number(takeError());
      case SocketOptions.SO_PEERCRED -> SocketOptions.credentials(peerCredentials());
      case SocketOptions.SO_ACCEPTCONN -> SocketOptions.number(accepting() ? 1 : 0);
      default -> options.get(name);
    };
  }

  /** Sets an option of another level than SOL_SOCKET. */
  protected void setProtocolOption(int level, int name, byte[] value) {
    throw EOPNOTSUPP.exception();
  }

  /** An option of another level than SOL_SOCKET. */
  protected byte[] protocolOption(int level, int name) {
    throw EOPNOTSUPP.exception();
  }

  /** Its options of the level SOL_SOCKET. */
  final SocketOptions options() {
    return options;
  }

  /** SO_RCVBUF was set. */
  protected void receiveBuffer(int bytes) {}

  /** Who made the other end. */
  protected PeerCredentials peerCredentials() {
    return PeerCredentials.NONE;
  }

  /** The protocol number of SO_PROTOCOL. */
  protected int protocol() {
    return 0;
  }

  /** Whether it listens. */
  protected boolean accepting() {
    return false;
  }

  /**
   * The number of the error that is pending, which is not pending any more; 0 when there is none.
   */
  protected abstract int takeError();

  @Override
  public final String anonymousName() {
    return "socket:[" + inode().ino() + "]";
  }
}
