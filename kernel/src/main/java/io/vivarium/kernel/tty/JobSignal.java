package io.vivarium.kernel.tty;

/** The signals with which terminals control jobs, by their Linux numbers (signal(7)). */
final class JobSignal {
  /** SIGHUP. */
  static final int HANGUP = 1;

  /** SIGINT. */
  static final int INTERRUPT = 2;

  /** SIGQUIT. */
  static final int QUIT = 3;

  /** SIGCONT. */
  static final int CONTINUE = 18;

  /** SIGTSTP. */
  static final int STOP = 20;

  /** SIGTTIN. */
  static final int BACKGROUND_READ = 21;

  /** SIGTTOU. */
  static final int BACKGROUND_WRITE = 22;

  /** SIGWINCH. */
  static final int WINDOW_CHANGED = 28;

  private JobSignal() {}
}
