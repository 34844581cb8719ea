package io.vivarium.conformance.shell;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The programs of the host that snippets may call: those, and only those, that a machine has too.
 *
 * <p>They are symbolic links in one directory, which is the whole {@code PATH} of a snippet, so a
 * snippet that calls anything else fails on the host already.
 */
final class HostTools {

  /** Where the distribution names a program differently, or has several of that name. */
  private static final Map<String, List<String>> OTHER_NAMES =
      Map.of("awk", List.of("gawk"), "fd", List.of("fdfind", "fd"));

  private static final List<String> FOLDERS =
      List.of("/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin", "/sbin");

  private HostTools() {}

  /**
   * Where the host keeps a program.
   *
   * @throws IllegalStateException if the host does not have it
   */
  static Path require(String name) {
    return find(name)
        .orElseThrow(() -> new IllegalStateException("the host has no program named " + name));
  }

  /** What distributions call a program, the usual name first. */
  static List<String> names(String name) {
    return OTHER_NAMES.getOrDefault(name, List.of(name));
  }

  /** Where the host keeps a program, if it has it. */
  static Optional<Path> find(String name) {
    for (String candidate : names(name)) {
      for (String folder : folders()) {
        Path file = Path.of(folder, candidate);
        if (Files.isRegularFile(file) && Files.isExecutable(file)) {
          return Optional.of(file);
        }
      }
    }
    return Optional.empty();
  }

  /** Fills a directory with links to those of the named programs that the host has. */
  static void link(List<String> names, Path directory) throws IOException {
    for (String name : names) {
      Optional<Path> program = find(name);
      if (program.isPresent()) {
        Files.createSymbolicLink(directory.resolve(name), program.get());
      }
    }
  }

  private static List<String> folders() {
    List<String> folders = new ArrayList<>(FOLDERS);
    String path = System.getenv("PATH");
    if (path != null) {
      folders.addAll(List.of(path.split(File.pathSeparator, -1)));
    }
    return folders;
  }
}
