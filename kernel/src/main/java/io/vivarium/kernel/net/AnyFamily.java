package io.vivarium.kernel.net;

/** The address of AF_UNSPEC: connecting to it ends what a socket is connected to. */
public enum AnyFamily implements SocketAddress {
  /** The only one. */
  ADDRESS;

  @Override
  public int family() {
    return 0;
  }
}
