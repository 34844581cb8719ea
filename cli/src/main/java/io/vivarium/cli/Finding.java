package io.vivarium.cli;

import org.jspecify.annotations.Nullable;

/**
 * What a check found.
 *
 * @param level how good it is
 * @param fact what was found, in one line
 * @param remedy what to do about it; null when nothing needs doing
 */
record Finding(Level level, String fact, @Nullable String remedy) {
  /** How good it is. */
  enum Level {
    OK("ok  "),
    WARN("warn"),
    FAIL("FAIL");

    private final String label;

    Level(String label) {
      this.label = label;
    }
  }

  static Finding ok(String fact) {
    return new Finding(Level.OK, fact, null);
  }

  static Finding warn(String fact, String remedy) {
    return new Finding(Level.WARN, fact, remedy);
  }

  static Finding fail(String fact, String remedy) {
    return new Finding(Level.FAIL, fact, remedy);
  }

  /** One line, and a second one when there is something to do. */
  String text() {
    return level.label + "  " + fact + "\n" + (remedy == null ? "" : "      " + remedy + "\n");
  }
}
