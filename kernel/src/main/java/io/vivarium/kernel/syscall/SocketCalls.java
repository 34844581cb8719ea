package io.vivarium.kernel.syscall;

import static io.vivarium.kernel.errno.Errno.ENOTSOCK;

import io.vivarium.kernel.errno.ErrnoException;
import io.vivarium.kernel.file.FdPair;
import io.vivarium.kernel.file.FdTable;
import io.vivarium.kernel.file.FileDescription;
import io.vivarium.kernel.file.OpenFlags;
import io.vivarium.kernel.fs.VirtualFileSystem;
import io.vivarium.kernel.net.Caller;
import io.vivarium.kernel.net.Envelope;
import io.vivarium.kernel.net.MessageFlags;
import io.vivarium.kernel.net.NetworkNamespace;
import io.vivarium.kernel.net.SocketAddress;
import io.vivarium.kernel.net.SocketDescription;
import io.vivarium.kernel.net.SocketPair;
import io.vivarium.kernel.net.UnixAddress;
import io.vivarium.kernel.process.Process;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Sockets: socket(2), bind(2), connect(2), send(2), recv(2) and their relatives, and descriptors
 * sent along (unix(7)). ENOTSOCK for what is none. For the thread of the process only.
 */
public final class SocketCalls {
  public static final int SOCK_STREAM = 1;
  public static final int SOCK_DGRAM = 2;
  public static final int SOCK_SEQPACKET = 5;
  public static final int MSG_PEEK = MessageFlags.MSG_PEEK;
  public static final int MSG_TRUNC = MessageFlags.MSG_TRUNC;
  public static final int MSG_DONTWAIT = MessageFlags.MSG_DONTWAIT;
  public static final int MSG_NOSIGNAL = MessageFlags.MSG_NOSIGNAL;
  public static final int MSG_WAITALL = MessageFlags.MSG_WAITALL;
  public static final int MSG_CMSG_CLOEXEC = MessageFlags.MSG_CMSG_CLOEXEC;

  /**
   * A message with descriptors.
   *
   * @param length of the whole message; more than was asked for when it was cut
   * @param rights new descriptors that came along
   * @param rightsDropped whether more came than were wanted or could be opened; they are closed
   */
  @SuppressWarnings("ArrayRecordComponent") // goes to a lane at once, is never compared
  public record Received(int length, int[] rights, boolean rightsDropped) {}

  /**
   * A message with the address it came from.
   *
   * @param length of the whole message with MSG_TRUNC, else what was received
   * @param source who sent it; {@link UnixAddress#UNNAMED} where that has no name or is a
   *     connection
   * @param truncated whether the message was longer than the buffer
   */
  public record ReceivedFrom(int length, SocketAddress source, boolean truncated) {}

  private final Process process;
  private final FdTable table;
  private final NetworkNamespace network;
  private final SocketTree tree;

  SocketCalls(Process process, NetworkNamespace network, VirtualFileSystem vfs) {
    this.process = process;
    this.table = process.descriptors();
    this.network = network;
    this.tree = new SocketTree(process, vfs);
  }

  // ---- making -----------------------------------------------------------------------------------

  /**
   * socket(2).
   *
   * @param domain {@link SocketAddress#AF_UNIX}, AF_INET or AF_INET6
   * @param type the number of a {@link io.vivarium.kernel.net.SocketType}
   * @param protocol 0 for the only one there is
   * @param flags O_NONBLOCK and O_CLOEXEC
   * @return the lowest free descriptor
   */
  public int socket(int domain, int type, int protocol, int flags) {
    table.checkRoom();
    SocketDescription made = network.create(caller(), domain, type | flags, protocol);
    return table.install(made, (flags & OpenFlags.O_CLOEXEC) != 0);
  }

  /**
   * socketpair(2) of AF_UNIX.
   *
   * @param type the number of a {@link io.vivarium.kernel.net.SocketType}
   * @param flags O_NONBLOCK and O_CLOEXEC
   */
  public FdPair socketpair(int type, int flags) {
    table.checkRoom();
    SocketPair pair = network.createPair(caller(), SocketAddress.AF_UNIX, type | flags, 0);
    return table.installPair(pair.first(), pair.second(), (flags & OpenFlags.O_CLOEXEC) != 0);
  }

  private Caller caller() {
    return new Caller(process, process.pid(), process.credentials(), tree);
  }

  // ---- connecting -------------------------------------------------------------------------------

  /** bind(2). */
  public void bind(int fd, SocketAddress address) {
    withSocket(fd, socket -> socket.bind(caller(), address));
  }

  /** listen(2). */
  public void listen(int fd, int backlog) {
    withSocket(fd, socket -> socket.listen(caller(), backlog));
  }

  /** connect(2); {@link io.vivarium.kernel.net.AnyFamily} ends a connection. */
  public void connect(int fd, SocketAddress address) {
    withSocket(fd, socket -> socket.connect(caller(), address));
  }

  /** accept4(2); flags O_NONBLOCK and O_CLOEXEC. */
  public int accept(int fd, int flags) {
    FileDescription description = table.get(fd);
    try {
      SocketDescription listener = socket(description);
      table.checkRoom();
      SocketDescription accepted = listener.accept(process, flags);
      return table.install(accepted, (flags & OpenFlags.O_CLOEXEC) != 0);
    } finally {
      description.release();
    }
  }

  /** getsockname(2). */
  public SocketAddress localAddress(int fd) {
    return socket(table.peek(fd)).localAddress();
  }

  /** getpeername(2). */
  public SocketAddress peerAddress(int fd) {
    return socket(table.peek(fd)).peerAddress();
  }

  /** shutdown(2): 0 receiving, 1 sending, 2 both. */
  public void shutdown(int fd, int how) {
    socket(table.peek(fd)).shutdown(how);
  }

  // ---- options ----------------------------------------------------------------------------------

  /** The type of a socket: SOCK_STREAM, SOCK_DGRAM or SOCK_SEQPACKET. */
  public int type(int fd) {
    return socket(table.peek(fd)).type().number();
  }

  /** setsockopt(2); the value is little-endian, as {@link SocketDescription#setOption} has it. */
  public void setOption(int fd, int level, int name, byte[] value) {
    socket(table.peek(fd)).setOption(level, name, value);
  }

  /** getsockopt(2); see {@link #setOption}. */
  public byte[] option(int fd, int level, int name) {
    return socket(table.peek(fd)).option(level, name);
  }

  /** FIONREAD (tcp(7), udp(7)): bytes that a receive could take now. */
  public int available(int fd) {
    return socket(table.peek(fd)).available();
  }

  // ---- sending and receiving --------------------------------------------------------------------

  /**
   * sendto(2).
   *
   * @return bytes sent
   */
  public int sendTo(
      int fd, byte[] buffer, int offset, int length, int flags, SocketAddress address) {
    FileDescription description = table.get(fd);
    try {
      return socket(description)
          .sendTo(caller(), buffer, offset, length, flags, List.of(), address);
    } finally {
      description.release();
    }
  }

  /** recvfrom(2). */
  public ReceivedFrom recvFrom(int fd, byte[] buffer, int offset, int length, int flags) {
    FileDescription description = table.get(fd);
    try {
      Envelope envelope = new Envelope(0);
      int count = socket(description).receive(process, buffer, offset, length, flags, envelope);
      boolean truncated = (envelope.flags() & MSG_TRUNC) != 0;
      return new ReceivedFrom(count, envelope.source(), truncated);
    } finally {
      description.release();
    }
  }

  /** send(2); returns the bytes sent. */
  public int send(int fd, byte[] buffer, int offset, int length, int flags) {
    return sendRights(fd, buffer, offset, length, new int[0], flags);
  }

  /** recv(2); with MSG_TRUNC the length of the whole message. */
  public int recv(int fd, byte[] buffer, int offset, int length, int flags) {
    FileDescription description = table.get(fd);
    try {
      return socket(description).receive(process, buffer, offset, length, flags, null);
    } finally {
      description.release();
    }
  }

  /** sendmsg(2) with descriptors to pass on (SCM_RIGHTS). */
  public int sendRights(int fd, byte[] buffer, int offset, int length, int[] rights, int flags) {
    FileDescription description = table.get(fd);
    try {
      List<FileDescription> passed = new ArrayList<>(rights.length);
      for (int right : rights) {
        passed.add(table.peek(right));
      }
      return socket(description).send(process, buffer, offset, length, flags, passed);
    } finally {
      description.release();
    }
  }

  /** recvmsg(2): at most {@code most} descriptors are taken, others that came along are closed. */
  public Received recvRights(int fd, byte[] buffer, int offset, int length, int most, int flags) {
    FileDescription description = table.get(fd);
    try {
      Envelope envelope = new Envelope(most);
      socket(description).receive(process, buffer, offset, length, flags, envelope);
      return install(envelope, (flags & MSG_CMSG_CLOEXEC) != 0);
    } finally {
      description.release();
    }
  }

  /** Gives what came along numbers; what finds none any more is closed, as if it had been cut. */
  private Received install(Envelope envelope, boolean closeOnExec) {
    boolean dropped = (envelope.flags() & MessageFlags.MSG_CTRUNC) != 0;
    List<Integer> installed = new ArrayList<>();
    for (FileDescription right : envelope.rights()) {
      try {
        installed.add(table.install(right, closeOnExec));
      } catch (ErrnoException e) {
        dropped = true;
      }
    }
    int[] rights = installed.stream().mapToInt(Integer::intValue).toArray();
    return new Received(envelope.fullLength(), rights, dropped);
  }

  private void withSocket(int fd, Consumer<SocketDescription> call) {
    FileDescription description = table.get(fd);
    try {
      call.accept(socket(description));
    } finally {
      description.release();
    }
  }

  private static SocketDescription socket(FileDescription description) {
    if (description instanceof SocketDescription socket) {
      return socket;
    }
    throw ENOTSOCK.exception();
  }
}
