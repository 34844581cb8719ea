package io.vivarium.kernel.tty;

/**
 * The size of a terminal's window (ioctl_tty(2), TIOCGWINSZ).
 *
 * @param rows lines of text, 0 to 65535
 * @param columns characters per line, 0 to 65535
 * @param xPixels width in pixels, or 0 when unknown
 * @param yPixels height in pixels, or 0 when unknown
 */
public record WindowSize(int rows, int columns, int xPixels, int yPixels) {
  /** What a new terminal has: 24 lines of 80 characters. */
  public static final WindowSize DEFAULT = new WindowSize(24, 80);

  /** A size in characters. */
  public WindowSize(int rows, int columns) {
    this(rows, columns, 0, 0);
  }

  /** Keeps each number to the 16 bits it has. */
  public WindowSize {
    rows &= 0xffff;
    columns &= 0xffff;
    xPixels &= 0xffff;
    yPixels &= 0xffff;
  }
}
