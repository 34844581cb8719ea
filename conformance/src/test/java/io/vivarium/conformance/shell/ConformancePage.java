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

        %d shell snippets run both in a machine and in the bash, coreutils and git of the host that runs
        the tests. Standard output and exit status must be the same, byte for byte. A snippet whose
        outcome differs because of the published programs stands here with the reason; it runs all the
        same, and the test fails when it begins to agree, so that this list stays true.

        The host that counts is Debian 12 as root, with bash 5.2, coreutils 9.1, gawk 5.2 and git 2.39;
        snippets run as an ordinary user there unless they say otherwise. On another host some outcomes
        of the host itself are different.

        The snippets are in `%s`. `-Dconformance.write` writes this page again.

        | Theme | Snippets | Same | Different |
        |---|---:|---:|---:|
        """
            .formatted(cases.size(), CASES));
    themes.forEach((theme, snippets) -> page.append(sums(theme, snippets)));
    page.append(sums("All", cases));
    themes.forEach((theme, snippets) -> {
      page.append("\n## ").append(theme).append("\n\n| Snippet | Outcome |\n|---|---|\n");
      snippets.forEach(snippet -> page.append(row(snippet)));
    });
    return page.toString();
  }

  private static String sums(String theme, List<ShellCase> cases) {
    long different = cases.stream().filter(snippet -> snippet.known().isPresent()).count();
    return String.format(
        Locale.ROOT,
        "| %s | %d | %d | %d |\n",
        theme,
        cases.size(),
        cases.size() - different,
        different);
  }

  private static String row(ShellCase snippet) {
    String outcome = snippet.known().map(reason -> "different: " + reason).orElse("same");
    String user = snippet.user() == ScriptUser.ROOT ? " (as root)" : "";
    return "| " + cell(snippet.name() + user) + " | " + cell(outcome) + " |\n";
  }

  private static String cell(String text) {
    return text.replace("|", "\\|");
  }
}
