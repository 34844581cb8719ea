package io.vivarium.conformance.shell;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The text format of the corpus.
 *
 * <pre>
 * # Title of the theme
 *
 * ### name of the first case
 * needs: jq git
 * user: root
 * stderr: No such file
 * known: why the machine answers differently
 * the snippet, up to the next line that starts with three number signs and a space
 * </pre>
 *
 * <p>Headers are optional, each stands at most once, and they come before the snippet. Blank lines
 * around a snippet are not part of it.
 */
final class CaseFile {

  private static final Pattern HEADER = Pattern.compile("([a-z]+): (.*)");
  private static final Set<String> HEADERS = Set.of("needs", "user", "stderr", "known");

  private final String fileName;
  private final List<String> lines;
  private final List<ShellCase> cases = new ArrayList<>();
  private String theme = "";
  private int next;

  private CaseFile(String fileName, String text) {
    this.fileName = fileName;
    this.lines = text.lines().toList();
  }

  /**
   * Reads the cases of one file in their order.
   *
   * @param fileName names the file in error messages
   * @throws IllegalArgumentException if the text is not in the format
   */
  static List<ShellCase> parse(String fileName, String text) {
    CaseFile file = new CaseFile(fileName, text);
    file.readTitle();
    while (file.next < file.lines.size()) {
      file.readCase();
    }
    return List.copyOf(file.cases);
  }

  private void readTitle() {
    if (lines.isEmpty() || !lines.getFirst().startsWith("# ")) {
      throw malformed("the first line is not a title");
    }
    theme = lines.getFirst().substring(2).strip();
    next = 1;
    while (next < lines.size() && !startsCase(lines.get(next))) {
      if (!lines.get(next).isBlank()) {
        throw malformed("text before the first case");
      }
      next++;
    }
  }

  private void readCase() {
    String name = lines.get(next).substring(4).strip();
    next++;
    Map<String, String> headers = readHeaders();
    String script = readScript();
    if (name.isEmpty() || script.isBlank()) {
      throw malformed("a case without a name or without a snippet");
    }
    String user = headers.getOrDefault("user", "user");
    if (!user.equals("user") && !user.equals("root")) {
      throw malformed("no such user: " + user);
    }
    cases.add(
        new ShellCase(
            theme,
            name,
            headers.containsKey("needs")
                ? List.of(headers.get("needs").split(" +", -1))
                : List.of(),
            ScriptUser.valueOf(user.toUpperCase(Locale.ROOT)),
            Optional.ofNullable(headers.get("stderr")),
            Optional.ofNullable(headers.get("known")),
            script));
  }

  private Map<String, String> readHeaders() {
    Map<String, String> headers = new LinkedHashMap<>();
    for (; next < lines.size(); next++) {
      Matcher header = HEADER.matcher(lines.get(next));
      if (!header.matches() || !HEADERS.contains(header.group(1))) {
        break;
      }
      if (headers.put(header.group(1), header.group(2).strip()) != null) {
        throw malformed("a header that stands twice");
      }
    }
    return headers;
  }

  private String readScript() {
    int from = next;
    while (next < lines.size() && !startsCase(lines.get(next))) {
      next++;
    }
    int to = next;
    while (from < to && lines.get(from).isBlank()) {
      from++;
    }
    while (from < to && lines.get(to - 1).isBlank()) {
      to--;
    }
    return String.join("\n", lines.subList(from, to)) + "\n";
  }

  private static boolean startsCase(String line) {
    return line.startsWith("### ");
  }

  private IllegalArgumentException malformed(String what) {
    return new IllegalArgumentException(fileName + ", line " + (next + 1) + ": " + what);
  }
}
