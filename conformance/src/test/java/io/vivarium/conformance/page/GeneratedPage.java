package io.vivarium.conformance.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A page of the documentation that is made from what the tests know. */
public final class GeneratedPage {

  private static final String WRITE = "conformance.write";

  private GeneratedPage() {}

  /**
   * Fails unless {@code docs/NAME} holds the text; with the system property {@code
   * conformance.write} it writes the text there instead.
   */
  public static void holds(String name, String text) throws IOException {
    Path page = root().resolve("docs").resolve(name);
    if (System.getProperty(WRITE) != null) {
      Files.createDirectories(page.getParent());
      Files.writeString(page, text);
      return;
    }
    assertThat(page)
        .as("docs/%s is written by running this test with -D%s", name, WRITE)
        .exists()
        .hasContent(text);
  }

  /** The root of the source tree: the nearest directory upwards that holds the module. */
  public static Path root() {
    Path directory = Path.of("").toAbsolutePath();
    while (!Files.isRegularFile(directory.resolve("conformance/pom.xml"))) {
      directory = directory.getParent();
      if (directory == null) {
        throw new IllegalStateException("the tests do not run inside the source tree");
      }
    }
    return directory;
  }
}
