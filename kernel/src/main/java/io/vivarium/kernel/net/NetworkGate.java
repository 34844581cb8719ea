package io.vivarium.kernel.net;

/**
 * Asked before a socket of the internet families can be reached by others, or reaches another.
 * Thread-safe.
 */
public interface NetworkGate {
  /** Asks nobody. */
  NetworkGate OPEN = (operation, object) -> {};

  /** What can be done. */
  enum Operation {
    /** bind(2), and listen(2) of what was not bound. */
    LISTEN,
    /** connect(2), sendto(2). */
    CONNECT
  }

  /**
   * Asks about an address.
   *
   * @param object such as {@code tcp:127.0.0.1:80} or {@code udp:[::1]:53}
   * @throws io.vivarium.kernel.errno.ErrnoException EACCES when it is denied; may wait, then EINTR
   */
  void check(Operation operation, String object);
}
