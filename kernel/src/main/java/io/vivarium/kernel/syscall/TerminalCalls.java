package io.vivarium.kernel.syscall;

import static io.vivarium.kernel.errno.Errno.ENOTTY;

import io.vivarium.kernel.file.FdPair;
import io.vivarium.kernel.file.FdTable;
import io.vivarium.kernel.file.FileDescription;
import io.vivarium.kernel.file.OpenFlags;
import io.vivarium.kernel.process.Process;
import io.vivarium.kernel.tty.TerminalDescription;
import io.vivarium.kernel.tty.Termios;
import io.vivarium.kernel.tty.WindowSize;

/**
 * Terminals: isatty(3), tcgetattr(3), ioctl_tty(2). ENOTTY for what is none. For the thread of the
 * process only.
 */
public final class TerminalCalls {
  private final Process process;
  private final FdTable table;
  private final FileCalls files;

  TerminalCalls(Process process, FileCalls files) {
    this.process = process;
    this.table = process.descriptors();
    this.files = files;
  }

  /** isatty(3): whether a descriptor is open on a terminal; false also when it is not open. */
  public boolean isatty(int fd) {
    return table.find(fd) instanceof TerminalDescription;
  }

  /** TIOCGWINSZ. */
  public WindowSize size(int fd) {
    return terminal(fd).windowSize();
  }

  /** TIOCSWINSZ: SIGWINCH to the foreground group when the size changes. */
  public void setSize(int fd, WindowSize size) {
    terminal(fd).setWindowSize(size);
  }

  /** tcgetattr(3). */
  public Termios attributes(int fd) {
    return terminal(fd).attributes();
  }

  /** tcsetattr(3) with TCSANOW. */
  public void setAttributes(int fd, Termios termios) {
    TerminalDescription terminal = terminal(fd);
    terminal.setAttributes(process, TerminalDescription.When.NOW, termios);
  }

  /** tcgetpgrp(3). */
  public int foregroundGroup(int fd) {
    return terminal(fd).foregroundGroup(process);
  }

  /** tcsetpgrp(3). */
  public void setForegroundGroup(int fd, int group) {
    terminal(fd).setForegroundGroup(process, group);
  }

  /** tcgetsid(3). */
  public int session(int fd) {
    return terminal(fd).session(process);
  }

  /** openpty(3): the master and the slave of a new pseudo-terminal. */
  public FdPair openPty() {
    int access = OpenFlags.O_RDWR | OpenFlags.O_NOCTTY;
    int master = files.open(AtFlags.AT_FDCWD, "/dev/ptmx", access, 0);
    try {
      String name = terminal(master).slaveName();
      return new FdPair(master, files.open(AtFlags.AT_FDCWD, name, access, 0));
    } catch (RuntimeException e) {
      table.close(master);
      throw e;
    }
  }

  private TerminalDescription terminal(int fd) {
    FileDescription description = table.peek(fd);
    if (description instanceof TerminalDescription terminal) {
      return terminal;
    }
    throw ENOTTY.exception();
  }
}
