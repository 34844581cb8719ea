package io.vivarium.kernel.fs.host;

import static io.vivarium.kernel.errno.Errno.EIO;
import static io.vivarium.kernel.errno.Errno.ENFILE;

import io.vivarium.kernel.errno.Errno;

/**
 * Errors of the host as errors of the machine. The host is a Linux, so the numbers mean the same;
 * only those are replaced that would speak of this JVM instead of the guest.
 */
final class HostErrno {
  private static final Errno[] BY_NUMBER = new Errno[256];

  static {
    for (Errno errno : Errno.values()) {
      BY_NUMBER[errno.number()] = errno;
    }
  }

  private HostErrno() {}

  /** The errno a guest gets for an error number of the host. */
  static Errno of(int number) {
    Errno errno = number > 0 && number < BY_NUMBER.length ? BY_NUMBER[number] : null;
    if (errno == null) {
      return EIO;
    }
    return switch (errno) {
      // Descriptors of the JVM, not of the guest.
      case EMFILE -> ENFILE;
      // Only a mistake of ours, or a host that does not know the call, gives these.
      case EBADF, EFAULT, ENOSYS -> EIO;
      default -> errno;
    };
  }
}
