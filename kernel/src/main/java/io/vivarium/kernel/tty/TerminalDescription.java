package io.vivarium.kernel.tty;

import static io.vivarium.kernel.errno.Errno.EINVAL;
import static io.vivarium.kernel.errno.Errno.EIO;
import static io.vivarium.kernel.errno.Errno.ENOTTY;
import static io.vivarium.kernel.errno.Errno.EPERM;
import static io.vivarium.kernel.errno.Errno.ESRCH;

import io.vivarium.kernel.errno.ErrnoException;
import io.vivarium.kernel.file.FileDescription;
import io.vivarium.kernel.fs.Inode;
import io.vivarium.kernel.wait.Task;

/**
 * An open terminal: what isatty(3) is true for. Both ends of a pseudo-terminal are one; calls on
 * attributes, window and job control mean the slave's terminal, whichever end they go through
 * (ioctl_tty(2), tcsetattr(3), tcsetpgrp(3)).
 *
 * <p>Calls that change something are for the foreground of the terminal's session; a process in the
 * background gets SIGTTOU. After a hang-up every call on a slave answers EIO. Thread-safe.
 */
public abstract class TerminalDescription extends FileDescription {
  /** When tcsetattr(3) takes effect. Output has always reached the master already. */
  public enum When {
    /** TCSANOW. */
    NOW,
    /** TCSADRAIN: behind what was written. */
    DRAIN,
    /** TCSAFLUSH: behind what was written, and forgetting what was typed and not read. */
    FLUSH
  }

  /** What tcflow(3) does. */
  public enum Flow {
    /** TCOOFF: output stops. */
    STOP_OUTPUT,
    /** TCOON: output goes on. */
    START_OUTPUT,
    /** TCIOFF: sends the stop character to the master. */
    SEND_STOP,
    /** TCION: sends the start character to the master. */
    SEND_START
  }

  private final Pty pty;
  private final boolean master;

  TerminalDescription(Pty pty, boolean master, Inode inode, int flags) {
    super(inode, flags);
    this.pty = pty;
    this.master = master;
  }

  final Pty pty() {
    return pty;
  }

  /** Whether this is the master's end. */
  public final boolean isMaster() {
    return master;
  }

  /** The number of the pseudo-terminal (TIOCGPTN). */
  public final int index() {
    return pty.index();
  }

  /** The path of the slave: {@code /dev/pts/N} (ptsname(3)). */
  public final String slaveName() {
    return "/dev/pts/" + pty.index();
  }

  // ---- attributes and window
  // ---------------------------------------------------------------------

  /** tcgetattr(3). */
  public final Termios attributes() {
    checkConnected();
    return pty.termios();
  }

  /** tcsetattr(3). */
  public final void setAttributes(Task task, When when, Termios termios) {
    checkChange(task);
    pty.setTermios(termios, when == When.FLUSH);
  }

  /** TIOCGWINSZ. */
  public final WindowSize windowSize() {
    checkConnected();
    return pty.size();
  }

  /** TIOCSWINSZ: another size sends SIGWINCH to the foreground group. Also from the background. */
  public final void setWindowSize(WindowSize size) {
    checkConnected();
    pty.setSize(size);
  }

  /** tcflush(3): forgets what is on the way in either direction, seen from this end. */
  public final void flush(Task task, boolean received, boolean written) {
    checkChange(task);
    pty.flush(master ? written : received, master ? received : written);
  }

  /** tcdrain(3): what was written has reached the other end. */
  public final void drain(Task task) {
    checkChange(task);
  }

  /** tcflow(3). */
  public final void flow(Task task, Flow action) {
    checkChange(task);
    pty.flow(action);
  }

  /** Bytes that can be read now (FIONREAD). */
  public final int available() {
    checkConnected();
    return master ? pty.outputSize() : pty.inputSize();
  }

  // ---- job control
  // -------------------------------------------------------------------------------

  /**
   * tcgetpgrp(3).
   *
   * @return the foreground group; through the master 0 when there is none
   * @throws ErrnoException ENOTTY when this is not the controlling terminal of the caller
   */
  public final int foregroundGroup(Task task) {
    checkConnected();
    if (!master && !controls(task)) {
      throw ENOTTY.exception();
    }
    return pty.foreground();
  }

  /**
   * tcsetpgrp(3).
   *
   * @throws ErrnoException ENOTTY when this is not the controlling terminal of the caller, EINVAL
   *     for a negative number, ESRCH without such a group, EPERM when it is in another session
   */
  public final void setForegroundGroup(Task task, int group) {
    checkConnected();
    try {
      pty.checkForeground(task, JobSignal.BACKGROUND_WRITE);
    } catch (ErrnoException refused) {
      throw refused.errno() == EIO ? ENOTTY.exception() : refused;
    }
    if (group < 0) {
      throw EINVAL.exception();
    }
    if (!controls(task)) {
      throw ENOTTY.exception();
    }
    int session = pty.jobs().sessionOfGroup(group);
    if (group == 0 || session == 0) {
      throw ESRCH.exception();
    }
    if (session != pty.session()) {
      throw EPERM.exception();
    }
    pty.setForeground(group);
  }

  /**
   * tcgetsid(3): the session that this terminal controls.
   *
   * @throws ErrnoException ENOTTY when there is none, or for a slave when it is not the caller's
   */
  public final int session(Task task) {
    checkConnected();
    int session = pty.session();
    if (session == 0 || (!master && !controls(task))) {
      throw ENOTTY.exception();
    }
    return session;
  }

  /**
   * TIOCSCTTY: makes this the controlling terminal of the caller's session.
   *
   * @throws ErrnoException EPERM unless the caller leads its session, has no controlling terminal,
   *     and this one controls no other session; EINVAL through the master
   */
  public final void becomeControlling(Task task) {
    if (master) {
      throw EINVAL.exception();
    }
    checkConnected();
    if (pty.jobs().leadsSession(task) && controls(task)) {
      return;
    }
    if (!readable() || !pty.table().acquire(pty, task)) {
      throw EPERM.exception();
    }
  }

  private boolean controls(Task task) {
    int session = pty.session();
    return session != 0 && pty.jobs().sessionOf(task) == session;
  }

  private void checkConnected() {
    if (!master && pty.isHungUp()) {
      throw EIO.exception();
    }
  }

  private void checkChange(Task task) {
    checkConnected();
    pty.checkForeground(task, JobSignal.BACKGROUND_WRITE);
  }
}
