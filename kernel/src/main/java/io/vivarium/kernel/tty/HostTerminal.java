package io.vivarium.kernel.tty;

import static io.vivarium.kernel.errno.Errno.EIO;

import io.vivarium.kernel.errno.ErrnoException;
import io.vivarium.kernel.file.FileDescription;
import io.vivarium.kernel.file.OpenFlags;
import io.vivarium.kernel.wait.HostTask;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A pseudo-terminal whose master is the embedding program: it types, shows what comes back, resizes
 * the window, and hangs up by closing. Thread-safe; reading and writing may block, each in a thread
 * of its own, until {@link #close()}. Interrupting a blocked thread answers EINTR.
 */
public final class HostTerminal implements AutoCloseable {
  private final TerminalDescription master;
  private final AtomicBoolean closed = new AtomicBoolean();

  HostTerminal(TerminalDescription master) {
    this.master = master;
  }

  /** The path of the terminal in the machine, such as {@code /dev/pts/0}. */
  public String name() {
    return master.slaveName();
  }

  /**
   * Opens the terminal for a process: what becomes its standard input, output and error.
   *
   * @return a description for reading and writing with one reference, which belongs to the caller
   */
  public FileDescription openSlave() {
    return PtyTable.openSlave(master.pty(), OpenFlags.O_RDWR);
  }

  /**
   * Makes this the controlling terminal of a session, with the session's first group in the
   * foreground: what a process that is to run at this terminal needs besides its streams.
   *
   * @param session the number of the session, which is that of its leader and of the leader's group
   * @return whether it is; not when this terminal or the session has another
   */
  public boolean control(int session) {
    return master.pty().table().control(master.pty(), session, session);
  }

  /**
   * Reads what processes have written and what is echoed; waits for at least one byte.
   *
   * @return how many bytes, or -1 when no process has the terminal open any more, or it is closed
   */
  public int read(byte[] buffer, int offset, int length) {
    try {
      return master.read(HostTask.current(), buffer, offset, length);
    } catch (ErrnoException e) {
      if (e.errno() == EIO) {
        return -1;
      }
      throw e;
    }
  }

  /**
   * Types; waits until all bytes are taken.
   *
   * @throws ErrnoException EIO when it is closed
   */
  public void write(byte[] buffer, int offset, int length) {
    int done = 0;
    while (done < length) {
      done = done + master.write(HostTask.current(), buffer, offset + done, length - done);
    }
  }

  /** The attributes that hold now. */
  public Termios attributes() {
    return master.attributes();
  }

  /** Changes the attributes, such as IUTF8 to fit the host's terminal. */
  public void setAttributes(Termios termios) {
    master.setAttributes(HostTask.current(), TerminalDescription.When.NOW, termios);
  }

  /** The size of the window. */
  public WindowSize size() {
    return master.windowSize();
  }

  /** Changes the size of the window; the foreground group gets SIGWINCH. */
  public void resize(WindowSize size) {
    master.setWindowSize(size);
  }

  /** Hangs up. Closing again does nothing. */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      master.release();
    }
  }
}
