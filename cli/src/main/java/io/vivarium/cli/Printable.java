package io.vivarium.cli;

/** Text of guests as it may be shown on a terminal. */
final class Printable {
  private Printable() {}

  /** The text with control characters, and what is no text, as escapes. */
  static String of(String text) {
    StringBuilder printable = new StringBuilder(text.length());
    text.codePoints()
        .forEach(c -> {
          if (Character.isISOControl(c) || Character.getType(c) == Character.FORMAT) {
            printable.append(String.format("\\u%04x", c));
          } else if (Character.getType(c) == Character.SURROGATE) {
            printable.append(String.format("\\x%02x", c & 0xff));
          } else {
            printable.appendCodePoint(c);
          }
        });
    return printable.toString();
  }
}
