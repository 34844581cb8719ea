package io.vivarium.conformance.shell;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** All snippets, in the order in which {@code shell/index} names their files. */
final class Corpus {

  private static final String FOLDER = "/shell/";

  private Corpus() {}

  /** Reads every case file. */
  static List<ShellCase> all() {
    List<ShellCase> cases = new ArrayList<>();
    for (String fileName : fileNames()) {
      cases.addAll(CaseFile.parse(fileName, resource(FOLDER + fileName)));
    }
    return List.copyOf(cases);
  }

  static List<String> fileNames() {
    return resource(FOLDER + "index").lines().filter(line -> !line.isBlank()).toList();
  }

  /** The text of a resource of this module. */
  static String resource(String name) {
    try (InputStream stream = Corpus.class.getResourceAsStream(name)) {
      if (stream == null) {
        throw new IllegalArgumentException("no resource " + name);
      }
      return new String(stream.readAllBytes(), UTF_8);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
