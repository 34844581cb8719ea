package io.vivarium.kernel.net;

import static io.vivarium.kernel.errno.Errno.EAFNOSUPPORT;
import static io.vivarium.kernel.errno.Errno.EINVAL;
import static io.vivarium.kernel.errno.Errno.EPERM;
import static io.vivarium.kernel.errno.Errno.EPROTONOSUPPORT;
import static io.vivarium.kernel.errno.Errno.EPROTOTYPE;

import io.vivarium.kernel.file.OpenFlags;
import io.vivarium.kernel.fs.Inode;
import java.util.ArrayList;
import java.util.List;

/**
 * The network of one machine (network_namespaces(7)): a loopback interface, 127.0.0.0/8 and ::1,
 * and the names of local sockets. Thread-safe.
 */
public final class NetworkNamespace {
  private static final int RAW_NUMBER = 3;

  /** The largest number of a socket type on Linux (SOCK_MAX). */
  private static final int LARGEST_TYPE = 10;

  private final SocketTable table;
  private final NetworkGate gate;
  private final Egress egress = new Egress();
  private final PortTable tcpPorts = new PortTable();
  private final PortTable udpPorts = new PortTable();

  /**
   * A network without sockets.
   *
   * @param table counts its sockets
   * @param gate is asked
   */
  public NetworkNamespace(SocketTable table, NetworkGate gate) {
    this.table = table;
    this.gate = gate;
  }

  SocketTable table() {
    return table;
  }

  Egress egress() {
    return egress;
  }

  PortTable ports(Protocol protocol) {
    return protocol == Protocol.TCP ? tcpPorts : udpPorts;
  }

  /**
   * socket(2).
   *
   * @param domain {@link SocketAddress#AF_UNIX}, {@link SocketAddress#AF_INET} or {@link
   *     SocketAddress#AF_INET6}
   * @param type the number of a {@link SocketType}, with O_NONBLOCK; O_CLOEXEC is a matter of
   *     descriptors and ignored here
   * @param protocol 0, or the number of the only one that the domain has for the type
   * @return the socket with one reference
   * @throws io.vivarium.kernel.errno.ErrnoException EAFNOSUPPORT, EINVAL, EPROTOTYPE,
   *     EPROTONOSUPPORT, EPERM for raw sockets, or what the limit answers
   */
  public SocketDescription create(Caller caller, int domain, int type, int protocol) {
    int flags = type & ~SocketTable.TYPE_MASK;
    int number = type & SocketTable.TYPE_MASK;
    if ((flags & ~(OpenFlags.O_NONBLOCK | OpenFlags.O_CLOEXEC)) != 0 || number > LARGEST_TYPE) {
      throw EINVAL.exception();
    }
    PeerCredentials maker = caller.credentials();
    if (domain == SocketAddress.AF_UNIX) {
      if (protocol != 0 && protocol != SocketAddress.AF_UNIX) {
        throw EPROTONOSUPPORT.exception();
      }
      SocketType kind = SocketTable.kind(number);
      return table.create(kind, flags, maker.uid(), maker.gid());
    }
    if (domain != SocketAddress.AF_INET && domain != SocketAddress.AF_INET6) {
      throw EAFNOSUPPORT.exception();
    }
    return createInternet(maker, domain == SocketAddress.AF_INET6, number, protocol, flags);
  }

  private SocketDescription createInternet(
      PeerCredentials maker, boolean six, int number, int protocol, int flags) {
    if (number == RAW_NUMBER) {
      throw (maker.uid() == 0 ? EPROTONOSUPPORT : EPERM).exception();
    }
    Protocol wanted;
    if (number == SocketType.STREAM.number()) {
      wanted = Protocol.TCP;
    } else if (number == SocketType.DATAGRAM.number()) {
      wanted = Protocol.UDP;
    } else {
      throw EPROTOTYPE.exception();
    }
    if (protocol != 0 && protocol != wanted.number()) {
      throw EPROTONOSUPPORT.exception();
    }
    return table.open(maker.uid(), maker.gid(), inode -> internetSocket(wanted, six, inode, flags));
  }

  private InternetSocket internetSocket(Protocol protocol, boolean six, Inode inode, int flags) {
    return protocol == Protocol.TCP
        ? new TcpSocket(this, six, inode, flags)
        : new UdpSocket(this, six, inode, flags);
  }

  /** socketpair(2), see {@link SocketTable#createPair}. */
  public SocketPair createPair(Caller caller, int domain, int type, int protocol) {
    return table.createPair(domain, type, protocol, caller.credentials());
  }

  // ---- permissions ------------------------------------------------------------------------------

  /**
   * Asks whether a socket may be reached at an address. A wildcard stands for the addresses at
   * which it is reached as well.
   */
  void permitListening(InternetSocket socket, InternetAddress address) {
    for (IpAddress ip : reachableAt(socket, address.ip())) {
      check(NetworkGate.Operation.LISTEN, socket, new InternetAddress(ip, address.port()));
    }
  }

  private static List<IpAddress> reachableAt(InternetSocket socket, IpAddress ip) {
    List<IpAddress> all = new ArrayList<>();
    all.add(ip);
    if (ip.isAny()) {
      all.add(ip.six() ? IpAddress.LOOPBACK_6 : IpAddress.LOOPBACK);
      if (ip.six() && !socket.sixOnly()) {
        all.add(IpAddress.ANY);
        all.add(IpAddress.LOOPBACK);
      }
    }
    return all;
  }

  /** Asks whether a socket may reach an address. */
  void permitReaching(InternetSocket socket, InternetAddress target) {
    check(NetworkGate.Operation.CONNECT, socket, target);
  }

  private void check(
      NetworkGate.Operation operation, InternetSocket socket, InternetAddress address) {
    gate.check(operation, socket.transport().key() + ":" + address);
  }
}
