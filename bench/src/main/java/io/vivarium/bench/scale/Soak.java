package io.vivarium.bench.scale;

import io.vivarium.Vivarium;
import io.vivarium.bench.Facts;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Uses machines for everything, for a long time, and compares what the JVM holds at the end with
 * what it held near the beginning. {@code bench/soak} starts it, in a JVM of its own.
 *
 * <p>The argument is how many minutes. Exit status: 0 when all stays flat, 1 when something grows
 * or does not work, 2 for a wrong argument, 3 when it does not come to an end.
 */
public final class Soak {
  private static final int WORKERS = 2;
  private static final int DEFAULT_MINUTES = 30;
  private static final Duration STRETCH = Duration.ofMinutes(1);

  /** Parts of a soak, at least: fewer can not be compared. */
  private static final int STRETCHES = 10;

  /** How long compiled code may take to be all there, and how long a stretch may overrun. */
  private static final Duration GRACE = Duration.ofMinutes(6);

  private static final Duration STILL = Duration.ofSeconds(5);

  /** How often is looked whether the memory of guests has come back. */
  private static final Duration GLANCE = Duration.ofMillis(50);

  private static final int FAILURES_SHOWN = 20;

  private final Vivarium vivarium;
  private final Path folder;
  private final PrintStream out;
  private final List<Footprint> footprints = new ArrayList<>();
  private final List<String> failures = new ArrayList<>();

  /**
   * A soak.
   *
   * @param vivarium what makes the machines
   * @param folder an empty folder of the host for the soak's own files
   */
  Soak(Vivarium vivarium, Path folder, PrintStream out) {
    this.vivarium = vivarium;
    this.folder = folder;
    this.out = out;
  }

  /** Soaks for as many minutes as the argument says. */
  public static void main(String[] arguments) throws Exception {
    int minutes = minutes(arguments);
    if (minutes < 1) {
      System.err.println("bench/soak [MINUTES]: a number from 1 on");
      System.exit(2);
    }
    Duration time = Duration.ofMinutes(minutes);
    stopAfter(time.plus(GRACE).plus(GRACE));
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    out.println("    $ " + System.getProperty("vivarium.bench.command", "Soak"));
    Facts.lines().forEach(line -> out.println("    " + line));
    out.println();
    Path folder = Path.of(System.getProperty("vivarium.soak.folder", "."));
    Vivarium.Builder builder = Vivarium.builder();
    Path packages = builder.packagesFolder();
    boolean flat;
    try (Vivarium vivarium =
        builder
            .packages(packages)
            .home(folder.resolve("home"))
            .progress((step, done, of) -> {})
            .create()) {
      Path files = Files.createDirectories(folder.resolve("files"));
      flat = new Soak(vivarium, files, out).run(time);
    }
    System.exit(flat ? 0 : 1);
  }

  private static int minutes(String[] arguments) {
    try {
      return arguments.length == 0 ? DEFAULT_MINUTES : Integer.parseInt(arguments[0]);
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  /** Whatever happens, this JVM does not run for ever. */
  private static void stopAfter(Duration time) {
    Thread.ofPlatform()
        .daemon()
        .name("soak-end")
        .start(() -> {
          try {
            Thread.sleep(time);
            System.err.println("The soak does not come to an end:");
            for (Map.Entry<Thread, StackTraceElement[]> thread :
                Thread.getAllStackTraces().entrySet()) {
              System.err.println(thread.getKey());
              for (StackTraceElement frame : thread.getValue()) {
                System.err.println("    at " + frame);
              }
            }
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          Runtime.getRuntime().halt(3);
        });
  }

  /**
   * Soaks.
   *
   * @return whether all worked and stayed flat
   */
  boolean run(Duration time) throws IOException, InterruptedException {
    Duration stretch = time.dividedBy(STRETCHES);
    if (stretch.compareTo(STRETCH) > 0) {
      stretch = STRETCH;
    }
    List<SoakWork> works = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(WORKERS)) {
      for (int i = 0; i < WORKERS; i++) {
        Path own = Files.createDirectories(folder.resolve("worker-" + i));
        works.add(new SoakWork(vivarium, own, i));
      }
      together(threads, works, SoakWork::all);
      waitForCompiledCode();
      out.println("minute   pieces" + Footprint.header());
      note(works, Duration.ZERO);
      long start = System.nanoTime();
      for (long left = time.dividedBy(stretch); left > 0; left--) {
        long end = System.nanoTime() + stretch.toNanos();
        together(
            threads,
            works,
            work -> {
              do {
                work.one();
              } while (System.nanoTime() < end);
            });
        Duration since = Duration.ofNanos(System.nanoTime() - start);
        waitForGuestMemory();
        note(works, since);
      }
    } finally {
      works.forEach(SoakWork::close);
    }
    return verdict();
  }

  @FunctionalInterface
  private interface Action {
    void run(SoakWork work) throws Exception;
  }

  /** All workers at once, until all are done. */
  private void together(ExecutorService threads, List<SoakWork> works, Action action)
      throws InterruptedException {
    List<Callable<Void>> tasks = new ArrayList<>();
    for (SoakWork work : works) {
      tasks.add(() -> {
        action.run(work);
        return null;
      });
    }
    for (Future<Void> done : threads.invokeAll(tasks)) {
      try {
        done.get();
      } catch (ExecutionException e) {
        failures.add(String.valueOf(e.getCause()));
        if (failures.size() <= FAILURES_SHOWN) {
          out.println("FAILED: " + e.getCause());
        }
      }
    }
  }

  /** Modules are compiled in the background: that holds memory, and then there are more files. */
  private void waitForCompiledCode() throws InterruptedException {
    long end = System.nanoTime() + GRACE.toNanos();
    long files = -1;
    while (System.nanoTime() < end) {
      long present = Footprint.entries(vivarium.codeFolder());
      if (present == files && vivarium.guestMemoryHeld() == 0) {
        return;
      }
      files = present;
      Thread.sleep(STILL);
    }
  }

  /**
   * A compilation in the background holds memory until it ends, which may be after the work that
   * made it start. What leaked does not come back, and is then in the footprint.
   */
  private void waitForGuestMemory() throws InterruptedException {
    long end = System.nanoTime() + GRACE.toNanos();
    while (vivarium.guestMemoryHeld() != 0 && System.nanoTime() < end) {
      Thread.sleep(GLANCE);
    }
  }

  private void note(List<SoakWork> works, Duration since) {
    Footprint.Places places =
        new Footprint.Places(vivarium.codeFolder(), Path.of(System.getProperty("java.io.tmpdir")));
    Footprint footprint = Footprint.take(places, vivarium.guestMemoryHeld());
    footprints.add(footprint);
    out.printf(
        Locale.ROOT,
        "%6.1f %,8d%s%n",
        since.toMillis() / 60e3,
        works.stream().mapToLong(SoakWork::pieces).sum(),
        footprint.row());
  }

  private boolean verdict() {
    List<String> complaints = Flatness.complaints(footprints);
    out.println(Flatness.allowances() + ".");
    complaints.forEach(complaint -> out.println("GREW: " + complaint));
    if (!failures.isEmpty()) {
      out.println("FAILED: " + failures.size() + " pieces of work");
    }
    boolean well = complaints.isEmpty() && failures.isEmpty();
    out.println(well ? "Flat." : "Not well.");
    return well;
  }

  /** What was measured, in order. */
  List<Footprint> footprints() {
    return List.copyOf(footprints);
  }

  /** What did not work. */
  List<String> failures() {
    return List.copyOf(failures);
  }
}
