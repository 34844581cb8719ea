package io.vivarium.kernel.net;

import static io.vivarium.kernel.errno.Errno.EACCES;
import static io.vivarium.kernel.errno.Errno.EADDRNOTAVAIL;
import static io.vivarium.kernel.errno.Errno.EAFNOSUPPORT;
import static io.vivarium.kernel.errno.Errno.EINVAL;
import static io.vivarium.kernel.errno.Errno.ENETUNREACH;

import io.vivarium.kernel.fs.Inode;
import org.jspecify.annotations.Nullable;

/**
 * A socket of AF_INET or AF_INET6. Its addresses are kept with IPv4 addresses as such; what a
 * socket of AF_INET6 shows of them is mapped. State is guarded by the {@link SocketTable}.
 */
abstract class InternetSocket extends QueuedSocket {
  private static final int FIRST_UNPRIVILEGED = 1024;

  final NetworkNamespace network;
  final boolean six;
  private final Protocol protocol;
  private final int owner;
  private final ProtocolOptions protocolOptions = new ProtocolOptions();

  // Guarded by the table.
  @Nullable InternetAddress local;
  @Nullable InternetAddress remote;
  private volatile boolean mayBeReached;

  InternetSocket(
      NetworkNamespace network,
      SocketType type,
      Protocol protocol,
      boolean six,
      Inode inode,
      int flags) {
    super(network.table(), type, inode, flags);
    this.network = network;
    this.protocol = protocol;
    this.six = six;
    this.owner = inode.uid();
  }

  @Override
  public final int domain() {
    return six ? SocketAddress.AF_INET6 : SocketAddress.AF_INET;
  }

  final Protocol transport() {
    return protocol;
  }

  final PortTable ports() {
    return network.ports(protocol);
  }

  /** Who made it. */
  final int owner() {
    return owner;
  }

  // ---- addresses --------------------------------------------------------------------------------

  @Override
  public final void bind(Caller caller, SocketAddress address) {
    InternetAddress wanted = checked(address);
    IpAddress ip = wanted.ip().unmapped();
    boolean mapped = wanted.ip().isMapped();
    if (mapped && sixOnly()) {
      throw EINVAL.exception();
    }
    if (!ip.isAny() && !ip.isLoopback()) {
      throw EADDRNOTAVAIL.exception();
    }
    boolean privileged = wanted.port() > 0 && wanted.port() < FIRST_UNPRIVILEGED;
    if (privileged && !caller.who().isSuperuser()) {
      throw EACCES.exception();
    }
    synchronized (table) {
      checkUnbound();
    }
    if (wanted.port() != 0) {
      network.permitListening(this, new InternetAddress(ip, wanted.port()));
    }
    InternetAddress bound;
    synchronized (table) {
      checkUnbound();
      ports().claim(this, ip, wanted.port());
      bound = local;
    }
    if (wanted.port() == 0 && bound != null) {
      permitOrUnbind(bound);
    }
    mayBeReached = true;
  }

  private void checkUnbound() {
    if (local != null || closed) {
      throw EINVAL.exception();
    }
  }

  private void permitOrUnbind(InternetAddress bound) {
    boolean permitted = false;
    try {
      network.permitListening(this, bound);
      permitted = true;
    } finally {
      if (!permitted) {
        synchronized (table) {
          ports().release(this);
          local = null;
        }
      }
    }
  }

  /** Gives an unbound socket a port, before it listens. */
  final void bindToListen() {
    InternetAddress bound;
    synchronized (table) {
      if (mayBeReached) {
        return;
      }
      if (local == null) {
        ports().claim(this, six ? IpAddress.ANY_6 : IpAddress.ANY, 0);
      }
      bound = local;
    }
    if (bound != null) {
      network.permitListening(this, bound);
    }
    mayBeReached = true;
  }

  /** Under the table: gives an unbound socket a port, before it sends. */
  final void bindToSend() {
    if (local == null) {
      ports().claim(this, six ? IpAddress.ANY_6 : IpAddress.ANY, 0);
    }
  }

  /**
   * Under the table: an unbound or wildcard socket gets the address that it reaches a peer from.
   */
  final InternetAddress sourceFor(InternetAddress target) {
    bindToSend();
    InternetAddress bound = local;
    if (bound != null && !bound.ip().isAny()) {
      return bound;
    }
    IpAddress ip = target.ip().six() ? IpAddress.LOOPBACK_6 : IpAddress.LOOPBACK;
    return new InternetAddress(ip, bound == null ? 0 : bound.port());
  }

  /**
   * Where an address leads to within the machine.
   *
   * @throws io.vivarium.kernel.errno.ErrnoException EAFNOSUPPORT, ENETUNREACH
   */
  final InternetAddress destination(SocketAddress address) {
    InternetAddress wanted = checked(address);
    if (wanted.ip().isMapped() && sixOnly()) {
      throw ENETUNREACH.exception();
    }
    IpAddress ip = wanted.ip().unmapped();
    if (ip.isAny()) {
      ip = ip.six() ? IpAddress.LOOPBACK_6 : IpAddress.LOOPBACK;
    }
    InternetAddress target = new InternetAddress(ip, wanted.port());
    if (!ip.isLoopback()) {
      throw network.egress().leave(protocol, target);
    }
    InternetAddress bound;
    synchronized (table) {
      bound = local;
    }
    if (bound != null && bound.ip().six() != ip.six() && !bound.ip().isAny()) {
      throw (ip.six() ? EINVAL : ENETUNREACH).exception();
    }
    return target;
  }

  private InternetAddress checked(SocketAddress address) {
    if (!(address instanceof InternetAddress internet) || internet.family() != domain()) {
      throw EAFNOSUPPORT.exception();
    }
    return internet;
  }

  /** An address as this socket shows it. */
  final InternetAddress shown(InternetAddress address) {
    return six ? new InternetAddress(address.ip().mapped(), address.port()) : address;
  }

  @Override
  public final SocketAddress localAddress() {
    synchronized (table) {
      InternetAddress bound = local;
      if (bound == null) {
        return new InternetAddress(six ? IpAddress.ANY_6 : IpAddress.ANY, 0);
      }
      return shown(bound);
    }
  }

  // ---- who gets what ----------------------------------------------------------------------------

  /** Whether this socket, bound to one address, gets what goes to another. */
  final boolean covers(IpAddress bound, IpAddress target) {
    if (bound.equals(target)) {
      return true;
    }
    if (!bound.isAny()) {
      return false;
    }
    return bound.six() == target.six() || (bound.six() && !sixOnly());
  }

  /**
   * How well this socket fits what goes to an address of its port; 0 when not at all.
   *
   * @param source where it comes from
   */
  abstract int score(IpAddress target, @Nullable InternetAddress source);

  /** The part of the score that the bound address has: exact, of the family, or any. */
  final int boundScore(IpAddress target) {
    InternetAddress bound = local;
    if (bound == null || !covers(bound.ip(), target)) {
      return 0;
    }
    if (bound.ip().equals(target)) {
      return 3;
    }
    return bound.ip().six() == target.six() ? 2 : 1;
  }

  final boolean reuses(int option, InternetSocket other) {
    return options().isOn(option) && other.options().isOn(option);
  }

  // ---- options ----------------------------------------------------------------------------------

  /** Whether it is for IPv6 alone (IPV6_V6ONLY); false for a socket of IPv4. */
  final boolean sixOnly() {
    return six && protocolOptions.sixOnly();
  }

  final void inherit(InternetSocket from) {
    options().inherit(from.options());
    protocolOptions.inherit(from.protocolOptions);
    if (from.options().receiveBuffer() != SocketOptions.BUFFER_BYTES) {
      receiveBuffer(options().receiveBuffer());
    }
  }

  @Override
  protected final void setProtocolOption(int level, int name, byte[] value) {
    boolean late = level == ProtocolOptions.IPPROTO_IPV6 && name == ProtocolOptions.IPV6_V6ONLY;
    synchronized (table) {
      if (late && local != null) {
        throw EINVAL.exception();
      }
    }
    protocolOptions.set(protocol, six, level, name, value);
  }

  @Override
  protected final byte[] protocolOption(int level, int name) {
    return protocolOptions.get(protocol, six, level, name);
  }

  @Override
  protected final int protocol() {
    return protocol.number();
  }
}
