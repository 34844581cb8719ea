package io.vivarium.kernel.permission;

/** Patterns on characters. */
final class Glob {
  private Glob() {}

  /** Whether a pattern has characters that do not stand for themselves. */
  static boolean isWild(String pattern) {
    return pattern.indexOf('*') >= 0 || pattern.indexOf('?') >= 0;
  }

  /**
   * Whether a segment matches a pattern of {@code ?} and {@code *}. Takes time in proportion to the
   * product of the lengths at most.
   */
  static boolean matches(String pattern, String segment) {
    int p = 0;
    int s = 0;
    int star = -1;
    int mark = 0;
    while (s < segment.length()) {
      if (p < pattern.length() && pattern.charAt(p) == '*') {
        star = p++;
        mark = s;
      } else if (p < pattern.length()
          && (pattern.charAt(p) == '?' || pattern.charAt(p) == segment.charAt(s))) {
        p++;
        s++;
      } else if (star >= 0) {
        p = star + 1;
        s = ++mark;
      } else {
        return false;
      }
    }
    while (p < pattern.length() && pattern.charAt(p) == '*') {
      p++;
    }
    return p == pattern.length();
  }
}
