package io.vivarium.cli;

import io.vivarium.Mount;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/**
 * A directory of the host and where guests see it.
 *
 * @param host the directory; it is there
 * @param guest the absolute path of the mount point
 * @param isReadOnly whether guests may not write
 */
record HostMount(Path host, String guest, boolean isReadOnly) {
  /** Reads {@code HOST:GUEST[:ro]}. The host's part may hold colons, the guest's may not. */
  static HostMount parse(String text) {
    boolean isReadOnly = text.endsWith(":ro");
    String places =
        isReadOnly || text.endsWith(":rw") ? text.substring(0, text.length() - 3) : text;
    int colon = places.lastIndexOf(":/");
    if (colon <= 0) {
      throw new UsageError(
          "--mount takes HOST:GUEST[:ro] with an absolute guest path, such as .:/work:ro, not '"
              + text
              + "'");
    }
    Path host = directory("--mount", places.substring(0, colon));
    return new HostMount(host, places.substring(colon + 1), isReadOnly);
  }

  /** A directory of the host that an option names. */
  static Path directory(String option, String text) {
    try {
      Path path = Path.of(text).toAbsolutePath();
      if (Files.isDirectory(path)) {
        return path;
      }
      throw new UsageError(
          option
              + ": "
              + text
              + (Files.exists(path) ? " is not a directory" : " does not exist on the host"));
    } catch (InvalidPathException e) {
      throw new UsageError(option + ": no host path: " + e.getReason());
    }
  }

  /** What the facade is to mount. */
  Mount mount() {
    Mount mount = Mount.hostDirectory(host);
    return isReadOnly ? mount.readOnly() : mount;
  }
}
