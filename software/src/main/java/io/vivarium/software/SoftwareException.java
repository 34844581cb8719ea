package io.vivarium.software;

/** Software could not be installed or opened; the message says what was wrong and the way out. */
public final class SoftwareException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** A failure with its way out. */
  public SoftwareException(String message) {
    super(message);
  }

  /** A failure with its way out, and what the host said. */
  public SoftwareException(String message, Throwable cause) {
    super(message, cause);
  }
}
