package io.vivarium.kernel.tty;

/** How a terminal classifies bytes: ISO 8859-1, except where {@code IUTF8} is set. */
final class Characters {
  private static final int MULTIPLICATION_SIGN = 0xd7;
  private static final int DIVISION_SIGN = 0xf7;
  private static final int SHARP_S = 0xdf;
  private static final int Y_DIAERESIS = 0xff;

  private Characters() {}

  static boolean isControl(int value) {
    return value < ' ' || value == 0x7f;
  }

  /** Whether a byte goes on with a UTF-8 character that began before. */
  static boolean continues(Termios termios, int value) {
    return termios.hasInput(Termios.IUTF8) && (value & 0xc0) == 0x80;
  }

  /** Whether a byte belongs to a word that VWERASE erases. */
  static boolean isWord(int value) {
    return (value >= '0' && value <= '9') || isLetter(value) || value == '_';
  }

  private static boolean isLetter(int value) {
    int folded = value | 0x20;
    return (folded >= 'a' && folded <= 'z' && value < 0x80)
        || (value >= 0xc0 && value != MULTIPLICATION_SIGN && value != DIVISION_SIGN);
  }

  static int upper(int value) {
    boolean changes =
        isLetter(value) && (value & 0x20) != 0 && value != SHARP_S && value != Y_DIAERESIS;
    return changes ? value & ~0x20 : value;
  }

  static int lower(int value) {
    boolean changes = isLetter(value) && (value & 0x20) == 0 && value != SHARP_S;
    return changes ? value | 0x20 : value;
  }
}
