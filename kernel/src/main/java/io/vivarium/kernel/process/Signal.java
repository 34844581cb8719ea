package io.vivarium.kernel.process;

import java.util.Locale;

/** Signal numbers of Linux on x86-64, their names and default actions (signal(7)). */
public final class Signal {
  public static final int SIGHUP = 1;
  public static final int SIGINT = 2;
  public static final int SIGQUIT = 3;
  public static final int SIGILL = 4;
  public static final int SIGTRAP = 5;
  public static final int SIGABRT = 6;
  public static final int SIGBUS = 7;
  public static final int SIGFPE = 8;
  public static final int SIGKILL = 9;
  public static final int SIGUSR1 = 10;
  public static final int SIGSEGV = 11;
  public static final int SIGUSR2 = 12;
  public static final int SIGPIPE = 13;
  public static final int SIGALRM = 14;
  public static final int SIGTERM = 15;
  public static final int SIGSTKFLT = 16;
  public static final int SIGCHLD = 17;
  public static final int SIGCONT = 18;
  public static final int SIGSTOP = 19;
  public static final int SIGTSTP = 20;
  public static final int SIGTTIN = 21;
  public static final int SIGTTOU = 22;
  public static final int SIGURG = 23;
  public static final int SIGXCPU = 24;
  public static final int SIGXFSZ = 25;
  public static final int SIGVTALRM = 26;
  public static final int SIGPROF = 27;
  public static final int SIGWINCH = 28;
  public static final int SIGIO = 29;
  public static final int SIGPWR = 30;
  public static final int SIGSYS = 31;

  /** The first real-time signal that programs may use. */
  public static final int SIGRTMIN = 34;

  /** The last real-time signal, and the largest signal number. */
  public static final int SIGRTMAX = 64;

  private static final String[] NAMES = {
    "", "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2",
    "PIPE", "ALRM", "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU",
    "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS"
  };

  private Signal() {}

  /** What a signal does to a process that has not asked for anything else. */
  public enum DefaultAction {
    /** Ends the process. */
    TERMINATE,
    /** Ends the process with the core flag in its status. */
    CORE,
    /** Nothing. */
    IGNORE,
    /** Stops the process. */
    STOP,
    /** Continues the process if it is stopped. */
    CONTINUE
  }

  /** Whether a number is a signal: 1 to 64. */
  public static boolean isValid(int signal) {
    return signal >= 1 && signal <= SIGRTMAX;
  }

  /** The default action of a valid signal. */
  public static DefaultAction defaultAction(int signal) {
    return switch (signal) {
      case SIGQUIT, SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV, SIGXCPU, SIGXFSZ, SIGSYS ->
          DefaultAction.CORE;
      case SIGCHLD, SIGURG, SIGWINCH -> DefaultAction.IGNORE;
      case SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU -> DefaultAction.STOP;
      case SIGCONT -> DefaultAction.CONTINUE;
      default -> DefaultAction.TERMINATE;
    };
  }

  /** The name without "SIG", as {@code kill -l} prints it: HUP, RTMIN, RTMIN+1, ... */
  public static String name(int signal) {
    if (signal >= 1 && signal < NAMES.length) {
      return NAMES[signal];
    }
    if (signal < SIGRTMIN || signal > SIGRTMAX) {
      return Integer.toString(signal);
    }
    int middle = (SIGRTMIN + SIGRTMAX) / 2;
    if (signal == SIGRTMIN || signal == SIGRTMAX) {
      return signal == SIGRTMIN ? "RTMIN" : "RTMAX";
    }
    return signal <= middle ? "RTMIN+" + (signal - SIGRTMIN) : "RTMAX-" + (SIGRTMAX - signal);
  }

  /**
   * The number of a signal given as number or name, with or without "SIG", in any case.
   *
   * @return 0 when there is no such signal
   */
  public static int parse(String text) {
    String name = text.toUpperCase(Locale.ROOT);
    if (name.startsWith("SIG")) {
      name = name.substring(3);
    }
    for (int signal = 1; signal <= SIGRTMAX; signal++) {
      if (name.equals(name(signal)) || name.equals(Integer.toString(signal))) {
        return signal;
      }
    }
    return switch (name) {
      case "CLD" -> SIGCHLD;
      case "IOT" -> SIGABRT;
      case "POLL" -> SIGIO;
      default -> 0;
    };
  }
}
