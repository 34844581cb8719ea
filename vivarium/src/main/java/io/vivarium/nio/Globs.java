package io.vivarium.nio;

import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** The glob syntax of {@link java.nio.file.FileSystem#getPathMatcher}, compiled to a pattern. */
final class Globs {
  private Globs() {}

  static Pattern compile(String glob) {
    StringBuilder regex = new StringBuilder();
    boolean inGroup = false;
    int i = 0;
    while (i < glob.length()) {
      char c = glob.charAt(i++);
      switch (c) {
        case '\\' -> {
          if (i == glob.length()) {
            throw new PatternSyntaxException("Nothing behind the last backslash", glob, i - 1);
          }
          quote(regex, glob.charAt(i++));
        }
        case '*' -> {
          boolean crosses = i < glob.length() && glob.charAt(i) == '*';
          regex.append(crosses ? ".*" : "[^/]*");
          i += crosses ? 1 : 0;
        }
        case '?' -> regex.append("[^/]");
        case '[' -> i = bracket(glob, i, regex);
        case '{' -> {
          if (inGroup) {
            throw new PatternSyntaxException("Groups cannot be nested", glob, i - 1);
          }
          inGroup = true;
          regex.append("(?:");
        }
        case '}' -> {
          regex.append(inGroup ? ")" : "\\}");
          inGroup = false;
        }
        case ',' -> regex.append(inGroup ? "|" : ",");
        default -> quote(regex, c);
      }
    }
    if (inGroup) {
      throw new PatternSyntaxException("Missing }", glob, glob.length());
    }
    return Pattern.compile(regex.toString(), Pattern.DOTALL);
  }

  /** Translates a bracket expression; returns the position behind it. */
  private static int bracket(String glob, int start, StringBuilder regex) {
    int end = glob.indexOf(']', start + 1);
    if (end < 0) {
      throw new PatternSyntaxException("Missing ]", glob, start - 1);
    }
    regex.append("(?!/)[");
    int i = start;
    if (glob.charAt(i) == '!') {
      regex.append('^');
      i++;
    }
    for (; i < end; i++) {
      char c = glob.charAt(i);
      if (c == '\\' || c == '[' || c == '&' || c == '^') {
        regex.append('\\');
      }
      regex.append(c);
    }
    regex.append(']');
    return end + 1;
  }

  private static void quote(StringBuilder regex, char c) {
    if ("\\.[]{}()<>*+-=!?^$|#&".indexOf(c) >= 0) {
      regex.append('\\');
    }
    regex.append(c);
  }
}
