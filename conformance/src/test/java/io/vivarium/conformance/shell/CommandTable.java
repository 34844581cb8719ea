package io.vivarium.conformance.shell;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A trivial use of every published command: that each of them starts and answers.
 *
 * <p>The uses are rows of {@code commands.tsv}; {@link #page} renders them for the documentation.
 */
final class CommandTable {

  private static final String RESOURCE = "/commands.tsv";
  private static final int FIELDS = 6;
  private static final Pattern ESCAPE = Pattern.compile("\\\\(.)");

  private CommandTable() {}

  /** Every use, one per command, sorted by name. */
  static List<CommandUse> uses() {
    return Corpus.resource(RESOURCE)
        .lines()
        .filter(line -> !line.startsWith("#"))
        .map(CommandTable::parse)
        .toList();
  }

  /** The names of all published commands. */
  static List<String> names() {
    return uses().stream().map(CommandUse::command).toList();
  }

  static CommandUse parse(String line) {
    String[] fields = line.split("\t", -1);
    if (fields.length != FIELDS) {
      throw new IllegalArgumentException("not " + FIELDS + " fields: " + line);
    }
    List<String> arguments =
        fields[1].isEmpty()
            ? List.of()
            : List.of(fields[1].split(" ", -1)).stream().map(CommandTable::unescape).toList();
    Optional<CommandUse.Answer> answer =
        fields[4].isEmpty()
            ? Optional.empty()
            : Optional.of(
                new CommandUse.Answer(
                    CommandUse.Stream.valueOf(fields[4].toUpperCase(Locale.ROOT)),
                    Pattern.compile(fields[5])));
    return new CommandUse(
        fields[0], arguments, unescape(fields[2]), Integer.parseInt(fields[3]), answer);
  }

  /** The page of the documentation that lists the commands. */
  static String page() {
    StringBuilder page = new StringBuilder();
    page.append(
        """
        # Commands

        Every command of the published software, one trivial use of each, and what it answers. The
        build runs each line in a machine. `-Dconformance.write` writes this page again.
        Versions and licences are listed by `viv software`.

        | Command | Use | Standard input | Exit status | Answer |
        |---|---|---|---|---|
        """);
    for (CommandUse use : uses()) {
      page.append("| ").append(code(use.command()));
      page.append(" | ").append(code(use.typed()));
      page.append(" | ").append(use.stdin().isEmpty() ? "" : code(escape(use.stdin())));
      page.append(" | ").append(use.status());
      page.append(" | ").append(use.answer().map(CommandTable::describe).orElse("nothing asked"));
      page.append(" |\n");
    }
    return page.toString();
  }

  private static String describe(CommandUse.Answer answer) {
    String stream = answer.stream() == CommandUse.Stream.OUT ? "" : "standard error: ";
    return stream + code(answer.pattern().pattern());
  }

  private static String code(String text) {
    return "`" + text.replace("|", "\\|") + "`";
  }

  private static String escape(String text) {
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace("\0", "\\0");
  }

  private static String unescape(String text) {
    return ESCAPE
        .matcher(text)
        .replaceAll(escape -> Matcher.quoteReplacement(meaning(escape.group(1))));
  }

  private static String meaning(String letter) {
    return switch (letter) {
      case "s" -> " ";
      case "n" -> "\n";
      case "0" -> "\0";
      case "\\" -> "\\";
      default -> throw new IllegalArgumentException("no such escape: " + letter);
    };
  }
}
