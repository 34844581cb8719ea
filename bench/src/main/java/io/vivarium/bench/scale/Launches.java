package io.vivarium.bench.scale;

import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What begins with a new JVM: the command line, and an application that makes its first machine.
 * Thread-safe; two launches at the same time are in each other's way.
 */
public final class Launches {
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final Path checkout;

  /** Launches {@code viv} of a checkout. */
  public Launches(Path checkout) {
    this.checkout = checkout;
  }

  /**
   * Runs {@code ./viv exec -- true} without a start-up cache.
   *
   * @return what it took from starting the process to its end, nanoseconds
   */
  public long vivWithoutCache() throws IOException, InterruptedException {
    return viv(Map.of("VIV_AOT", "off"));
  }

  /** As {@link #vivWithoutCache} with the start-up cache, once an earlier launch has made it. */
  public long viv() throws IOException, InterruptedException {
    return viv(Map.of());
  }

  /**
   * Calls {@code Vivarium.create()} in a new JVM with the options of this one.
   *
   * @return what the call took, nanoseconds
   */
  public static long create() throws IOException, InterruptedException {
    return first("create");
  }

  /** As {@link #create} with a machine and {@code true} in it. */
  public static long firstCommand() throws IOException, InterruptedException {
    return first("true");
  }

  private long viv(Map<String, String> environment) throws IOException, InterruptedException {
    String viv = checkout.resolve("viv").toString();
    ProcessBuilder command =
        new ProcessBuilder(viv, "exec", "--", "true").directory(checkout.toFile());
    command.environment().putAll(environment);
    waitForStartUpCache();
    long start = System.nanoTime();
    output(command);
    return System.nanoTime() - start;
  }

  /** A launch may make the start-up cache in the background, which the next one would feel. */
  private void waitForStartUpCache() throws IOException, InterruptedException {
    Instant end = Instant.now().plus(PATIENCE);
    while (isMakingStartUpCache() && Instant.now().isBefore(end)) {
      Thread.sleep(100);
    }
  }

  private boolean isMakingStartUpCache() throws IOException {
    Path current = checkout.resolve(".viv/current");
    if (!Files.exists(current)) {
      return false;
    }
    Path caches = checkout.resolve(".viv/app/" + Files.readString(current).strip() + "/aot");
    if (!Files.isDirectory(caches)) {
      return false;
    }
    try (Stream<Path> files = Files.list(caches)) {
      return files.anyMatch(file -> file.toString().endsWith(".lock"));
    }
  }

  private static long first(String what) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(FirstMachine.class.getName());
    command.add(what);
    return Long.parseLong(output(new ProcessBuilder(command)).strip());
  }

  private static String output(ProcessBuilder command) throws IOException, InterruptedException {
    Process process =
        command
            .redirectInput(new File("/dev/null"))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int status = process.waitFor();
    if (status != 0) {
      throw new IOException(command.command() + " ended with status " + status);
    }
    return text;
  }
}
