package io.vivarium.kernel.net;

import static io.vivarium.kernel.errno.Errno.ENETUNREACH;

import io.vivarium.kernel.errno.ErrnoException;

/**
 * The one door through which traffic would leave a machine. It is shut: there is no route to
 * anything but the machine itself.
 */
final class Egress {
  /**
   * Something is to go to an address outside of the machine.
   *
   * @return never
   * @throws ErrnoException ENETUNREACH
   */
  ErrnoException leave(Protocol protocol, InternetAddress destination) {
    throw ENETUNREACH.exception();
  }
}
