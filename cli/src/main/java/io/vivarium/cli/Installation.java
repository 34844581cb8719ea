package io.vivarium.cli;

import io.vivarium.Vivarium;
import io.vivarium.VivariumEvent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The software that {@code viv} runs: what its copy carries, or else what its user has installed.
 */
final class Installation {
  private Installation() {}

  /** Opens it, and installs it first when it is missing; the user sees how that goes on. */
  static Vivarium open() {
    try (ProgressReport report = ProgressReport.onStandardError()) {
      return builder().progress(report).create();
    }
  }

  /**
   * Opens it in the same way.
   *
   * @param guestMemory bytes that guests can hold; null for the default
   * @param listener hears what becomes of that
   */
  static Vivarium open(@Nullable Long guestMemory, Consumer<VivariumEvent> listener) {
    try (ProgressReport report = ProgressReport.onStandardError()) {
      Vivarium.Builder builder = builder().progress(report).onEvent(listener);
      return (guestMemory == null ? builder : builder.guestMemory(guestMemory)).create();
    }
  }

  /** What opens it. */
  static Vivarium.Builder builder() {
    Vivarium.Builder builder = Vivarium.builder();
    Path carried = carriedPackages();
    return carried == null ? builder : builder.packages(carried);
  }

  /** The packages that this copy of {@code viv} carries; null when it carries none. */
  static @Nullable Path carriedPackages() {
    String home = System.getProperty("viv.home");
    if (home == null) {
      return null;
    }
    Path packages = Path.of(home, "packages");
    return Files.isDirectory(packages) ? packages : null;
  }
}
