package io.vivarium.conformance.limit;

import io.vivarium.kernel.errno.Errno;
import io.vivarium.kernel.limit.Limit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Compares the inventory of limits with the sources: limits nobody listed, rows nobody enforces,
 * rows no test has met.
 *
 * @param rows the inventory
 * @param main texts of the files that ship, by their paths
 * @param tests texts of their tests, by their paths
 */
record LimitsAudit(List<Row> rows, Map<String, String> main, Map<String, String> tests) {
  /** Where rows are defined and handed around, which enforces nothing. */
  private static final Pattern PLUMBING =
      Pattern.compile(
          "(^|/)kernel/limit/|/io/vivarium/(MachineOptions|Vivarium|LimitEntry)\\.java|/vivarium/cli/");

  /** A comparison with a bare number that something is refused after. */
  private static final Pattern BARE =
      Pattern.compile(
          "if \\([^;{}]*[<>]=?\\s*(\\d[\\d_]{2,}L?|\\d+L? << \\d+)\\b[^;{}]*\\)\\s*\\{?\\s*"
              + "throw [^;]*(?:\\bE[A-Z0-9]{3,}|InvalidModule|MalformedModule|malformed)\\b[^;]*;");

  private static final Pattern COMMENT = Pattern.compile("/\\*.*?\\*/|//[^\\n]*", Pattern.DOTALL);
  private static final Pattern ARM =
      Pattern.compile("\\bcase\\s+([A-Z_]+(?:\\s*,\\s*[A-Z_]+)*)\\s*->\\s*(\\{\\s*\\})?");

  /**
   * A row.
   *
   * @param constant its name in the sources
   * @param key its name for people
   * @param errno what calls answer at the limit; empty when none does
   */
  record Row(String constant, String key, String errno) {
    static Row of(Limit limit) {
      Errno errno = limit.errno();
      return new Row(limit.name(), limit.key(), errno == null ? "" : errno.name());
    }
  }

  /** What is wrong, a sentence each; empty when nothing is. */
  List<String> findings() {
    List<String> findings = new ArrayList<>();
    for (FixedLimit limit : FixedLimit.in(main)) {
      if (limit.meaning().isEmpty()) {
        findings.add(
            "%s.%s looks like a limit: make it a row of the inventory, or say above it what it limits"
                .formatted(limit.type(), limit.name()));
      }
    }
    main.forEach((path, text) -> {
      Matcher bare = BARE.matcher(code(text));
      while (bare.find()) {
        findings.add("%s limits something to %s: give that a name".formatted(path, bare.group(1)));
      }
    });
    for (Row row : rows) {
      if (main.entrySet().stream().noneMatch(file -> enforces(file, row))) {
        findings.add("nothing enforces %s (%s)".formatted(row.constant(), row.key()));
      }
      if (tests.values().stream().noneMatch(test -> meets(test, row))) {
        findings.add(
            "no test meets %s (%s)%s"
                .formatted(
                    row.constant(),
                    row.key(),
                    row.errno().isEmpty() ? "" : " and looks at the errno " + row.errno()));
      }
    }
    return findings;
  }

  private static boolean enforces(Map.Entry<String, String> file, Row row) {
    return !PLUMBING.matcher(file.getKey()).find() && uses(code(file.getValue()), row);
  }

  private static String code(String text) {
    return COMMENT.matcher(text).replaceAll(" ");
  }

  /** Whether code uses the value of a row; its range alone enforces nothing. */
  private static boolean uses(String code, Row row) {
    return Pattern.compile("\\bLimit\\.%s\\b(?!\\.(?:most|least)\\()".formatted(row.constant()))
        .matcher(code)
        .find();
  }

  private static boolean names(String code, Row row) {
    return Pattern.compile("\\bLimit\\.%s\\b".formatted(row.constant())).matcher(code).find();
  }

  private static boolean meets(String test, Row row) {
    String code = code(test);
    boolean driven =
        names(code, row) || code.contains('"' + row.key() + '"') || hasArm(code, row.constant());
    return driven && (row.errno().isEmpty() || looksAtErrno(code, row.errno()));
  }

  /** Whether a switch over the inventory does something for a row. */
  private static boolean hasArm(String code, String constant) {
    Matcher arm = ARM.matcher(code);
    while (arm.find()) {
      if (arm.group(2) == null && List.of(arm.group(1).split("\\s*,\\s*")).contains(constant)) {
        return true;
      }
    }
    return false;
  }

  private static boolean looksAtErrno(String code, String errno) {
    return code.contains("limit.errno()")
        || Pattern.compile("\\b%s\\b".formatted(errno)).matcher(code).find();
  }
}
