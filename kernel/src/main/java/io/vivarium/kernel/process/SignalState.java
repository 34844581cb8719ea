package io.vivarium.kernel.process;

import static io.vivarium.kernel.process.Signal.SIGCONT;
import static io.vivarium.kernel.process.Signal.SIGKILL;
import static io.vivarium.kernel.process.Signal.SIGRTMAX;
import static io.vivarium.kernel.process.Signal.SIGRTMIN;

import io.vivarium.kernel.process.Signal.DefaultAction;
import io.vivarium.kernel.process.SignalAction.Kind;
import java.util.Arrays;

/**
 * The signals of one process: dispositions, the blocked mask and what is pending. A state machine
 * without threads; the lock of the process table guards it.
 *
 * <p>A standard signal is pending once however often it was sent. Real-time signals are counted, up
 * to a bound beyond which they coalesce too (as Linux does at RLIMIT_SIGPENDING for kill(2)).
 */
final class SignalState {
  /** How many instances of one real-time signal are kept. */
  static final int MAX_QUEUED = 32;

  private final SignalAction[] actions = new SignalAction[SIGRTMAX + 1];
  private final byte[] queued = new byte[SIGRTMAX + 1 - SIGRTMIN];
  private long blocked;
  private long pending;
  // The mask to return to after the next delivery: of sigsuspend(2), ppoll(2).
  private long saved;
  private boolean hasSaved;

  SignalState() {
    Arrays.fill(actions, SignalAction.DEFAULT);
  }

  /** What a child or a new image gets: ignored stays ignored, handlers become the default. */
  SignalState(SignalState parent) {
    this.blocked = parent.hasSaved ? parent.saved : parent.blocked;
    System.arraycopy(parent.actions, 0, actions, 0, actions.length);
    resetHandlers();
  }

  // ---- dispositions
  // ------------------------------------------------------------------------------

  SignalAction action(int signal) {
    return actions[signal];
  }

  /** Sets a disposition; one that ignores the signal drops what is pending of it. */
  SignalAction setAction(int signal, SignalAction action) {
    SignalAction previous = actions[signal];
    actions[signal] = action;
    if (ignores(signal)) {
      drop(SignalSet.bit(signal));
    }
    return previous;
  }

  /** Whether delivering the signal would do nothing. */
  boolean ignores(int signal) {
    return switch (actions[signal].kind()) {
      case IGNORE -> true;
      case HANDLER -> false;
      case DEFAULT ->
          switch (Signal.defaultAction(signal)) {
            case IGNORE, CONTINUE -> true;
            case TERMINATE, CORE, STOP -> false;
          };
    };
  }

  /** Whether a signal that comes now ends the process whatever the guest does. */
  boolean isFatal(int signal) {
    if (signal == SIGKILL) {
      return true;
    }
    DefaultAction action = Signal.defaultAction(signal);
    return !SignalSet.contains(blocked, signal)
        && actions[signal].kind() == Kind.DEFAULT
        && (action == DefaultAction.TERMINATE || action == DefaultAction.CORE);
  }

  /** Handlers become the default action: part of exec and spawn. */
  void resetHandlers() {
    for (int signal = 1; signal < actions.length; signal++) {
      actions[signal] =
          actions[signal].kind() == Kind.IGNORE ? SignalAction.IGNORE : SignalAction.DEFAULT;
    }
  }

  long ignored() {
    return dispositions(Kind.IGNORE);
  }

  long caught() {
    return dispositions(Kind.HANDLER);
  }

  private long dispositions(Kind kind) {
    long set = 0;
    for (int signal = 1; signal < actions.length; signal++) {
      set |= actions[signal].kind() == kind ? SignalSet.bit(signal) : 0;
    }
    return set;
  }

  // ---- the mask
  // ----------------------------------------------------------------------------------

  long blocked() {
    return blocked;
  }

  void setBlocked(long mask) {
    blocked = mask & ~SignalSet.UNBLOCKABLE;
  }

  /** Blocks another set until the next delivery or {@link #restoreMask()}. */
  void suspend(long mask) {
    if (!hasSaved) {
      saved = blocked;
      hasSaved = true;
    }
    setBlocked(mask);
  }

  /** Ends {@link #suspend}. */
  void restoreMask() {
    if (hasSaved) {
      blocked = saved;
      hasSaved = false;
    }
  }

  boolean isSuspended() {
    return hasSaved;
  }

  /**
   * Prepares a handler to run.
   *
   * @return the mask to block again once it has returned
   */
  long enterHandler(int signal, SignalAction action) {
    // The handler returns to the mask before sigsuspend, but starts from the temporary one.
    long back = hasSaved ? saved : blocked;
    hasSaved = false;
    long mask = blocked | action.mask();
    if (!action.has(SignalAction.SA_NODEFER)) {
      mask |= SignalSet.bit(signal);
    }
    setBlocked(mask);
    if (action.has(SignalAction.SA_RESETHAND)) {
      actions[signal] = SignalAction.DEFAULT;
    }
    return back;
  }

  // ---- pending
  // -----------------------------------------------------------------------------------

  /** A signal is generated. Ignored ones vanish unless they are blocked. */
  void add(int signal) {
    if (signal == SIGCONT) {
      drop(SignalSet.STOPPING);
    } else if (SignalSet.contains(SignalSet.STOPPING, signal)) {
      drop(SignalSet.bit(SIGCONT));
    }
    if (ignores(signal) && !SignalSet.contains(blocked, signal)) {
      return;
    }
    pending |= SignalSet.bit(signal);
    if (signal >= SIGRTMIN && queued[signal - SIGRTMIN] < MAX_QUEUED) {
      queued[signal - SIGRTMIN]++;
    }
  }

  /** The next signal to deliver; 0 when every pending one is blocked. */
  int next() {
    long deliverable = deliverable();
    return SignalSet.contains(deliverable, SIGKILL) ? SIGKILL : SignalSet.first(deliverable);
  }

  /** Takes the signal that {@link #next()} tells. */
  int take() {
    int signal = next();
    if (signal >= SIGRTMIN && --queued[signal - SIGRTMIN] > 0) {
      return signal;
    }
    if (signal != 0) {
      pending &= ~SignalSet.bit(signal);
    }
    return signal;
  }

  /** What is pending and not blocked. */
  long deliverable() {
    return pending & ~blocked;
  }

  long pending() {
    return pending;
  }

  private void drop(long set) {
    pending &= ~set;
    for (int signal = SIGRTMIN; signal <= SIGRTMAX; signal++) {
      if (SignalSet.contains(set, signal)) {
        queued[signal - SIGRTMIN] = 0;
      }
    }
  }
}
