package io.vivarium.kernel.process;

/** Options of waitpid(2). */
public final class WaitOptions {
  /** Answer at once. */
  public static final int WNOHANG = 1;

  /** Also answer children that have stopped. */
  public static final int WUNTRACED = 2;

  /** Also answer children that have continued. */
  public static final int WCONTINUED = 8;

  static final int ALL = WNOHANG | WUNTRACED | WCONTINUED;

  private WaitOptions() {}
}
