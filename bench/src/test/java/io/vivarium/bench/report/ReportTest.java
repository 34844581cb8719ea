package io.vivarium.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.vivarium.bench.result.Lane;
import io.vivarium.bench.result.Measurement;
import io.vivarium.bench.result.Results;
import io.vivarium.bench.result.RowResult;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a report says, and that nothing in the results can make it say or do something else. */
final class ReportTest {
  private static final String ATTACK =
      "</script><script>alert(1)</script><img src=x> & | ` {{data}}";
  private static final JsonMapper JSON = JsonMapper.builder().build();

  @TempDir private Path folder;

  private static Measurement took(double... millis) {
    return new Measurement(
        millis[0] * 10, Arrays.stream(millis).boxed().toList(), OptionalLong.of(3 << 20));
  }

  private static Results results(String measured, RowResult... rows) {
    Map<String, String> provenance = new LinkedHashMap<>();
    provenance.put("measured", measured);
    provenance.put("processor", ATTACK);
    return new Results(provenance, List.of(rows));
  }

  private static RowResult stat(double ours) {
    return new RowResult(
        "fs/stat_storm", Map.of(Lane.NATIVE, took(0.1), Lane.WASM, took(ours, ours, 3 * ours)));
  }

  private static final RowResult LS =
      new RowResult("ecosystem/ls_100", Map.of(Lane.HOST, took(1.5), Lane.CMD, took(3)));
  private static final RowResult CREATE =
      new RowResult("startup/machine_create", Map.of(Lane.JAVA, took(0)));

  @Test
  void the_text_has_a_table_for_each_family() {
    String text = MarkdownReport.of(results("2026-11-24T10:00:00Z", stat(0.05), LS, CREATE));
    assertThat(text)
        .contains("## fs\n", "## ecosystem\n", "## startup\n")
        .contains(
            "| stat_storm | 100 us | 50.0 us | 0.50x | 150 us | 50.0 us | 500 us | 3.00 MiB |")
        .contains("| ls_100 | 1.50 ms | 3.00 ms | 2.00x |")
        .contains("&lt;/script>")
        .doesNotContain("<script");
  }

  @Test
  void every_line_of_a_table_has_as_many_cells_as_its_title() {
    String text = MarkdownReport.of(results("2026-11-24T10:00:00Z", stat(0.05), LS, CREATE));
    for (String family : text.split("\n## ", -1)) {
      List<String> lines = family.lines().filter(line -> line.startsWith("|")).toList();
      assertThat(lines.stream().map(line -> line.split("(?<!\\\\)\\|", -1).length).distinct())
          .as(family)
          .hasSize(1);
    }
  }

  @Test
  void the_page_has_everything_in_its_table_without_any_script() throws IOException {
    Document page = page(results("2026-11-24T10:00:00Z", stat(0.05), LS, CREATE), List.of());
    assertThat(page.select("#figures tbody th").eachText())
        .containsExactly("fs/stat_storm", "ecosystem/ls_100", "startup/machine_create");
    int columns = page.select("#figures thead th").size();
    assertThat(page.select("#figures tbody tr"))
        .allSatisfy(line -> assertThat(line.children()).hasSize(columns));
    assertThat(page.select("#figures td").eachText()).contains("0.50x", "2.00x", "3.00 MiB");
    assertThat(page.select("#provenance td").eachText()).contains(ATTACK);
  }

  @Test
  void nothing_in_the_results_becomes_a_part_of_the_page() throws IOException {
    RowResult attack =
        new RowResult("fs/" + ATTACK, Map.of(Lane.NATIVE, took(1), Lane.WASM, took(2)));
    Document page = page(results("2026-11-24T10:00:00Z", attack), List.of());
    assertThat(page.select("script")).hasSize(3);
    assertThat(page.select("img")).isEmpty();
    assertThat(data(page).at("/rows/0/row").asString()).isEqualTo("fs/" + ATTACK);
    assertThat(page.select("#figures tbody th").text()).isEqualTo("fs/" + ATTACK);
  }

  @Test
  void the_page_may_run_only_its_own_scripts_and_load_nothing() throws IOException {
    Document page = page(results("2026-11-24T10:00:00Z", stat(0.05)), List.of());
    String policy = page.select("meta[http-equiv=Content-Security-Policy]").attr("content");
    assertThat(policy).startsWith("default-src 'none';").doesNotContain("unsafe", "http", "*");
    List<Element> scripts = page.select("script:not([type])");
    assertThat(scripts).hasSize(2);
    for (Element script : scripts) {
      assertThat(policy).contains("'" + digest(script.data()) + "'");
    }
    assertThat(policy).contains("'" + digest(page.select("style").getFirst().data()) + "'");
    assertThat(page.select("[src], link, [style], [onclick]")).isEmpty();
  }

  @Test
  void history_is_what_was_measured_before_and_now() throws IOException {
    Results old = results("2026-11-20T10:00:00Z", stat(0.2));
    Results future = results("2026-12-01T10:00:00Z", stat(0.9));
    Results now = results("2026-11-24T10:00:00Z", stat(0.05), LS);
    assertThat(ReportFiles.history(now, List.of(old, now, future))).containsExactly(old, now);
    JsonNode history =
        data(Jsoup.parse(Files.readString(ReportFiles.write(folder, now, List.of(old))), ""))
            .get("history");
    assertThat(history).hasSize(2);
    assertThat(history.get(0).at("/rows/fs~1stat_storm/wasm : native").asDouble()).isEqualTo(2);
    assertThat(history.get(0).at("/rows").has("ecosystem/ls_100")).isFalse();
    assertThat(history.get(1).at("/rows/ecosystem~1ls_100/cmd : host").asDouble()).isEqualTo(2);
    assertThat(folder.resolve("report.md")).exists();
  }

  @Test
  void no_rows_are_no_reason_to_fail() throws IOException {
    Results nothing = results("2026-11-24T10:00:00Z");
    assertThat(MarkdownReport.of(nothing)).contains("measured");
    assertThat(page(nothing, List.of()).select("#figures tbody tr")).isEmpty();
  }

  /** Runs the script of the page with the chart library, and looks at what they draw. */
  @Test
  void the_charts_draw_every_row_of_every_lane() throws IOException, InterruptedException {
    Results now = results("2026-11-24T10:00:00Z", stat(0.05), LS, CREATE);
    Document page = page(now, List.of(results("2026-11-20T10:00:00Z", stat(0.2)), now));
    List<Element> scripts = page.select("script:not([type])");
    Files.writeString(folder.resolve("echarts.js"), scripts.get(0).data());
    Files.writeString(
        folder.resolve("page.js"), scripts.get(1).data() + "\nmodule.exports = report;\n");
    Files.writeString(folder.resolve("data.json"), page.select("#data").getFirst().data());
    try (InputStream draw = ReportTest.class.getResourceAsStream("draw.js")) {
      Files.write(folder.resolve("draw.js"), Objects.requireNonNull(draw).readAllBytes());
    }
    Path drawn = folder.resolve("drawn.json");
    Process node =
        new ProcessBuilder("node", "draw.js")
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(drawn.toFile())
            .start();
    assertThat(node.waitFor(2, TimeUnit.MINUTES)).isTrue();
    assertThat(node.exitValue()).as(Files.readString(drawn)).isZero();
    JsonNode charts = JSON.readTree(Files.readString(drawn));
    // Medians and the lines to the 95th percentiles of two lanes.
    assertThat(charts.at("/lanes of fs/dots").asInt()).isEqualTo(2);
    assertThat(charts.at("/lanes of fs/text").asString())
        .contains("stat_storm", "native", "wasm", "us");
    assertThat(charts.at("/lanes of startup/dots").asInt()).isEqualTo(1);
    assertThat(charts.at("/ratios/dots").asInt()).isEqualTo(2);
    assertThat(charts.at("/ratios/text").asString())
        .contains("fs/stat_storm", "ecosystem/ls_100", "1x", "3x");
    assertThat(charts.at("/history/dots").asInt()).isEqualTo(2);
    assertThat(charts.at("/history/text").asString()).contains("2026-11-20", "2026-11-24");
  }

  private static Document page(Results results, List<Results> history) throws IOException {
    return Jsoup.parse(HtmlReport.of(results, history));
  }

  private static JsonNode data(Document page) {
    return JSON.readTree(page.select("#data").getFirst().data());
  }

  private static String digest(String text) {
    try {
      return "sha256-"
          + Base64.getEncoder()
              .encodeToString(
                  MessageDigest.getInstance("SHA-256")
                      .digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
