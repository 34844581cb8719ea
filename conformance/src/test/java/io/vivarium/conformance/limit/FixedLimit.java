package io.vivarium.conformance.limit;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A constant in the sources whose name looks like a limit.
 *
 * @param type the class it is in
 * @param name its name
 * @param value its value, as it is written
 * @param meaning the first sentence of its comment; empty when it has none
 */
record FixedLimit(String type, String name, String value, String meaning) {
  private static final Pattern CONSTANT =
      Pattern.compile(
          "^ +(?:public |private |protected )?static final (?:int|long|Duration) "
              + "(\\w*(?:MAX|MOST|LIMIT|CAPACITY|PATIENCE|TIMEOUT|GRACE|DEADLINE|LONGEST|LARGEST"
              + "|DEPTH|SLOTS|QUEUE)\\w*)\\s*=\\s*([^;]+);",
          Pattern.MULTILINE);
  private static final Pattern COMMENT =
      Pattern.compile("/\\*\\*((?:(?!/\\*\\*).)*)\\*/\\s*$", Pattern.DOTALL);
  private static final int LONGEST_COMMENT = 1000;

  /**
   * All of them.
   *
   * @param sources texts of Java files, by their paths
   */
  static List<FixedLimit> in(Map<String, String> sources) {
    List<FixedLimit> limits = new ArrayList<>();
    sources.forEach((path, text) -> {
      String type = path.substring(path.lastIndexOf('/') + 1).replace(".java", "");
      Matcher constant = CONSTANT.matcher(text);
      while (constant.find()) {
        String value = constant.group(2).replaceAll("\\s+", " ");
        limits.add(new FixedLimit(type, constant.group(1), value, meaning(text, constant.start())));
      }
    });
    return limits;
  }

  private static String meaning(String text, int end) {
    Matcher comment = COMMENT.matcher(text.substring(Math.max(0, end - LONGEST_COMMENT), end));
    if (!comment.find()) {
      return "";
    }
    return comment.group(1).replaceAll("\\s*\\n\\s*\\*\\s*", " ").replaceAll("<p>.*", "").strip();
  }
}
