package io.vivarium.cli;

import io.vivarium.SoftwareEntry;
import java.io.StringWriter;
import java.util.List;
import java.util.Locale;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** The installed commands written down: for people, and for programs. */
final class SoftwareList {
  private SoftwareList() {}

  /** A line for each command, in columns. */
  static String table(List<SoftwareEntry> entries) {
    int command = "COMMAND".length();
    int origin = "PACKAGE".length();
    int licence = "LICENCE".length();
    for (SoftwareEntry entry : entries) {
      command = Math.max(command, entry.command().length());
      origin = Math.max(origin, origin(entry).length());
      licence = Math.max(licence, entry.licence().length());
    }
    String form = "%-" + command + "s  %9s  %-8s  %-" + licence + "s  %-" + origin + "s";
    StringBuilder table = new StringBuilder();
    line(table, form, "COMMAND", "SIZE", "COMPILED", "LICENCE", "PACKAGE");
    for (SoftwareEntry entry : entries) {
      line(
          table,
          form,
          entry.command(),
          ByteSize.format(entry.bytes()),
          entry.compiled() ? "yes" : "no",
          entry.licence(),
          origin(entry));
    }
    return table.toString();
  }

  /** An array with an object for each command. */
  static String json(List<SoftwareEntry> entries) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(ObjectWriteContext.empty(), text)) {
      json.writeStartArray();
      for (SoftwareEntry entry : entries) {
        json.writeStartObject();
        json.writeStringProperty("command", entry.command());
        json.writeStringProperty("package", entry.packageName());
        json.writeStringProperty("version", entry.version());
        json.writeStringProperty("licence", entry.licence());
        json.writeNumberProperty("bytes", entry.bytes());
        json.writeBooleanProperty("compiled", entry.compiled());
        json.writeEndObject();
      }
      json.writeEndArray();
    }
    return text + "\n";
  }

  private static String origin(SoftwareEntry entry) {
    return entry.packageName() + "@" + entry.version();
  }

  @SuppressWarnings("AnnotateFormatMethod") // the form is a column layout, a constant of this class
  private static void line(StringBuilder table, String form, Object... cells) {
    table.append(String.format(Locale.ROOT, form, cells).stripTrailing()).append('\n');
  }
}
