package io.vivarium;

/** A command did not start: there is no such program, or it cannot be run. */
public final class NotStartedException extends VivariumException {
  private static final long serialVersionUID = 1L;
  private static final int NOT_FOUND = 127;
  private static final int NOT_RUNNABLE = 126;

  private final int exitStatus;

  NotStartedException(String message, boolean isFound, Throwable cause) {
    super(message, cause);
    this.exitStatus = isFound ? NOT_RUNNABLE : NOT_FOUND;
  }

  /** What a shell reports: 127 when there is no such program, 126 when it cannot be run. */
  public int exitStatus() {
    return exitStatus;
  }
}
