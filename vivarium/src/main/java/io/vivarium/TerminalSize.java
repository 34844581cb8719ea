package io.vivarium;

/**
 * The size of a terminal window.
 *
 * @param columns characters in a line, 1 to 65,535
 * @param rows lines, 1 to 65,535
 */
public record TerminalSize(int columns, int rows) {
  /** What a terminal has until somebody says otherwise: 80 by 24. */
  public static final TerminalSize DEFAULT = new TerminalSize(80, 24);

  /** Checks the range. */
  public TerminalSize {
    if (columns < 1 || columns > 65_535 || rows < 1 || rows > 65_535) {
      throw new IllegalArgumentException(
          "A terminal has 1 to 65535 columns and rows, not " + columns + " by " + rows);
    }
  }
}
