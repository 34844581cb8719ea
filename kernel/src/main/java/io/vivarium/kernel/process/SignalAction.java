package io.vivarium.kernel.process;

/**
 * What a process does with a signal (sigaction(2)). Where the handler is, only the guest knows; its
 * lane finds it through {@link SignalTrampoline}.
 *
 * @param kind default action, ignore, or a handler
 * @param mask what is blocked while the handler runs, besides the signal itself
 * @param flags bits of {@code sa_flags}; those without a constant here are carried and mean nothing
 */
public record SignalAction(Kind kind, long mask, int flags) {
  /** Flag: no SIGCHLD when a child stops or continues. */
  public static final int SA_NOCLDSTOP = 1;

  /** Flag: children leave no zombies. */
  public static final int SA_NOCLDWAIT = 2;

  /** Flag: calls that the handler interrupts are made again. */
  public static final int SA_RESTART = 0x10000000;

  /** Flag: the signal is not blocked while its handler runs. */
  public static final int SA_NODEFER = 0x40000000;

  /** Flag: back to the default action before the handler runs. */
  public static final int SA_RESETHAND = 0x80000000;

  /** SIG_DFL. */
  public static final SignalAction DEFAULT = new SignalAction(Kind.DEFAULT, 0, 0);

  /** SIG_IGN. */
  public static final SignalAction IGNORE = new SignalAction(Kind.IGNORE, 0, 0);

  /** The kinds of disposition. */
  public enum Kind {
    /** SIG_DFL. */
    DEFAULT,
    /** SIG_IGN. */
    IGNORE,
    /** A function of the guest. */
    HANDLER
  }

  /** A handler. */
  public static SignalAction handler(long mask, int flags) {
    return new SignalAction(Kind.HANDLER, mask & ~SignalSet.UNBLOCKABLE, flags);
  }

  /** Whether a flag is set. */
  public boolean has(int flag) {
    return (flags & flag) != 0;
  }
}
