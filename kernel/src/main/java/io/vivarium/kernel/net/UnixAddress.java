package io.vivarium.kernel.net;

import java.nio.charset.StandardCharsets;

/**
 * The address of a local socket (unix(7)).
 *
 * @param path where it is bound: a path; a name that is no path (abstract), which begins with NUL;
 *     or empty for a socket without a name. Binding to the empty one chooses an abstract name
 */
public record UnixAddress(String path) implements SocketAddress {
  /** What sockets have that nobody bound. */
  public static final UnixAddress UNNAMED = new UnixAddress("");

  /** The most bytes of a path or name, with the NUL before an abstract one. */
  static final int LONGEST = 108;

  @Override
  public int family() {
    return AF_UNIX;
  }

  /** Whether it is a name that is no path. */
  public boolean isAbstract() {
    return !path.isEmpty() && path.charAt(0) == 0;
  }

  /** As /proc/net/unix and people write it: abstract names begin with @. */
  @Override
  public String toString() {
    return isAbstract() ? "@" + path.substring(1) : path;
  }

  /** The abstract name with a number, as autobind chooses it. */
  static UnixAddress numbered(int number) {
    byte[] name = String.format("\0%05x", number).getBytes(StandardCharsets.US_ASCII);
    return new UnixAddress(new String(name, StandardCharsets.US_ASCII));
  }
}
