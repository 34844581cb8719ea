package io.vivarium.kernel.net;

/** What kind of conversation a socket has (socket(2)). */
public enum SocketType {
  /** Bytes in order, without boundaries, between two that are connected. */
  STREAM(1),
  /** Messages, each on its own. */
  DATAGRAM(2),
  /** Messages in order, between two that are connected. */
  SEQUENCED_PACKET(5);

  private final int number;

  SocketType(int number) {
    this.number = number;
  }

  /** SOCK_STREAM, SOCK_DGRAM or SOCK_SEQPACKET, with its Linux number. */
  public int number() {
    return number;
  }

  /** Whether there is a connection, which can end. */
  public boolean connected() {
    return this != DATAGRAM;
  }
}
