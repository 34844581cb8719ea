package io.vivarium.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.vivarium.TerminalSize;
import io.vivarium.VivariumException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The terminal that {@code viv} runs on, which is raw while this is open: every byte typed goes to
 * the guest's terminal, and every byte of the guest comes out as it is. Thread-safe.
 *
 * <p>Its modes are changed with {@code stty(1)} of the host, which starts several times faster than
 * native calls from a JVM that has made none yet.
 */
final class HostTerminal implements AutoCloseable {
  private static final Pattern MODES = Pattern.compile("\\S+");
  private static final Pattern SIZE = Pattern.compile("(\\d+) (\\d+)");

  private final String original;
  private final Thread atExit = new Thread(this::restore, "restore terminal");

  private HostTerminal(String original) {
    this.original = original;
  }

  /** Opens the terminal on standard input, and makes it raw. */
  static HostTerminal open() {
    String modes = stty("-g");
    if (!MODES.matcher(modes).matches()) {
      throw new VivariumException("stty -g answers '" + modes + "', which are no terminal modes");
    }
    HostTerminal terminal = new HostTerminal(modes);
    Runtime.getRuntime().addShutdownHook(terminal.atExit);
    terminal.makeRaw();
    return terminal;
  }

  /** Its size now; a terminal that does not know answers the usual one. */
  TerminalSize size() {
    Matcher size = SIZE.matcher(stty("size"));
    if (!size.matches()) {
      return TerminalSize.DEFAULT;
    }
    int rows = Integer.parseInt(size.group(1));
    int columns = Integer.parseInt(size.group(2));
    return rows < 1 || columns < 1 ? TerminalSize.DEFAULT : new TerminalSize(columns, rows);
  }

  /** Makes it raw, as {@code cfmakeraw(3)} does. */
  synchronized void makeRaw() {
    stty("raw", "-echo", "-iexten");
  }

  /** Makes it what it was. */
  synchronized void restore() {
    stty(original);
  }

  @Override
  public void close() {
    restore();
    try {
      Runtime.getRuntime().removeShutdownHook(atExit);
    } catch (IllegalStateException e) {
      // The JVM is ending, and the hook restores the terminal once more.
    }
  }

  private static String stty(String... arguments) {
    List<String> command = new ArrayList<>(List.of("stty"));
    command.addAll(List.of(arguments));
    try {
      Process stty =
          new ProcessBuilder(command)
              .redirectInput(ProcessBuilder.Redirect.INHERIT)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      return new String(stty.getInputStream().readAllBytes(), US_ASCII).strip();
    } catch (IOException e) {
      throw new VivariumException("An interactive terminal needs stty(1): " + e.getMessage(), e);
    }
  }
}
