package io.vivarium.kernel.fs.nio;

import static io.vivarium.kernel.errno.Errno.EINVAL;
import static io.vivarium.kernel.errno.Errno.ENAMETOOLONG;
import static io.vivarium.kernel.errno.Errno.ENOENT;

import io.vivarium.kernel.text.ByteStrings;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Names of the machine as names of a provider. What is not exactly one component there, under the
 * provider's own rules about separators, drives and dots, is no name here.
 */
final class ProviderNames {
  /** NAME_MAX of Linux, whatever the provider would take. */
  private static final int LONGEST = 255;

  private ProviderNames() {}

  /**
   * The path of a name in a directory.
   *
   * @throws io.vivarium.kernel.errno.ErrnoException ENOENT for an empty name, ENAMETOOLONG for more
   *     than 255 bytes, EINVAL for what the provider does not take as one component
   */
  static Path resolve(Path directory, String name) {
    if (name.isEmpty()) {
      throw ENOENT.exception();
    }
    if (!isComponent(name)) {
      throw EINVAL.exception();
    }
    if (ByteStrings.length(name) > LONGEST) {
      throw ENAMETOOLONG.exception();
    }
    Path path;
    try {
      path = directory.resolve(name);
    } catch (RuntimeException e) {
      throw EINVAL.exception();
    }
    if (path.getNameCount() != directory.getNameCount() + 1
        || !directory.equals(path.getParent())
        || !name.equals(nameOf(path))) {
      throw EINVAL.exception();
    }
    return path;
  }

  /** The last component of a provider's path, null when it is none that a machine can use. */
  static @Nullable String nameOf(Path path) {
    Path last = path.getFileName();
    if (last == null) {
      return null;
    }
    String name = last.toString();
    if (name.endsWith("/")) {
      name = name.substring(0, name.length() - 1); // how some providers mark directories
    }
    return isComponent(name) ? name : null;
  }

  private static boolean isComponent(String name) {
    return !name.isEmpty()
        && !name.equals(".")
        && !name.equals("..")
        && name.indexOf('/') < 0
        && name.indexOf('\0') < 0;
  }
}
