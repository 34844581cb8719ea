package io.vivarium.bench.scale;

import io.vivarium.Command;
import io.vivarium.ExecResult;
import io.vivarium.VirtualMachine;
import io.vivarium.Vivarium;
import io.vivarium.bench.result.Measurement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.Callable;

/**
 * The rows of the family {@code startup}: how long it takes until a command runs, from nothing at
 * all to a machine that has run commands before. What the embedder of machines does; no other lane
 * does the same. For one thread.
 */
public final class Startup implements AutoCloseable {
  private static final int LAUNCHES = 10;
  private static final int WARM_UPS = 200;
  private static final int RUNS = 200;
  private static final int FILES = 1_000;
  private static final int BYTES = 4_096;
  private static final Command TRUE = Command.of("true");

  private final Vivarium vivarium;
  private final Launches launches;
  private final VirtualMachine filled;

  /**
   * The family.
   *
   * @param vivarium makes the machines
   * @param checkout where {@code viv} lies, built
   */
  public Startup(Vivarium vivarium, Path checkout) throws IOException {
    this.vivarium = vivarium;
    this.launches = new Launches(checkout);
    this.filled = vivarium.machine();
    Path directory = filled.files().getPath("/work/data");
    Files.createDirectories(directory);
    for (int i = 0; i < FILES; i++) {
      Files.write(directory.resolve("file-" + i), new byte[BYTES]);
    }
  }

  /**
   * How to measure each row, by its name. Rows whose names begin with {@code startup/jvm_} launch
   * JVMs; the others run in this one. {@code fork} and {@code snapshot} are of a machine with 1,000
   * files, of which one has changed since the last time.
   */
  public Map<String, Callable<Measurement>> rows() {
    Map<String, Callable<Measurement>> rows = new LinkedHashMap<>();
    rows.put("startup/jvm_viv_no_cache", () -> launched(launches::vivWithoutCache));
    rows.put("startup/jvm_viv", () -> launched(launches::viv));
    rows.put("startup/jvm_create", () -> launched(Launches::create));
    rows.put("startup/jvm_first_command", () -> launched(Launches::firstCommand));
    rows.put("startup/machine_create", () -> repeated(this::create));
    rows.put("startup/machine_first_command", () -> repeated(this::firstCommand));
    rows.put("startup/machine_warm_command", () -> repeated(this::warmCommand));
    rows.put("startup/machine_life", () -> repeated(this::life));
    rows.put("startup/fork", () -> repeated(this::fork));
    rows.put("startup/snapshot", () -> repeated(this::snapshot));
    return rows;
  }

  @Override
  public void close() {
    filled.close();
  }

  /** One run; says what it took in nanoseconds. */
  @FunctionalInterface
  private interface Run {
    long nanos() throws Exception;
  }

  /** The first launch reads from the disk what the others find in the host's memory. */
  private static Measurement launched(Run run) throws Exception {
    return measured(run.nanos(), run, LAUNCHES);
  }

  private static Measurement repeated(Run run) throws Exception {
    long cold = run.nanos();
    for (int i = 0; i < WARM_UPS; i++) {
      run.nanos();
    }
    return measured(cold, run, RUNS);
  }

  private static Measurement measured(long cold, Run run, int runs) throws Exception {
    List<Double> warm = new ArrayList<>();
    for (int i = 0; i < runs; i++) {
      warm.add(run.nanos() / 1e6);
    }
    return new Measurement(cold / 1e6, warm, OptionalLong.empty());
  }

  private long create() {
    long start = System.nanoTime();
    VirtualMachine machine = vivarium.machine();
    long took = System.nanoTime() - start;
    machine.close();
    return took;
  }

  /** In a machine that has run nothing, in a JVM that has run it before. */
  private long firstCommand() {
    try (VirtualMachine machine = vivarium.machine()) {
      return nothing(machine);
    }
  }

  private long warmCommand() {
    return nothing(filled);
  }

  /** Create, one command, close. */
  private long life() {
    long start = System.nanoTime();
    try (VirtualMachine machine = vivarium.machine()) {
      nothing(machine);
    }
    return System.nanoTime() - start;
  }

  /** A change before each, so that each has something to freeze. */
  private long snapshot() throws IOException {
    touch();
    long start = System.nanoTime();
    filled.snapshot();
    return System.nanoTime() - start;
  }

  private long fork() throws IOException {
    touch();
    long start = System.nanoTime();
    VirtualMachine copy = filled.fork();
    long took = System.nanoTime() - start;
    copy.close();
    return took;
  }

  private void touch() throws IOException {
    Files.write(filled.files().getPath("/work/data/file-0"), new byte[BYTES]);
  }

  private static long nothing(VirtualMachine machine) {
    long start = System.nanoTime();
    ExecResult result = machine.exec(TRUE);
    long took = System.nanoTime() - start;
    if (!result.succeeded()) {
      throw new IllegalStateException("true failed: " + result.stderrText());
    }
    return took;
  }
}
