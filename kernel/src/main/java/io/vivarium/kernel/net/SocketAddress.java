package io.vivarium.kernel.net;

/** Where a socket can be reached, in the form of its address family. */
public interface SocketAddress {
  /** AF_UNIX. */
  int AF_UNIX = 1;

  /** AF_INET. */
  int AF_INET = 2;

  /** AF_INET6. */
  int AF_INET6 = 10;

  /** The address family, with its Linux number. */
  int family();
}
