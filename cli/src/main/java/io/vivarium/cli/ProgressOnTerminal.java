package io.vivarium.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;

/** Progress as one line that changes; it leaves nothing behind. */
final class ProgressOnTerminal implements ProgressReport {
  /** Narrow enough for any terminal, as a line that wraps cannot be erased. */
  private static final int WIDTH = 79;

  private static final int BAR = 30;
  private static final String ERASE_LINE = "\r\033[K";

  private final OutputStream terminal;
  private String shown = "";

  ProgressOnTerminal(OutputStream terminal) {
    this.terminal = terminal;
  }

  @Override
  public void at(String step, int done, int total) {
    show(total == 0 ? cut(step + " ...", WIDTH) : bar(step, done, total));
  }

  @Override
  public void close() {
    show("");
  }

  private static String bar(String step, int done, int total) {
    int filled = (int) ((long) BAR * done / total);
    String tail =
        " [" + "#".repeat(filled) + " ".repeat(BAR - filled) + "] " + done + " of " + total;
    return cut(step, WIDTH - tail.length()) + tail;
  }

  private static String cut(String text, int length) {
    return text.length() <= length ? text : text.substring(0, length);
  }

  private void show(String line) {
    if (line.equals(shown)) {
      return;
    }
    shown = line;
    try {
      terminal.write((ERASE_LINE + line).getBytes(UTF_8));
    } catch (IOException e) {
      // Nobody looks.
    }
  }
}
