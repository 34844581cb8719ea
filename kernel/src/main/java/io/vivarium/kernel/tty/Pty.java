package io.vivarium.kernel.tty;

import static io.vivarium.kernel.errno.Errno.EAGAIN;
import static io.vivarium.kernel.errno.Errno.EIO;

import io.vivarium.kernel.errno.ErrnoException;
import io.vivarium.kernel.file.FileDescription;
import io.vivarium.kernel.file.PollEvents;
import io.vivarium.kernel.wait.Task;
import io.vivarium.kernel.wait.WaitQueue;
import io.vivarium.kernel.wait.Waiter;
import java.util.function.BooleanSupplier;

/**
 * A pair of pseudo-terminal devices (pty(7)): what the master writes is typed at the terminal that
 * the slaves are, and what the slaves write the master reads.
 *
 * <p>All state is guarded by this object's monitor, under which nothing blocks and nobody outside
 * is called. Signals that input raises are sent after it is left. Lock order: the table, then a
 * pair.
 */
final class Pty {
  /** A tenth of a second, the unit of VTIME, in nanoseconds. */
  private static final long DECISECOND = 100_000_000L;

  private static final int EVENTS_HUNG_UP =
      PollEvents.POLLIN
          | PollEvents.POLLRDNORM
          | PollEvents.POLLOUT
          | PollEvents.POLLWRNORM
          | PollEvents.POLLERR
          | PollEvents.POLLHUP;

  private final PtyTable table;
  private final JobControl jobs;
  private final int index;
  private final PtsInode inode;
  private final WaitQueue masterQueue = new WaitQueue();
  private final WaitQueue slaveQueue = new WaitQueue();
  private final LineDiscipline discipline = new LineDiscipline();
  private WindowSize size = WindowSize.DEFAULT;
  // The session whose controlling terminal this is, and its foreground group; 0 when there is none.
  private int session;
  private int foreground;
  private int slaves;
  // There was a slave, and now there is none.
  private boolean slavesGone;
  // The master is closed.
  private boolean hungUp;

  Pty(PtyTable table, JobControl jobs, int index, PtsInode inode) {
    this.table = table;
    this.jobs = jobs;
    this.index = index;
    this.inode = inode;
  }

  int index() {
    return index;
  }

  PtsInode inode() {
    return inode;
  }

  JobControl jobs() {
    return jobs;
  }

  PtyTable table() {
    return table;
  }

  WaitQueue masterQueue() {
    return masterQueue;
  }

  WaitQueue slaveQueue() {
    return slaveQueue;
  }

  /** After a change: lets everybody look again, and sends the signals that input raised. */
  private void changed() {
    long raised;
    int group;
    synchronized (this) {
      raised = discipline.takeRaised();
      group = foreground;
    }
    masterQueue.wakeAll();
    slaveQueue.wakeAll();
    if (group == 0) {
      return;
    }
    for (; raised != 0; raised &= raised - 1) {
      jobs.signalGroup(group, Long.numberOfTrailingZeros(raised));
    }
  }

  // ---- ends come and go
  // --------------------------------------------------------------------------

  /** A slave opens; EIO when the master is gone. */
  void slaveOpened() {
    synchronized (this) {
      if (hungUp) {
        throw EIO.exception();
      }
      slaves = slaves + 1;
      slavesGone = false;
    }
    changed();
  }

  /** A slave closes. Without any the terminal controls no session any more. */
  void slaveClosed() {
    boolean unused;
    synchronized (this) {
      slaves = slaves - 1;
      slavesGone = slaves == 0;
      if (slavesGone) {
        session = 0;
        foreground = 0;
      }
      unused = slavesGone && hungUp;
    }
    changed();
    if (unused) {
      table.unused(this);
    }
  }

  /** The master closes: the terminal hangs up, and the leader of its session is told. */
  void masterClosed() {
    int leader;
    int group;
    boolean unused;
    synchronized (this) {
      hungUp = true;
      leader = session;
      group = foreground;
      session = 0;
      foreground = 0;
      discipline.flushInput();
      discipline.flushOutput();
      unused = slaves == 0;
    }
    changed();
    table.hungUp(this, leader, group);
    if (leader != 0) {
      jobs.signalProcess(leader, JobSignal.HANGUP);
      jobs.signalProcess(leader, JobSignal.CONTINUE);
    }
    if (unused) {
      table.unused(this);
    }
  }

  synchronized boolean isHungUp() {
    return hungUp;
  }

  // ---- session and foreground
  // --------------------------------------------------------------------

  synchronized int session() {
    return session;
  }

  synchronized int foreground() {
    return foreground;
  }

  synchronized void setForeground(int group) {
    foreground = group;
  }

  /** Becomes the controlling terminal of a session; false when it controls one or is hung up. */
  synchronized boolean control(int newSession, int group) {
    if (session != 0 || hungUp) {
      return false;
    }
    session = newSession;
    foreground = group;
    return true;
  }

  /** Controls no session any more; answers what the foreground group was. */
  synchronized int release() {
    int group = foreground;
    session = 0;
    foreground = 0;
    return group;
  }

  /**
   * Whether a task may use the terminal now. One in the background of the session is stopped or
   * handles the signal, and this looks again afterwards.
   *
   * @param signal SIGTTIN to read, SIGTTOU to write or change something
   * @throws io.vivarium.kernel.errno.ErrnoException EIO when it may not and cannot be stopped,
   *     EINTR
   */
  void checkForeground(Task task, int signal) {
    while (isBackground(task)) {
      if (jobs.ignoresOrBlocks(task, signal)) {
        if (signal == JobSignal.BACKGROUND_READ) {
          throw EIO.exception();
        }
        return;
      }
      if (jobs.isOrphaned(jobs.processGroupOf(task))) {
        throw EIO.exception();
      }
      jobs.signalOwnGroup(task, signal);
    }
  }

  private boolean isBackground(Task task) {
    int controlled;
    int group;
    synchronized (this) {
      controlled = session;
      group = foreground;
    }
    return controlled != 0
        && group != 0
        && jobs.sessionOf(task) == controlled
        && jobs.processGroupOf(task) != group;
  }

  // ---- the master reads and writes
  // ---------------------------------------------------------------

  /** What was written and echoed; EIO when there is nothing and no slave. */
  int readMaster(Task task, FileDescription end, byte[] buffer, int offset, int length) {
    if (length == 0) {
      return 0;
    }
    BooleanSupplier ready = this::masterReady;
    while (true) {
      int count;
      boolean over;
      synchronized (this) {
        count = discipline.readOutput(buffer, offset, length);
        over = slavesGone || hungUp;
      }
      if (count > 0) {
        changed();
        return count;
      }
      if (over) {
        throw EIO.exception();
      }
      if (end.nonBlocking()) {
        throw EAGAIN.exception();
      }
      task.await(ready, Waiter.NEVER, masterQueue);
    }
  }

  private synchronized boolean masterReady() {
    return discipline.outputSize() > 0 || slavesGone || hungUp;
  }

  /** Types at the terminal. */
  int writeMaster(Task task, FileDescription end, byte[] buffer, int offset, int length) {
    BooleanSupplier ready = this::hasInputRoom;
    int done = 0;
    while (done < length) {
      int count;
      synchronized (this) {
        count = hungUp ? -1 : discipline.type(buffer, offset + done, length - done);
      }
      if (count < 0) {
        return shortOr(done, EIO.exception());
      }
      changed();
      done = done + count;
      if (count == 0) {
        if (end.nonBlocking()) {
          return shortOr(done, EAGAIN.exception());
        }
        try {
          task.await(ready, Waiter.NEVER, masterQueue);
        } catch (ErrnoException interrupted) {
          return shortOr(done, interrupted);
        }
      }
    }
    return done;
  }

  private synchronized boolean hasInputRoom() {
    return hungUp || discipline.inputRoom() > 0;
  }

  private static int shortOr(int done, ErrnoException failure) {
    if (done > 0) {
      return done;
    }
    throw failure;
  }

  // ---- a slave reads
  // -----------------------------------------------------------------------------

  /**
   * A line, or without ICANON what VMIN and VTIME ask for; 0 at the end of the file and after a
   * hang-up, EIO when that comes while waiting.
   */
  int readSlave(Task task, FileDescription end, byte[] buffer, int offset, int length) {
    if (length == 0 || isHungUp()) {
      return 0;
    }
    checkForeground(task, JobSignal.BACKGROUND_READ);
    Termios asked = termios();
    boolean lines = asked.hasLocal(Termios.ICANON);
    int least = lines ? 1 : asked.character(Termios.VMIN);
    long time = lines ? 0 : asked.character(Termios.VTIME) * DECISECOND;
    // Without VMIN the time runs from the beginning, else from the first byte on.
    long deadline = least > 0 ? Waiter.NEVER : System.nanoTime() + time;
    int done = 0;
    while (true) {
      int count = take(buffer, offset + done, length - done);
      if (count >= 0) {
        changed();
        done = done + count;
        if (count == 0 || termios().hasLocal(Termios.ICANON) || done >= least || done == length) {
          return done;
        }
        deadline = time > 0 ? System.nanoTime() + time : Waiter.NEVER;
      }
      if (isHungUp()) {
        return shortOr(done, EIO.exception());
      }
      if (least == 0 && time == 0) {
        return 0;
      }
      if (end.nonBlocking()) {
        return shortOr(done, EAGAIN.exception());
      }
      try {
        if (!task.await(this::slaveReady, deadline, slaveQueue)) {
          return done;
        }
      } catch (ErrnoException interrupted) {
        return shortOr(done, interrupted);
      }
    }
  }

  /** Reads what there is; -1 when there is nothing, not even an end of file. */
  private synchronized int take(byte[] buffer, int offset, int length) {
    return discipline.readable(1) ? discipline.read(buffer, offset, length) : -1;
  }

  private synchronized boolean slaveReady() {
    return hungUp || discipline.readable(1);
  }

  // ---- a slave writes
  // ----------------------------------------------------------------------------

  int writeSlave(Task task, FileDescription end, byte[] buffer, int offset, int length) {
    if (isHungUp()) {
      throw EIO.exception();
    }
    if (termios().hasLocal(Termios.TOSTOP)) {
      checkForeground(task, JobSignal.BACKGROUND_WRITE);
    }
    BooleanSupplier ready = this::slaveWritable;
    int done = 0;
    while (done < length) {
      int count;
      synchronized (this) {
        count = hungUp ? -1 : discipline.write(buffer, offset + done, length - done);
      }
      if (count < 0) {
        return shortOr(done, EIO.exception());
      }
      if (count > 0) {
        // Nothing began that a slave waits for.
        masterQueue.wakeAll();
        done = done + count;
        continue;
      }
      if (end.nonBlocking()) {
        return shortOr(done, EAGAIN.exception());
      }
      try {
        task.await(ready, Waiter.NEVER, slaveQueue);
      } catch (ErrnoException interrupted) {
        return shortOr(done, interrupted);
      }
    }
    return done;
  }

  private synchronized boolean slaveWritable() {
    return hungUp || discipline.writable();
  }

  // ---- readiness
  // ---------------------------------------------------------------------------------

  synchronized int pollMaster() {
    int events = 0;
    if (discipline.outputSize() > 0) {
      events |= PollEvents.POLLIN | PollEvents.POLLRDNORM;
    }
    if (discipline.inputRoom() > 0) {
      events |= PollEvents.POLLOUT | PollEvents.POLLWRNORM;
    }
    if (slavesGone) {
      events |= PollEvents.POLLHUP;
    }
    return events;
  }

  synchronized int pollSlave() {
    if (hungUp) {
      return EVENTS_HUNG_UP;
    }
    Termios termios = discipline.termios();
    boolean timed = termios.character(Termios.VTIME) > 0;
    int least = timed ? 1 : Math.max(1, termios.character(Termios.VMIN));
    int events = 0;
    if (discipline.readable(least)) {
      events |= PollEvents.POLLIN | PollEvents.POLLRDNORM;
    }
    if (discipline.writable()) {
      events |= PollEvents.POLLOUT | PollEvents.POLLWRNORM;
    }
    return events;
  }

  // ---- control
  // -----------------------------------------------------------------------------------

  synchronized Termios termios() {
    return discipline.termios();
  }

  void setTermios(Termios termios, boolean flushInput) {
    synchronized (this) {
      if (flushInput) {
        discipline.flushInput();
      }
      discipline.setTermios(termios);
    }
    changed();
  }

  synchronized WindowSize size() {
    return size;
  }

  /** Changes the window size; the foreground group is told of another one. */
  void setSize(WindowSize changed) {
    int group;
    synchronized (this) {
      group = changed.equals(size) ? 0 : foreground;
      size = changed;
    }
    if (group != 0) {
      jobs.signalGroup(group, JobSignal.WINDOW_CHANGED);
    }
  }

  void flush(boolean input, boolean output) {
    synchronized (this) {
      if (input) {
        discipline.flushInput();
      }
      if (output) {
        discipline.flushOutput();
      }
    }
    changed();
  }

  void flow(TerminalDescription.Flow action) {
    synchronized (this) {
      switch (action) {
        case STOP_OUTPUT -> discipline.stopByCall(true);
        case START_OUTPUT -> discipline.stopByCall(false);
        case SEND_STOP -> discipline.send(discipline.termios().character(Termios.VSTOP));
        case SEND_START -> discipline.send(discipline.termios().character(Termios.VSTART));
      }
    }
    changed();
  }

  synchronized int inputSize() {
    return discipline.inputSize();
  }

  synchronized int outputSize() {
    return discipline.outputSize();
  }
}
