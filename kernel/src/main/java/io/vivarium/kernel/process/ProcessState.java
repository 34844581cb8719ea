package io.vivarium.kernel.process;

/** What a process is doing, as the state letter of /proc/PID/stat tells it. */
public enum ProcessState {
  /** It runs, or is about to. */
  RUNNING('R', "running"),
  /** It waits in a system call. */
  SLEEPING('S', "sleeping"),
  /** A signal stopped it. */
  STOPPED('T', "stopped"),
  /** It ended and waits to be reaped. */
  ZOMBIE('Z', "zombie"),
  /** It is gone. */
  DEAD('X', "dead");

  private final char letter;
  private final String description;

  ProcessState(char letter, String description) {
    this.letter = letter;
    this.description = description;
  }

  /** The letter of /proc/PID/stat. */
  public char letter() {
    return letter;
  }

  /** The word of /proc/PID/status. */
  public String description() {
    return description;
  }
}
