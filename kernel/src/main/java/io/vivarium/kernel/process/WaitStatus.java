package io.vivarium.kernel.process;

/** Status words as wait(2) stores them and the W* macros of sys/wait.h read them. */
public final class WaitStatus {
  /** WIFCONTINUED. */
  public static final int CONTINUED = 0xffff;

  private static final int CORE_FLAG = 0x80;
  private static final int STOPPED_MARK = 0x7f;

  private WaitStatus() {}

  /** Ended by exit; the low 8 bits of the code count. */
  public static int exited(int code) {
    return (code & 0xff) << 8;
  }

  /** Ended by a signal. */
  public static int signalled(int signal, boolean core) {
    return signal | (core ? CORE_FLAG : 0);
  }

  /** Stopped by a signal. */
  public static int stopped(int signal) {
    return (signal << 8) | STOPPED_MARK;
  }

  /** WIFEXITED. */
  public static boolean isExited(int word) {
    return (word & STOPPED_MARK) == 0;
  }

  /** WEXITSTATUS. */
  public static int exitCode(int word) {
    return (word >> 8) & 0xff;
  }

  /** WIFSTOPPED. */
  public static boolean isStopped(int word) {
    return (word & 0xff) == STOPPED_MARK;
  }

  /** WSTOPSIG. */
  public static int stopSignal(int word) {
    return (word >> 8) & 0xff;
  }

  /** WIFSIGNALED. */
  public static boolean isSignalled(int word) {
    int low = word & STOPPED_MARK;
    return low != 0 && low != STOPPED_MARK;
  }

  /** WTERMSIG. */
  public static int termSignal(int word) {
    return word & STOPPED_MARK;
  }

  /** WCOREDUMP. */
  public static boolean hasCore(int word) {
    return isSignalled(word) && (word & CORE_FLAG) != 0;
  }

  /** What a shell shows as {@code $?}: the exit code, or 128 and the signal. */
  public static int shellStatus(int word) {
    if (isExited(word)) {
      return exitCode(word);
    }
    return 128 + (isStopped(word) ? stopSignal(word) : termSignal(word));
  }
}
