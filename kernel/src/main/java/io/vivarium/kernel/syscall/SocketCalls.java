package io.vivarium.kernel.syscall;

import static io.vivarium.kernel.errno.Errno.ENOTSOCK;

import io.vivarium.kernel.errno.ErrnoException;
import io.vivarium.kernel.file.Envelope;
import io.vivarium.kernel.file.FdPair;
import io.vivarium.kernel.file.FdTable;
import io.vivarium.kernel.file.FileDescription;
import io.vivarium.kernel.file.MessageFlags;
import io.vivarium.kernel.file.OpenFlags;
import io.vivarium.kernel.file.SocketAddress;
import io.vivarium.kernel.file.SocketDescription;
import io.vivarium.kernel.file.SocketPair;
import io.vivarium.kernel.file.SocketTable;
import io.vivarium.kernel.process.Process;
import java.util.ArrayList;
import java.util.List;

/**
 * Sockets: socketpair(2), send(2), recv(2), shutdown(2), and descriptors sent along (unix(7)).
 * ENOTSOCK for what is none. For the thread of the process only.
 */
public final class SocketCalls {
  public static final int SOCK_STREAM = 1;
  public static final int SOCK_DGRAM = 2;
  public static final int MSG_PEEK = MessageFlags.MSG_PEEK;
  public static final int MSG_TRUNC = MessageFlags.MSG_TRUNC;
  public static final int MSG_DONTWAIT = MessageFlags.MSG_DONTWAIT;
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

  private final Process process;
  private final FdTable table;
  private final SocketTable sockets;

  SocketCalls(Process process, SocketTable sockets) {
    this.process = process;
    this.table = process.descriptors();
    this.sockets = sockets;
  }

  /**
   * socketpair(2) of AF_UNIX.
   *
   * @param type the number of a {@link io.vivarium.kernel.file.SocketType}
   * @param flags O_NONBLOCK and O_CLOEXEC
   */
  public FdPair socketpair(int type, int flags) {
    table.checkRoom();
    var who = process.credentials();
    SocketPair pair =
        sockets.createPair(
            SocketAddress.AF_UNIX, type | flags, 0, who.effectiveUid(), who.effectiveGid());
    return table.installPair(pair.first(), pair.second(), (flags & OpenFlags.O_CLOEXEC) != 0);
  }

  /** The type of a socket: SOCK_STREAM, SOCK_DGRAM or SOCK_SEQPACKET. */
  public int type(int fd) {
    return socket(table.peek(fd)).type().number();
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

  /** shutdown(2): 0 receiving, 1 sending, 2 both. */
  public void shutdown(int fd, int how) {
    socket(table.peek(fd)).shutdown(how);
  }

  /** accept4(2); flags O_NONBLOCK and O_CLOEXEC. */
  public int accept(int fd, int flags) {
    FileDescription description = table.get(fd);
    try {
      SocketDescription accepted = socket(description).accept(process, flags);
      return table.install(accepted, (flags & OpenFlags.O_CLOEXEC) != 0);
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

  private static SocketDescription socket(FileDescription description) {
    if (description instanceof SocketDescription socket) {
      return socket;
    }
    throw ENOTSOCK.exception();
  }
}
