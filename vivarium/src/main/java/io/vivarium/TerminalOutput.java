package io.vivarium;

import io.vivarium.kernel.errno.ErrnoException;
import io.vivarium.kernel.tty.HostTerminal;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Objects;

/** What is typed at a guest's terminal. Closing it hangs up. */
final class TerminalOutput extends OutputStream {
  private final HostTerminal terminal;

  TerminalOutput(HostTerminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] buffer, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, buffer.length);
    try {
      terminal.write(buffer, offset, length);
    } catch (ErrnoException e) {
      throw new IOException(e.errno().message());
    }
  }

  @Override
  public void close() {
    terminal.close();
  }
}
