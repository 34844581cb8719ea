package io.vivarium.kernel.net;

/**
 * The address of a socket of AF_INET or AF_INET6 (ip(7), ipv6(7)).
 *
 * @param ip the host
 * @param port 0 to 65535; 0 lets the machine choose one
 */
public record InternetAddress(IpAddress ip, int port) implements SocketAddress {
  /** The highest port. */
  public static final int MOST = 0xffff;

  /** Checks the port. */
  public InternetAddress {
    if (port < 0 || port > MOST) {
      throw new IllegalArgumentException("no port: " + port);
    }
  }

  @Override
  public int family() {
    return ip.six() ? AF_INET6 : AF_INET;
  }

  /** As people write it: {@code 127.0.0.1:80}, {@code [::1]:80}. */
  @Override
  public String toString() {
    return (ip.six() ? "[" + ip + "]" : ip.toString()) + ":" + port;
  }
}
