package io.vivarium;

/**
 * Something that the embedding program asked for cannot be done. The message says what was wrong
 * and the way out. What guests do wrong never ends in one: it is in their output and exit status.
 */
public sealed class VivariumException extends RuntimeException permits NotStartedException {
  private static final long serialVersionUID = 1L;

  /** A failure with its way out. */
  public VivariumException(String message) {
    super(message);
  }

  /** A failure with its way out, and what caused it. */
  public VivariumException(String message, Throwable cause) {
    super(message, cause);
  }
}
