package io.vivarium.bench.matrix;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Programs of the host. */
final class HostProgram {
  /** The environment of what is measured, in machines too. */
  static final Map<String, String> ENVIRONMENT =
      Map.of("LC_ALL", "C", "GIT_CONFIG_NOSYSTEM", "1", "GIT_CONFIG_GLOBAL", "/dev/null");

  private static final int PATIENCE_MINUTES = 5;

  private HostProgram() {}

  /** A program on the PATH. */
  static Optional<Path> find(String name) {
    return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
        .filter(folder -> !folder.isEmpty())
        .map(folder -> Path.of(folder, name))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /**
   * Runs a program and returns what it printed on standard output. What it writes to standard error
   * is in the message when it fails.
   *
   * @throws IOException when it can not be started, fails, or takes minutes
   */
  static String output(List<String> command, Path directory)
      throws IOException, InterruptedException {
    Path errors = Files.createTempFile("bench", ".err");
    try {
      ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
      builder.environment().keySet().removeIf(name -> name.startsWith("GIT_"));
      builder.environment().putAll(ENVIRONMENT);
      Process process =
          builder.redirectInput(new File("/dev/null")).redirectError(errors.toFile()).start();
      Thread watch = Thread.ofVirtual().start(() -> killLate(process));
      String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      int status = process.waitFor();
      watch.interrupt();
      if (status != 0) {
        String reason = Files.readString(errors).strip();
        throw new IOException(
            "%s ended with status %d: %s".formatted(String.join(" ", command), status, reason));
      }
      return text;
    } finally {
      Files.delete(errors);
    }
  }

  private static void killLate(Process process) {
    try {
      if (!process.waitFor(PATIENCE_MINUTES, TimeUnit.MINUTES)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      // It ended by itself.
    }
  }
}
