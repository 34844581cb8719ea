package io.vivarium.bench;

import io.vivarium.Command;
import io.vivarium.VirtualMachine;
import io.vivarium.Vivarium;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Making machines: empty ones, and copies of one that holds files. */
final class MachineScenarios implements AutoCloseable {
  private static final int FILES = 1_000;
  private static final int BYTES = 4_096;

  private final Vivarium vivarium;
  private final VirtualMachine filled;

  MachineScenarios(Vivarium vivarium) throws IOException {
    this.vivarium = vivarium;
    this.filled = vivarium.machine();
    Path directory = filled.files().getPath("/work/data");
    Files.createDirectories(directory);
    for (int i = 0; i < FILES; i++) {
      Files.write(directory.resolve("file-" + i), new byte[BYTES]);
    }
  }

  List<Scenario> all() {
    return List.of(
        new Scenario("a new machine", 200, 200, null, null, this::create),
        new Scenario("a new machine, `true` in it, close", 100, 100, null, null, this::live),
        new Scenario(
            "snapshot of a machine with 1,000 files", 200, 200, null, null, this::snapshot),
        new Scenario("fork of a machine with 1,000 files", 200, 200, null, null, this::fork));
  }

  @Override
  public void close() {
    filled.close();
  }

  private long create() {
    long start = System.nanoTime();
    VirtualMachine machine = vivarium.machine();
    long took = System.nanoTime() - start;
    machine.close();
    return took;
  }

  private long live() {
    long start = System.nanoTime();
    try (VirtualMachine machine = vivarium.machine()) {
      machine.exec(Command.of("true"));
    }
    return System.nanoTime() - start;
  }

  /** A change before each snapshot, so that each has something to freeze. */
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
}
