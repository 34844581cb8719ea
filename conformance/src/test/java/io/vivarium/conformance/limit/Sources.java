package io.vivarium.conformance.limit;

import io.vivarium.conformance.page.GeneratedPage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The Java sources of the product, by their paths below the root of the checkout. */
final class Sources {
  private static final List<String> MODULES =
      List.of("kernel", "wasm", "software", "vivarium", "cli");

  private Sources() {}

  /** What ships. */
  static Map<String, String> main() throws IOException {
    return below("src/main/java");
  }

  /** The tests of the modules that ship. */
  static Map<String, String> tests() throws IOException {
    return below("src/test/java");
  }

  private static Map<String, String> below(String folder) throws IOException {
    Map<String, String> sources = new TreeMap<>();
    Path root = GeneratedPage.root();
    for (String module : MODULES) {
      try (Stream<Path> files = Files.walk(root.resolve(module).resolve(folder))) {
        for (Path file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
          sources.put(root.relativize(file).toString(), Files.readString(file));
        }
      }
    }
    return sources;
  }
}
