package io.vivarium.bench.matrix;

import io.vivarium.Command;
import io.vivarium.ExecResult;
import io.vivarium.MachineMetrics;
import io.vivarium.MachineOptions;
import io.vivarium.VirtualMachine;
import io.vivarium.Vivarium;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Consumer;

/** A machine of its own for one lane of one row. */
final class Guest implements AutoCloseable {
  /** The working directory of what is measured; it belongs to the user of the machine. */
  static final String DIRECTORY = "/tmp/bench";

  private static final String PROGRAM = "/usr/local/bin/baseline";
  private static final String MEMORY = "memory.machine";
  private static final long STORAGE = 256L << 20;

  private final VirtualMachine machine;

  private Guest(VirtualMachine machine) {
    this.machine = machine;
  }

  static Guest create(Vivarium vivarium, Consumer<MachineOptions> more, Fixture fixture)
      throws IOException {
    Consumer<MachineOptions> options = machine -> machine.limit("storage.bytes", STORAGE);
    Guest guest = new Guest(vivarium.machine(options.andThen(more)));
    try {
      guest.machine.exec(Command.of("mkdir", DIRECTORY));
      fixture.prepare(guest.machine.files().getPath(DIRECTORY));
      return guest;
    } catch (IOException | RuntimeException e) {
      guest.close();
      throw e;
    }
  }

  VirtualMachine machine() {
    return machine;
  }

  /** Installs a program from the host and returns the path that starts it. */
  String install(Path program) throws IOException {
    Path installed = machine.files().getPath(PROGRAM);
    Files.createDirectories(installed.getParent());
    Files.write(installed, Files.readAllBytes(program));
    Files.setPosixFilePermissions(installed, PosixFilePermissions.fromString("rwxr-xr-x"));
    return PROGRAM;
  }

  /**
   * Runs a command in the working directory.
   *
   * @return what it printed
   * @throws IOException when it failed; the message has what it said
   */
  String run(List<String> arguments) throws IOException {
    Command command =
        Command.of(arguments).withWorkingDirectory(DIRECTORY).withEnvironment("PWD", DIRECTORY);
    for (Map.Entry<String, String> variable : HostProgram.ENVIRONMENT.entrySet()) {
      command = command.withEnvironment(variable.getKey(), variable.getValue());
    }
    ExecResult result = machine.exec(command);
    if (!result.succeeded()) {
      throw new IOException(
          "%s ended with status %d in the machine: %s"
              .formatted(
                  String.join(" ", arguments), result.exitStatus(), result.stderrText().strip()));
    }
    return result.stdoutText();
  }

  /** The most linear memory that its processes held at the same time, bytes. */
  OptionalLong peakMemory() {
    return machine.metrics().gauges().stream()
        .filter(gauge -> gauge.key().equals(MEMORY))
        .mapToLong(MachineMetrics.Gauge::peak)
        .findFirst();
  }

  @Override
  public void close() {
    machine.close();
  }
}
