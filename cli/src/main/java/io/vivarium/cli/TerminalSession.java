package io.vivarium.cli;

import io.vivarium.GuestProcess;
import java.io.IOException;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * A guest's terminal shown on the terminal of {@code viv}. Keys go to the guest as bytes, Ctrl-C
 * and Ctrl-Z included: it is the guest's terminal that makes signals of them.
 */
final class TerminalSession {
  private static final int CHUNK = 1 << 14;

  private final GuestProcess process;
  private final HostTerminal terminal;
  private final byte[] typed;
  private volatile @Nullable Signal ending;

  /**
   * A session.
   *
   * @param typed keys that were read already
   */
  TerminalSession(GuestProcess process, HostTerminal terminal, byte[] typed) {
    this.process = process;
    this.terminal = terminal;
    this.typed = typed.clone();
  }

  /**
   * Waits for the guest.
   *
   * @return its exit status, 128 + n when signal n came to {@code viv} itself, or {@link
   *     TimeLimit#STATUS} when its time was up
   */
  int run(@Nullable TimeLimit limit) throws InterruptedException {
    Signal.WINCH.handle(() -> process.resize(terminal.size()));
    Signal.CONT.handle(this::resume);
    for (Signal signal : new Signal[] {Signal.HUP, Signal.INT, Signal.TERM}) {
      signal.handle(() -> end(signal));
    }
    PassThrough.start("keys", this::readKeys);
    Thread screen = PassThrough.start("screen", this::writeScreen);
    OptionalInt status = PassThrough.await(process, limit);
    process.kill();
    screen.join();
    terminal.restore();
    if (limit != null && status.isEmpty()) {
      StandardStreams.message("timed out after " + limit.text());
      return TimeLimit.STATUS;
    }
    Signal signal = ending;
    return signal == null ? status.orElseThrow() : ExitStatus.ofSignal(signal);
  }

  /** A shell that stopped {@code viv} has given the terminal modes of its own. */
  private void resume() {
    terminal.makeRaw();
    process.resize(terminal.size());
  }

  /** Ends the session; whoever asks twice does not want to wait. */
  private void end(Signal signal) {
    if (ending != null) {
      terminal.restore();
      Runtime.getRuntime().halt(ExitStatus.ofSignal(signal));
    }
    ending = signal;
    process.kill();
  }

  private void readKeys() {
    byte[] chunk = new byte[CHUNK];
    try {
      process.stdin().write(typed);
      int count = StandardStreams.IN.read(chunk);
      while (count >= 0) {
        process.stdin().write(chunk, 0, count);
        process.stdin().flush();
        count = StandardStreams.IN.read(chunk);
      }
    } catch (IOException e) {
      // Either terminal is gone; if it is ours, nobody can end the guest any more.
    }
    end(Signal.HUP);
  }

  private void writeScreen() {
    byte[] chunk = new byte[CHUNK];
    try {
      int count = process.stdout().read(chunk);
      while (count >= 0) {
        StandardStreams.OUT.write(chunk, 0, count);
        count = process.stdout().read(chunk);
      }
    } catch (IOException e) {
      end(Signal.HUP);
    }
  }
}
