package io.vivarium;

import io.vivarium.kernel.errno.ErrnoException;
import io.vivarium.kernel.tty.HostTerminal;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.Objects;

/** What a guest shows on its terminal. Ends when no process has the terminal open any more. */
final class TerminalInput extends InputStream {
  private final HostTerminal terminal;

  TerminalInput(HostTerminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, buffer.length);
    if (length == 0) {
      return 0;
    }
    try {
      return terminal.read(buffer, offset, length);
    } catch (ErrnoException e) {
      throw new InterruptedIOException("Interrupted while reading a terminal");
    }
  }

  @Override
  public void close() {
    terminal.close();
  }
}
