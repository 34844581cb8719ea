package io.vivarium.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * The standard streams of {@code viv} as bytes, with no buffer of ours in between: what a guest
 * writes is out at once.
 */
final class StandardStreams {
  static final InputStream IN = new FileInputStream(FileDescriptor.in);
  static final OutputStream OUT = new FileOutputStream(FileDescriptor.out);
  static final OutputStream ERR = new FileOutputStream(FileDescriptor.err);

  /** What the launcher says about the standard streams: digits of those that are terminals. */
  private static final String TERMINALS = System.getProperty("viv.terminals", "");

  private StandardStreams() {}

  /** Whether standard input is a terminal. */
  static boolean isInputTerminal() {
    return TERMINALS.contains("0");
  }

  /** Whether standard output is a terminal. */
  static boolean isOutputTerminal() {
    return TERMINALS.contains("1");
  }

  /** Whether standard error is a terminal. */
  static boolean isErrorTerminal() {
    return TERMINALS.contains("2");
  }

  /** Whether a write failed only because nobody reads any more. */
  static boolean isBrokenPipe(IOException failure) {
    return String.valueOf(failure.getMessage()).contains("Broken pipe");
  }

  /**
   * Writes text to standard output.
   *
   * @return the exit status: 0, or what a program ends with whose reader went away
   */
  static int print(String text) {
    try {
      OUT.write(text.getBytes(UTF_8));
      return ExitStatus.OK;
    } catch (IOException e) {
      if (isBrokenPipe(e)) {
        return ExitStatus.ofSignal(Signal.PIPE);
      }
      message("standard output: " + e.getMessage());
      return ExitStatus.FAILURE;
    }
  }

  /** Writes text to standard error as it is. */
  static void error(String text) {
    try {
      ERR.write(text.getBytes(UTF_8));
    } catch (IOException e) {
      // Nobody listens.
    }
  }

  /** Tells the user something, on standard error. */
  static void message(String text) {
    try {
      ERR.write(("viv: " + text + "\n").getBytes(UTF_8));
    } catch (IOException e) {
      // Nobody listens; the exit status has to say it.
    }
  }
}
