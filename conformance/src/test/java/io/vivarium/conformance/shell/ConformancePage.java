package io.vivarium.conformance.shell;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Renders the corpus, with what is known to differ, for the documentation. */
final class ConformancePage {

  private static final String CASES = "conformance/src/test/resources/shell";

  private ConformancePage() {}

  static String of(List<ShellCase> cases) {
    Map<String, List<ShellCase>> themes =
        cases.stream()
            .collect(
                Collectors.groupingBy(
                    ShellCase::theme, LinkedHashMap::new, Collectors.toUnmodifiableList()));
    StringBuilder page = new StringBuilder();
    page.append(
        """
        # Conformance with a real Linux

        %d shell snippets are what a machine is measured by: standard output and exit status of a
        machine and of the bash, coreutils and git of a real host, byte for byte. The build runs every
        snippet twice on the host, which proves that its answer is always the same, and once in a
        machine. %d agree. The others stand below with what differs, and must differ: one that begins
        to agree fails the build until its reason is taken away.

        The host that counts is Debian 12 as root, with bash 5.2, coreutils 9.1, gawk 5.2 and git 2.39;
        snippets run as an ordinary user there unless they say otherwise. On another host some outcomes
        of the host itself are different.

        The snippets are in `%s`. `-Dconformance.write` writes this page again.

        | Theme | Snippets | Agree |
        |---|---:|---:|
        """
            .formatted(cases.size(), agreeing(cases), CASES));
    themes.forEach((theme, snippets) -> page.append(sums(theme, snippets)));
    page.append(sums("All", cases));
    themes.forEach((theme, snippets) -> {
      page.append("\n## ").append(theme).append("\n\n| Snippet | Known difference |\n|---|---|\n");
      snippets.forEach(snippet -> page.append(row(snippet)));
    });
    return page.toString();
  }

  private static long agreeing(List<ShellCase> cases) {
    return cases.stream().filter(snippet -> snippet.known().isEmpty()).count();
  }

  private static String sums(String theme, List<ShellCase> cases) {
    return String.format(Locale.ROOT, "| %s | %d | %d |\n", theme, cases.size(), agreeing(cases));
  }

  private static String row(ShellCase snippet) {
    String outcome = snippet.known().orElse("");
    String user = snippet.user() == ScriptUser.ROOT ? " (as root)" : "";
    return "| " + cell(snippet.name() + user) + " | " + cell(outcome) + " |\n";
  }

  private static String cell(String text) {
    return text.replace("|", "\\|");
  }
}
