package io.vivarium.kernel.file;

/**
 * The address of a local socket (unix(7)).
 *
 * @param path where it is bound; empty for a socket without a name
 */
public record UnixAddress(String path) implements SocketAddress {
  /** What sockets of socketpair(2) have. */
  public static final UnixAddress UNNAMED = new UnixAddress("");

  @Override
  public int family() {
    return AF_UNIX;
  }
}
