package io.vivarium.kernel.tty;

import io.vivarium.kernel.file.ByteRing;

/**
 * The output half of a terminal: what the slave writes and what is echoed, on its way to the
 * master, changed as {@code c_oflag} says. Knows the column that the cursor is in, which tabs and
 * their erasure need. Not thread-safe; its terminal locks.
 */
final class Display {
  /** Bytes that wait for the master to read them. */
  static final int CAPACITY = 65536;

  private static final int TAB = 8;

  private final ByteRing ring = new ByteRing(CAPACITY);
  private int column;
  // Where the line that is being typed began.
  private int lineColumn;

  ByteRing ring() {
    return ring;
  }

  /** Whether any byte fits, whatever becomes of it. */
  boolean hasRoom() {
    return ring.free() >= TAB;
  }

  /** Remembers that the line begins here. */
  void beginLine() {
    lineColumn = column;
  }

  /**
   * Writes what a process wrote.
   *
   * @return how many of the bytes fitted
   */
  int write(Termios termios, byte[] buffer, int offset, int length) {
    if (!termios.hasOutput(Termios.OPOST)) {
      return ring.put(buffer, offset, length);
    }
    int done = 0;
    while (done < length && put(termios, buffer[offset + done] & 0xff)) {
      done = done + 1;
    }
    return done;
  }

  /** Writes one byte, processed; false when what becomes of it does not fit. */
  boolean put(Termios termios, int value) {
    if (!termios.hasOutput(Termios.OPOST)) {
      return ring.put((byte) value);
    }
    if (!hasRoom()) {
      return false;
    }
    switch (value) {
      case '\n' -> newline(termios);
      case '\r' -> carriageReturn(termios);
      case '\t' -> tab(termios);
      case '\b' -> {
        back();
        ring.put((byte) '\b');
      }
      default -> character(termios, value);
    }
    return true;
  }

  private void newline(Termios termios) {
    if (termios.hasOutput(Termios.ONLRET)) {
      column = 0;
    }
    if (termios.hasOutput(Termios.ONLCR)) {
      column = 0;
      ring.put((byte) '\r');
    }
    lineColumn = column;
    ring.put((byte) '\n');
  }

  private void carriageReturn(Termios termios) {
    if (termios.hasOutput(Termios.ONOCR) && column == 0) {
      return;
    }
    boolean asNewline = termios.hasOutput(Termios.OCRNL);
    if (!asNewline || termios.hasOutput(Termios.ONLRET)) {
      column = 0;
      lineColumn = 0;
    }
    ring.put((byte) (asNewline ? '\n' : '\r'));
  }

  private void tab(Termios termios) {
    int spaces = TAB - column % TAB;
    column = column + spaces;
    if ((termios.output() & Termios.XTABS) != Termios.XTABS) {
      ring.put((byte) '\t');
      return;
    }
    for (int i = 0; i < spaces; i++) {
      ring.put((byte) ' ');
    }
  }

  private void character(Termios termios, int value) {
    int written = value;
    if (!Characters.isControl(value)) {
      if (termios.hasOutput(Termios.OLCUC)) {
        written = Characters.upper(value);
      }
      if (!Characters.continues(termios, value)) {
        column = column + 1;
      }
    }
    ring.put((byte) written);
  }

  /** Writes a control character as ^X; false when it does not fit. */
  boolean putCaret(int value) {
    if (ring.free() < 2) {
      return false;
    }
    ring.put((byte) '^');
    ring.put((byte) (value ^ 0100));
    column = column + 2;
    return true;
  }

  /**
   * Takes the cursor back over a tab; false when that does not fit.
   *
   * @param before columns that other characters take between the tab and the one before it, or the
   *     beginning of the line
   * @param fromLineStart whether it is the beginning of the line
   */
  boolean eraseTab(int before, boolean fromLineStart) {
    if (!hasRoom()) {
      return false;
    }
    int start = fromLineStart ? before + lineColumn : before;
    for (int i = TAB - start % TAB; i > 0; i--) {
      ring.put((byte) '\b');
      back();
    }
    return true;
  }

  /** The cursor is one column further left than it seemed. */
  void back() {
    column = Math.max(0, column - 1);
  }
}
