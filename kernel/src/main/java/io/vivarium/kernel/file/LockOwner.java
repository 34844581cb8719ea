package io.vivarium.kernel.file;

/**
 * Whose POSIX record locks they are (fcntl(2), F_SETLK): a process, which keeps its owner over
 * exec. Compared by identity; the number is only what F_GETLK tells others.
 */
public final class LockOwner {
  private final int pid;

  /** An owner without locks, for the process with this number. */
  public LockOwner(int pid) {
    this.pid = pid;
  }

  /** The process number that F_GETLK reports. */
  public int pid() {
    return pid;
  }
}
