package io.vivarium.bench.result;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Results as JSON: samples in milliseconds, memory in bytes. */
public final class ResultsFile {
  private static final int FORMAT = 1;
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** Samples are kept to a tenth of a microsecond. */
  private static final double UNITS_PER_MILLI = 1e4;

  private ResultsFile() {}

  /** Writes a file, or replaces one at once. */
  public static void write(Path file, Results results) throws IOException {
    ObjectNode root = JSON.createObjectNode();
    root.put("format", FORMAT);
    ObjectNode provenance = root.putObject("provenance");
    results.provenance().forEach(provenance::put);
    ArrayNode rows = root.putArray("rows");
    for (RowResult row : results.rows()) {
      ObjectNode node = rows.addObject().put("row", row.row());
      row.lanes().forEach((lane, measured) -> write(node.putObject(lane.label()), measured));
    }
    Path temporary = file.resolveSibling(file.getFileName() + ".new");
    Files.writeString(temporary, text(root));
    Files.move(temporary, file, StandardCopyOption.REPLACE_EXISTING);
  }

  /** A line for each row and lane, so that a change of one is a change of one line. */
  private static String text(ObjectNode root) {
    StringBuilder out = new StringBuilder("{\"format\": ").append(FORMAT);
    out.append(",\n\"provenance\": ")
        .append(root.get("provenance").toPrettyString())
        .append(",\n\"rows\": [");
    String between = "";
    for (JsonNode row : root.get("rows")) {
      out.append(between).append("\n{\"row\": ").append(row.get("row"));
      row.propertyStream()
          .filter(entry -> !entry.getKey().equals("row"))
          .forEach(entry ->
              out.append(",\n  \"").append(entry.getKey()).append("\": ").append(entry.getValue()));
      out.append('}');
      between = ",";
    }
    return out.append("\n]}\n").toString();
  }

  private static void write(ObjectNode node, Measurement measured) {
    node.put("p50", rounded(measured.p50()));
    node.put("cold", rounded(measured.cold()));
    measured.memory().ifPresent(memory -> node.put("memory", memory));
    ArrayNode samples = node.putArray("warm");
    measured.warm().forEach(sample -> samples.add(rounded(sample)));
  }

  private static double rounded(double millis) {
    return Math.round(millis * UNITS_PER_MILLI) / UNITS_PER_MILLI;
  }

  /**
   * Reads a file.
   *
   * @throws IOException also when it is not what {@link #write} writes; the message says why
   */
  public static Results read(Path file) throws IOException {
    try {
      JsonNode root = JSON.readTree(Files.readString(file));
      if (root.path("format").asInt(0) != FORMAT) {
        throw new IOException(file + ": not a file of benchmark results of format " + FORMAT);
      }
      Map<String, String> provenance = new LinkedHashMap<>();
      root.required("provenance")
          .propertyStream()
          .forEach(entry -> provenance.put(entry.getKey(), entry.getValue().asString()));
      List<RowResult> rows = new ArrayList<>();
      for (JsonNode row : root.required("rows")) {
        rows.add(row(row));
      }
      return new Results(provenance, rows);
    } catch (JacksonException e) {
      throw new IOException(
          file + ": not a file of benchmark results: " + e.getOriginalMessage(), e);
    } catch (IllegalArgumentException e) {
      throw new IOException(file + ": not a file of benchmark results: " + e.getMessage(), e);
    }
  }

  private static RowResult row(JsonNode node) {
    Map<Lane, Measurement> lanes = new EnumMap<>(Lane.class);
    for (Lane lane : Lane.values()) {
      if (node.has(lane.label())) {
        lanes.put(lane, measurement(node.get(lane.label())));
      }
    }
    return new RowResult(node.required("row").asString(), lanes);
  }

  private static Measurement measurement(JsonNode node) {
    List<Double> warm = new ArrayList<>();
    for (JsonNode sample : node.required("warm")) {
      warm.add(sample.asDouble());
    }
    OptionalLong memory =
        node.has("memory") ? OptionalLong.of(node.get("memory").asLong()) : OptionalLong.empty();
    return new Measurement(node.required("cold").asDouble(), warm, memory);
  }
}
