package io.vivarium.wasm.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.Set;

/**
 * Makes sure that a directory is ours alone to write: its files become code of this JVM. On a file
 * system without owners and permissions there is nothing to check.
 */
final class CacheDirectory {
  private static final Set<PosixFilePermission> PRIVATE =
      PosixFilePermissions.fromString("rwx------");

  private CacheDirectory() {}

  /**
   * Creates the directory if it is not there, private to its owner, and checks it if it is.
   *
   * @throws IOException when it can not be created or is not private; the message says what to do
   */
  static void prepare(Path directory) throws IOException {
    boolean posix = directory.getFileSystem().supportedFileAttributeViews().contains("posix");
    if (!Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
      if (posix) {
        Files.createDirectories(directory, PosixFilePermissions.asFileAttribute(PRIVATE));
      } else {
        Files.createDirectories(directory);
      }
    }
    if (posix) {
      check(directory);
    }
  }

  private static void check(Path directory) throws IOException {
    PosixFileAttributes found =
        Files.readAttributes(directory, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    if (!found.isDirectory()) {
      throw new IOException("the code cache " + directory + " is not a directory");
    }
    if (found.permissions().contains(PosixFilePermission.GROUP_WRITE)
        || found.permissions().contains(PosixFilePermission.OTHERS_WRITE)) {
      throw new IOException(
          "the code cache "
              + directory
              + " can be written by others; take that away with: chmod go-w "
              + directory);
    }
    if (!found.owner().equals(self(directory))) {
      throw new IOException(
          "the code cache "
              + directory
              + " belongs to "
              + found.owner()
              + ", not to the user of this process; use another directory");
    }
  }

  /** Who owns what we own, as the file system sees it. */
  private static UserPrincipal self(Path directory) throws IOException {
    Path process = Path.of("/proc/self");
    if (Files.exists(process)) {
      return Files.getOwner(process);
    }
    Path probe = Files.createTempFile(directory, "owner", ".tmp");
    try {
      return Files.getOwner(probe, LinkOption.NOFOLLOW_LINKS);
    } finally {
      Files.deleteIfExists(probe);
    }
  }
}
