package io.vivarium.conformance.launcher;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.stream.Stream;

/** The application and the archive that the build has made, and copies of them. */
final class Applications {
  /** The root of the repository; tests run in the directory of their module. */
  static final Path ROOT = Path.of("").toAbsolutePath().getParent();

  /** The application as a directory. */
  static final Path BUILT = Path.of(System.getProperty("vivarium.application"));

  private Applications() {}

  /** Returns the archive of the application. */
  static Path archive() throws IOException {
    try (Stream<Path> siblings = Files.list(BUILT.getParent())) {
      return siblings.filter(file -> file.toString().endsWith(".tar.gz")).findAny().orElseThrow();
    }
  }

  /**
   * Copies the application, with the modes and times of its files, but without its start-up cache
   * and the guest programs it carries.
   */
  static void copyTo(Path target) throws IOException {
    try (Stream<Path> files = Files.walk(BUILT)) {
      files
          .filter(file -> !file.startsWith(BUILT.resolve("aot")))
          .filter(file -> !file.startsWith(BUILT.resolve("packages")))
          .forEach(file -> copy(file, target.resolve(BUILT.relativize(file).toString())));
    }
  }

  private static void copy(Path file, Path copy) {
    try {
      Files.createDirectories(copy.getParent());
      Files.copy(
          file, copy, StandardCopyOption.COPY_ATTRIBUTES, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
