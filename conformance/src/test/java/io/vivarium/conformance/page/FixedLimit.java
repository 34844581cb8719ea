package io.vivarium.conformance.page;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A constant in the sources whose name looks like a limit.
 *
 * @param type the class it is in
 * @param name its name
 * @param value its value, as it is written
 * @param meaning the first sentence of its comment; empty when it has none
 */
record FixedLimit(String type, String name, String value, String meaning) {
  private static final List<String> MODULES = List.of("kernel", "wasm", "software", "vivarium");
  private static final Pattern CONSTANT =
      Pattern.compile(
          "^ +(?:public |private |protected )?static final (?:int|long|Duration) "
              + "(\\w*(?:MAX|MOST|LIMIT|CAPACITY|PATIENCE|TIMEOUT)\\w*)\\s*=\\s*([^;]+);",
          Pattern.MULTILINE);
  private static final Pattern COMMENT =
      Pattern.compile("/\\*\\*((?:(?!/\\*\\*).)*)\\*/\\s*$", Pattern.DOTALL);

  /** All of them, by module and file. */
  static List<FixedLimit> all() throws IOException {
    List<FixedLimit> limits = new ArrayList<>();
    for (String module : MODULES) {
      Path sources = GeneratedPage.root().resolve(module).resolve("src/main/java");
      try (Stream<Path> files = Files.walk(sources)) {
        for (Path file : files.filter(FixedLimit::isSource).sorted().toList()) {
          limits.addAll(in(file));
        }
      }
    }
    return limits;
  }

  private static boolean isSource(Path file) {
    return file.toString().endsWith(".java");
  }

  private static List<FixedLimit> in(Path file) throws IOException {
    List<FixedLimit> limits = new ArrayList<>();
    String text = Files.readString(file);
    String type = file.getFileName().toString().replace(".java", "");
    Matcher constant = CONSTANT.matcher(text);
    while (constant.find()) {
      String value = constant.group(2).replaceAll("\\s+", " ");
      limits.add(new FixedLimit(type, constant.group(1), value, meaning(text, constant.start())));
    }
    return limits;
  }

  private static String meaning(String text, int end) {
    Matcher comment = COMMENT.matcher(text.substring(Math.max(0, end - 1000), end));
    if (!comment.find()) {
      return "";
    }
    return comment.group(1).replaceAll("\\s*\\n\\s*\\*\\s*", " ").replaceAll("<p>.*", "").strip();
  }
}
