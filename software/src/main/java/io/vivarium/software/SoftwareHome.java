package io.vivarium.software;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where installed software and compiled code live on the host: once per user, shared by all
 * machines of all JVMs.
 *
 * @param packages installed packages, a folder each
 * @param code compiled code
 */
public record SoftwareHome(Path packages, Path code) {
  /** The environment variable that names another place. */
  public static final String VARIABLE = "VIVARIUM_HOME";

  /** The home below one folder. */
  public static SoftwareHome at(Path folder) {
    return new SoftwareHome(folder.resolve("packages"), folder.resolve("code"));
  }

  /**
   * The home of the user who runs this JVM: VIVARIUM_HOME, else "vivarium" in XDG_CACHE_HOME or in
   * ~/.cache.
   */
  public static SoftwareHome ofUser() {
    String named = set(System.getenv(VARIABLE));
    if (named != null) {
      return at(Path.of(named));
    }
    String cache = set(System.getenv("XDG_CACHE_HOME"));
    Path base = cache != null ? Path.of(cache) : Path.of(System.getProperty("user.home"), ".cache");
    return at(base.resolve("vivarium"));
  }

  /** This home with packages that lie elsewhere, such as in a packaged viv. */
  public SoftwareHome withPackages(Path folder) {
    return new SoftwareHome(folder, code);
  }

  private static @Nullable String set(@Nullable String value) {
    return value == null || value.isEmpty() ? null : value;
  }
}
