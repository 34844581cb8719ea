package io.vivarium.bench.report;

import io.vivarium.bench.report.RowTable.Cell;
import io.vivarium.bench.result.Measurement;
import io.vivarium.bench.result.Results;
import io.vivarium.bench.result.RowResult;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Results as one HTML file with charts. It needs nothing else, loads nothing, and may run only the
 * scripts it came with. Tables and provenance are there without scripts, too.
 */
public final class HtmlReport {
  /** Where the Maven artifact keeps Apache ECharts, which draws. */
  private static final String CHARTS =
      "/META-INF/resources/webjars/echarts/5.3.1/dist/echarts.min.js";

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private HtmlReport() {}

  /**
   * The whole page.
   *
   * @param results what the charts and the table show
   * @param history baselines, oldest first
   * @throws IOException when a part of the page is missing from the class path
   */
  public static String of(Results results, List<Results> history) throws IOException {
    String style = resource("page.css");
    String charts = resource(CHARTS);
    String script = resource("page.js");
    String policy =
        "default-src 'none'; img-src data:; style-src '%s'; script-src '%s' '%s'"
            .formatted(digest(style), digest(charts), digest(script));
    String measured = results.provenance().getOrDefault("measured", "");
    return fill(
        resource("page.html"),
        Map.of(
            "policy",
            policy,
            "style",
            style,
            "measured",
            escaped(measured),
            "provenance",
            provenance(results),
            "table",
            table(results),
            "data",
            data(results, history),
            "charts",
            charts,
            "script",
            script));
  }

  /** Puts parts in one pass, so that what looks like a place inside a part is none. */
  private static String fill(String page, Map<String, String> parts) {
    StringBuilder out = new StringBuilder();
    int from = 0;
    int start = page.indexOf("{{");
    while (start >= 0) {
      int end = page.indexOf("}}", start);
      String part = parts.get(page.substring(start + 2, end));
      if (part == null) {
        throw new IllegalStateException("The page has a place for " + page.substring(start, end));
      }
      out.append(page, from, start).append(part);
      from = end + 2;
      start = page.indexOf("{{", from);
    }
    return out.append(page.substring(from)).toString();
  }

  private static String provenance(Results results) {
    StringBuilder out = new StringBuilder();
    results
        .provenance()
        .forEach((name, fact) ->
            out.append("<tr><th scope=\"row\">")
                .append(escaped(name))
                .append("</th><td>")
                .append(escaped(fact))
                .append("</td></tr>\n"));
    return out.toString();
  }

  private static String table(Results results) {
    RowTable table = new RowTable(results.rows());
    StringBuilder out = new StringBuilder("<thead><tr><th scope=\"col\">row</th>");
    for (String title : table.titles()) {
      out.append("<th scope=\"col\">").append(escaped(title)).append("</th>");
    }
    out.append("</tr></thead>\n<tbody>\n");
    for (RowResult row : results.rows()) {
      out.append("<tr><th scope=\"row\">").append(escaped(row.row())).append("</th>");
      for (Cell cell : table.cells(row)) {
        out.append("<td")
            .append(Double.isNaN(cell.value()) ? "" : " data-value=\"" + cell.value() + "\"")
            .append('>')
            .append(escaped(cell.text()))
            .append("</td>");
      }
      out.append("</tr>\n");
    }
    return out.append("</tbody>").toString();
  }

  /** What the script draws, as JSON in which nothing can end the element that holds it. */
  private static String data(Results results, List<Results> history) {
    ObjectNode root = JSON.createObjectNode();
    ArrayNode rows = root.putArray("rows");
    for (RowResult row : results.rows()) {
      ObjectNode node = rows.addObject().put("row", row.row()).put("family", row.family());
      node.put("operation", row.operation());
      ObjectNode lanes = node.putObject("lanes");
      row.lanes().forEach((lane, measured) -> figures(lanes.putObject(lane.label()), measured));
      ratios(row, node.putObject("ratios"));
    }
    ArrayNode days = root.putArray("history");
    for (Results past : history) {
      ObjectNode day = days.addObject();
      day.put("measured", past.provenance().getOrDefault("measured", ""));
      ObjectNode node = day.putObject("rows");
      past.rows().forEach(row -> ratios(row, node.putObject(row.row())));
    }
    return JSON.writeValueAsString(root)
        .replace("<", "\\u003c")
        .replace(">", "\\u003e")
        .replace("&", "\\u0026");
  }

  private static void figures(ObjectNode node, Measurement measured) {
    node.put("p50", measured.p50()).put("p95", measured.p95());
    node.put("min", measured.min()).put("cold", measured.cold());
  }

  /** Each lane of ours beside the lane outside that matters most. */
  private static void ratios(RowResult row, ObjectNode node) {
    row.yardstick()
        .ifPresent(yardstick ->
            row.lanes().keySet().stream()
                .filter(lane -> lane.ours())
                .forEach(lane -> {
                  double ratio = row.ratio(lane, yardstick).orElse(Double.NaN);
                  if (Double.isFinite(ratio)) {
                    node.put(lane.label() + " : " + yardstick.label(), ratio);
                  }
                }));
  }

  private static String resource(String name) throws IOException {
    try (@Nullable InputStream found = HtmlReport.class.getResourceAsStream(name)) {
      if (found == null) {
        throw new IOException("A part of the report is not on the class path: " + name);
      }
      return new String(found.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static String digest(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return "sha256-" + Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(String.format(Locale.ROOT, "%s: %s", "SHA-256", e), e);
    }
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
