package io.vivarium.bench.report;

import io.vivarium.bench.result.Results;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A report as files in a folder: {@code report.md} and {@code report.html}. */
public final class ReportFiles {
  private static final String MEASURED = "measured";

  private ReportFiles() {}

  /**
   * Writes both, in place of older ones.
   *
   * @param folder is made if it does not exist
   * @param results what the report is about
   * @param baselines oldest first; those measured after the results are left out
   * @return the page with charts
   */
  public static Path write(Path folder, Results results, List<Results> baselines)
      throws IOException {
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("report.md"), MarkdownReport.of(results));
    Path page = folder.resolve("report.html");
    Files.writeString(page, HtmlReport.of(results, history(results, baselines)));
    return page;
  }

  /** The baselines before the results, and the results. */
  static List<Results> history(Results results, List<Results> baselines) {
    String now = measured(results);
    List<Results> history = new ArrayList<>();
    for (Results baseline : baselines) {
      if (measured(baseline).compareTo(now) < 0) {
        history.add(baseline);
      }
    }
    history.add(results);
    return history;
  }

  private static String measured(Results results) {
    return results.provenance().getOrDefault(MEASURED, "");
  }
}
