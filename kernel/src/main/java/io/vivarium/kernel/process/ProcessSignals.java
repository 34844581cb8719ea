package io.vivarium.kernel.process;

import static io.vivarium.kernel.errno.Errno.EINTR;
import static io.vivarium.kernel.errno.Errno.EINVAL;
import static io.vivarium.kernel.process.Signal.SIGALRM;
import static io.vivarium.kernel.process.Signal.SIGCONT;
import static io.vivarium.kernel.process.Signal.SIGKILL;
import static io.vivarium.kernel.process.Signal.SIGSTOP;

import io.vivarium.kernel.errno.ErrnoException;
import io.vivarium.kernel.process.Signal.DefaultAction;
import io.vivarium.kernel.process.SignalAction.Kind;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The signals of a process as others send them and as its own thread takes them: sigaction(2),
 * sigprocmask(2), sigsuspend(2), and delivery.
 *
 * <p>Signals are delivered on the thread of the process at the boundaries of system calls, and
 * while it waits in one. There a signal with a handler only ends the wait (EINTR); the handler runs
 * at the boundary.
 */
public final class ProcessSignals {
  private final Process process;
  private final SignalState state;
  private volatile @Nullable SignalTrampoline trampoline;

  // Whether something may be deliverable: the one thing that a system call without signals reads.
  private volatile boolean attention;
  private boolean doomed;

  ProcessSignals(Process process, SignalState state) {
    this.process = process;
    this.state = state;
  }

  // ---- what the process asks for
  // -----------------------------------------------------------------

  /** How handlers run in the present image; null when it has none. Own thread. */
  public void setTrampoline(@Nullable SignalTrampoline trampoline) {
    this.trampoline = trampoline;
  }

  /** The disposition of a signal. */
  public SignalAction action(int signal) {
    requireValid(signal);
    synchronized (process.lock()) {
      return state.action(signal);
    }
  }

  /**
   * sigaction(2).
   *
   * @return the previous disposition
   * @throws ErrnoException EINVAL for no signal, SIGKILL and SIGSTOP
   */
  public SignalAction setAction(int signal, SignalAction action) {
    requireValid(signal);
    if (SignalSet.contains(SignalSet.UNBLOCKABLE, signal)) {
      throw EINVAL.exception();
    }
    synchronized (process.lock()) {
      SignalAction previous = state.setAction(signal, action);
      recalculate();
      return previous;
    }
  }

  /** What is blocked. */
  public long mask() {
    synchronized (process.lock()) {
      return state.blocked();
    }
  }

  /**
   * Sets what is blocked; SIGKILL and SIGSTOP never are. What became deliverable is delivered at
   * the end of the system call.
   *
   * @return the previous mask
   */
  public long setMask(long mask) {
    synchronized (process.lock()) {
      long previous = state.blocked();
      state.setBlocked(mask);
      recalculate();
      return previous;
    }
  }

  /** What is pending, blocked or not. */
  public long pending() {
    synchronized (process.lock()) {
      return state.pending();
    }
  }

  /** Which signals are ignored by disposition. */
  public long ignored() {
    synchronized (process.lock()) {
      return state.ignored();
    }
  }

  /** Which signals have handlers. */
  public long caught() {
    synchronized (process.lock()) {
      return state.caught();
    }
  }

  /**
   * Makes a call with another mask, atomically: ppoll(2), sigsuspend(2). Handlers of signals that
   * only the other mask lets through have run when this returns. Own thread.
   */
  public <T> T withMask(long mask, Supplier<T> call) {
    synchronized (process.lock()) {
      state.suspend(mask);
      recalculate();
    }
    try {
      return call.get();
    } catch (ErrnoException e) {
      if (e.errno() == EINTR) {
        deliver();
      }
      throw e;
    } finally {
      synchronized (process.lock()) {
        state.restoreMask();
        recalculate();
      }
    }
  }

  // ---- sending
  // -----------------------------------------------------------------------------------

  /** Generates a signal for this process. Lock held, any thread. */
  void post(int signal) {
    if (!process.isAlive() || process.isInit()) {
      return;
    }
    boolean fatal = state.isFatal(signal);
    state.add(signal);
    if (signal == SIGCONT) {
      process.resume(true);
    } else if (signal == SIGKILL) {
      process.resume(false);
    }
    recalculate();
    if (attention) {
      process.wake();
    }
    if (fatal) {
      doom();
    }
  }

  private void doom() {
    Thread thread = process.thread();
    if (!doomed && thread != null) {
      doomed = true;
      Interrupter.start(process, thread);
    }
  }

  /**
   * Whether a signal, were it sent now, would be blocked or ignored (setpgid and terminals ask).
   */
  public boolean blocksOrIgnores(int signal) {
    synchronized (process.lock()) {
      return SignalSet.contains(state.blocked(), signal) || state.ignores(signal);
    }
  }

  // ---- taking
  // ------------------------------------------------------------------------------------

  /** Whether {@link #deliver()} has something to do. One volatile read. */
  boolean attention() {
    return attention;
  }

  /**
   * Takes every deliverable signal: runs handlers, stops, ends the process. Own thread, no locks.
   *
   * @return whether handlers ran, and all of them with SA_RESTART
   */
  boolean deliver() {
    boolean handled = false;
    boolean restart = true;
    while (true) {
      if (takeDefaults() == 0) {
        return handled && restart;
      }
      int signal;
      long back;
      SignalAction action;
      synchronized (process.lock()) {
        signal = state.next();
        action = state.action(signal);
        if (action.kind() != Kind.HANDLER) {
          continue; // another signal came before it meanwhile
        }
        state.take();
        taken(signal);
        back = state.enterHandler(signal, action);
        recalculate();
      }
      handled = true;
      restart &= action.has(SignalAction.SA_RESTART);
      run(signal);
      setMask(back);
    }
  }

  private void run(int signal) {
    SignalTrampoline handlers = trampoline;
    if (handlers != null) {
      process.runInGuest(() -> handlers.deliver(signal));
    }
  }

  /**
   * What a waiting process does about signals: acts on those without handler.
   *
   * @throws ErrnoException EINTR when a handler is to run
   */
  void interruptWait() {
    if (takeDefaults() != 0) {
      throw EINTR.exception();
    }
  }

  /**
   * Takes deliverable signals and does their default action, until there are none or the next one
   * has a handler.
   *
   * @return the signal with a handler, still pending; 0 for none
   */
  private int takeDefaults() {
    while (true) {
      synchronized (process.lock()) {
        int signal = state.next();
        if (signal == 0) {
          recalculate();
          return 0;
        }
        Kind kind = state.action(signal).kind();
        if (kind == Kind.HANDLER && trampoline != null) {
          return signal;
        }
        state.take();
        taken(signal);
        recalculate();
        // A handler that nothing can call is one that the host set, as for a shell: it does
        // nothing.
        if (kind != Kind.DEFAULT || !doDefault(signal)) {
          continue;
        }
      }
      process.awaitContinue();
    }
  }

  /** The default action; true when the process is stopped now. Lock held. */
  private boolean doDefault(int signal) {
    DefaultAction action = Signal.defaultAction(signal);
    return switch (action) {
      case TERMINATE, CORE -> throw ProcessTermination.signal(signal);
      case IGNORE, CONTINUE -> false;
      case STOP -> {
        if (signal != SIGSTOP && process.table().jobs().isOrphaned(process.group())) {
          yield false;
        }
        process.stop(signal);
        yield true;
      }
    };
  }

  private void taken(int signal) {
    if (signal == SIGALRM) {
      process.timer().alarmTaken();
    }
  }

  // ---- life
  // --------------------------------------------------------------------------------------

  /** The state for a child. Lock held. */
  SignalState inherit() {
    return new SignalState(state);
  }

  /** Whether children of this process leave no zombies. Lock held. */
  boolean reapsChildren() {
    SignalAction action = state.action(Signal.SIGCHLD);
    return action.kind() == Kind.IGNORE || action.has(SignalAction.SA_NOCLDWAIT);
  }

  /** Tells this process about a child. Lock held. */
  void postChildChange(boolean stopOrContinue) {
    SignalAction action = state.action(Signal.SIGCHLD);
    if (!stopOrContinue || !action.has(SignalAction.SA_NOCLDSTOP)) {
      post(Signal.SIGCHLD);
    }
  }

  /** exec: handlers become defaults, the mask and what is pending stay. */
  void imageReplaced() {
    synchronized (process.lock()) {
      state.restoreMask();
      state.resetHandlers();
      trampoline = null;
      recalculate();
    }
  }

  /** Starts the child's life: what came before its thread did is acted on by it. Lock held. */
  void started() {
    long deliverable = state.deliverable();
    for (int signal = 1; signal <= Signal.SIGRTMAX; signal++) {
      if (SignalSet.contains(deliverable, signal) && state.isFatal(signal)) {
        doom();
      }
    }
  }

  private void recalculate() {
    attention = state.deliverable() != 0;
  }

  private static void requireValid(int signal) {
    if (!Signal.isValid(signal)) {
      throw EINVAL.exception();
    }
  }
}
