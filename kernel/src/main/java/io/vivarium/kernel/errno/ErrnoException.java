package io.vivarium.kernel.errno;

/**
 * A system call failed with an {@link Errno}. Thrown by the kernel, caught by lanes, which answer
 * the guest with the number.
 *
 * <p>There is one shared instance per errno, without stack trace and without suppression, because
 * failing calls (a {@code stat} of a missing file) are as frequent as succeeding ones.
 */
public final class ErrnoException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Errno errno;

  ErrnoException(Errno errno, String message) {
    super(message, null, false, false);
    this.errno = errno;
  }

  /** The error number. */
  public Errno errno() {
    return errno;
  }
}
