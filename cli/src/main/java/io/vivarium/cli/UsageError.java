package io.vivarium.cli;

/** The user called {@code viv} with arguments it does not understand; the message is one line. */
final class UsageError extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UsageError(String message) {
    super(message);
  }
}
