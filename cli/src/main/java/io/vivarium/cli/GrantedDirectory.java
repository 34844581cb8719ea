package io.vivarium.cli;

import io.vivarium.Mount;
import java.nio.file.Path;

/**
 * A directory of the host that a preview 1 program is given.
 *
 * @param host the directory; it is there
 * @param name what the program knows it by
 * @param path where it is in the machine, absolute
 * @param isReadOnly whether the program may not write
 */
record GrantedDirectory(Path host, String name, String path, boolean isReadOnly) {
  private static final String SEPARATOR = "::";

  /**
   * Reads {@code HOST[::GUEST]}. Without a guest name the program knows the directory by the name
   * it has here, as in {@code --dir .}.
   *
   * @param index how many there are before it
   */
  static GrantedDirectory parse(String option, String text, int index, boolean isReadOnly) {
    int separator = text.indexOf(SEPARATOR);
    String host = separator < 0 ? text : text.substring(0, separator);
    String name = separator < 0 ? text : text.substring(separator + SEPARATOR.length());
    if (host.isEmpty() || name.isEmpty()) {
      throw new UsageError(option + " takes HOST[::GUEST], such as .::/data, not '" + text + "'");
    }
    // Nothing else of the machine can be seen from these; the program only knows the name.
    return new GrantedDirectory(
        HostMount.directory(option, host), name, "/mnt/" + index, isReadOnly);
  }

  /** What the facade is to mount. */
  Mount mount() {
    Mount mount = Mount.hostDirectory(host);
    return isReadOnly ? mount.readOnly() : mount;
  }
}
