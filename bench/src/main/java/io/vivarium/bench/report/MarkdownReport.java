package io.vivarium.bench.report;

import io.vivarium.bench.report.RowTable.Cell;
import io.vivarium.bench.result.Results;
import io.vivarium.bench.result.RowResult;
import java.util.List;
import java.util.stream.Collectors;

/** Results as Markdown: what they were measured on, then a table for each family. */
public final class MarkdownReport {
  private MarkdownReport() {}

  /** The whole page. */
  public static String of(Results results) {
    StringBuilder page = new StringBuilder("# Benchmarks\n\n| | |\n|---|---|\n");
    results
        .provenance()
        .forEach((name, fact) -> page.append(line(List.of(escaped(name), escaped(fact)))));
    page.append(
        """

        Medians. `wasm : native` is how many times the median of the second lane the first one takes; below 1x the
        machine is faster than the host.
        """);
    for (String family : RowTable.families(results)) {
      table(page, family, RowTable.ofFamily(results, family));
    }
    return page.toString();
  }

  private static void table(StringBuilder page, String family, List<RowResult> rows) {
    RowTable table = new RowTable(rows);
    page.append("\n## ").append(escaped(family)).append("\n\n| row | ");
    page.append(String.join(" | ", table.titles())).append(" |\n|---|");
    page.append("---:|".repeat(table.titles().size())).append('\n');
    for (RowResult row : rows) {
      String cells = table.cells(row).stream().map(Cell::text).collect(Collectors.joining(" | "));
      page.append(line(List.of(escaped(row.operation()), cells)));
    }
  }

  private static String line(List<String> cells) {
    return "| " + String.join(" | ", cells) + " |\n";
  }

  private static String escaped(String text) {
    return text.replace("\\", "\\\\")
        .replace("|", "\\|")
        .replace("<", "&lt;")
        .replace("`", "\\`")
        .replace('\n', ' ');
  }
}
