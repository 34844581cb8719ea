package io.vivarium.conformance.repository;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The checkout the tests run in, as a reader finds it: without what builds and tools leave behind.
 */
final class Repository {
  private static final Set<String> NOT_OURS =
      Set.of("target", "node_modules", ".git", ".viv", ".idea", ".vscode", ".claude");

  private final Path root;

  private Repository(Path root) {
    this.root = root;
  }

  /** Returns the repository that holds the working directory. */
  static Repository here() {
    Path start = Path.of("").toAbsolutePath();
    for (Path directory = start; directory != null; directory = directory.getParent()) {
      if (Files.exists(directory.resolve("mvnw"))) {
        return new Repository(directory);
      }
    }
    throw new IllegalStateException("No repository above " + start);
  }

  Path root() {
    return root;
  }

  /** Returns every file of the repository. */
  List<Path> files() throws IOException {
    List<Path> files = new ArrayList<>();
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
            return NOT_OURS.contains(directory.getFileName().toString())
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            // In a linked worktree .git is a file, and it names the place of the main one.
            if (attributes.isRegularFile() && !file.getFileName().toString().equals(".git")) {
              files.add(file);
            }
            return FileVisitResult.CONTINUE;
          }
        });
    return files;
  }

  /** Returns the text of a file, or nothing if it holds something else. */
  static Optional<String> text(Path file) throws IOException {
    try {
      return Optional.of(Files.readString(file));
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }
}
