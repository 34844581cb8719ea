package io.vivarium.bench.matrix;

import io.vivarium.MachineOptions;
import io.vivarium.Vivarium;
import io.vivarium.bench.result.Lane;
import io.vivarium.bench.result.Measurement;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Rows of the benchmark program, which times single operations inside a process. */
final class ProgramRows {
  private final Vivarium vivarium;
  private final Optional<Path> hostProgram;
  private final Optional<Path> guestProgram;
  private final Path script;

  /**
   * Rows of programs.
   *
   * @param hostProgram the C program for the host
   * @param guestProgram the C program as WebAssembly
   * @param script the same for Node
   */
  ProgramRows(
      Vivarium vivarium, Optional<Path> hostProgram, Optional<Path> guestProgram, Path script) {
    this.vivarium = vivarium;
    this.hostProgram = hostProgram;
    this.guestProgram = guestProgram;
    this.script = script;
  }

  /** A row for each operation that the programs know. */
  List<Row> all() throws IOException, InterruptedException {
    List<String> operations = new ArrayList<>();
    if (hostProgram.isPresent()) {
      String program = hostProgram.get().toString();
      operations.addAll(
          HostProgram.output(List.of(program, "--list"), Path.of(".")).lines().toList());
    } else if (guestProgram.isPresent()) {
      try (Guest guest = Guest.create(vivarium, options -> {}, Fixture.EMPTY)) {
        String program = guest.install(guestProgram.get());
        operations.addAll(guest.run(List.of(program, "--list")).lines().toList());
      }
    }
    return operations.stream().map(operation -> new Row(operation, lanes(operation))).toList();
  }

  private Map<Lane, LaneRun> lanes(String operation) {
    Map<Lane, LaneRun> lanes = new EnumMap<>(Lane.class);
    nativeLane(operation).ifPresent(run -> lanes.put(Lane.NATIVE, run));
    HostProgram.find("node").ifPresent(node -> lanes.put(Lane.NODE, node(node, operation)));
    wasmLane(operation, options -> {}, Fixture.EMPTY).ifPresent(run -> lanes.put(Lane.WASM, run));
    return lanes;
  }

  /** An operation on the host. */
  Optional<LaneRun> nativeLane(String operation) {
    return hostProgram.map(
        program -> contract -> onHost(List.of(program.toString(), operation), contract, List.of()));
  }

  /** An operation in a machine. */
  Optional<LaneRun> wasmLane(String operation, Consumer<MachineOptions> options, Fixture fixture) {
    return guestProgram.map(program ->
        contract -> {
          try (Guest guest = Guest.create(vivarium, options, fixture)) {
            List<String> command = new ArrayList<>();
            command.add(guest.install(program));
            command.add(operation);
            command.addAll(contract.arguments());
            return inMachine(contract, guest, command);
          }
        });
  }

  /** Every process of a machine profits from what HotSpot compiled for the one before it. */
  private static Measurement inMachine(Contract contract, Guest guest, List<String> command)
      throws IOException {
    CompilerQuiet quiet = new CompilerQuiet();
    long start = System.nanoTime();
    Measurement first = Samples.parse(guest.run(command));
    Measurement last = first;
    while (!quiet.reached() && System.nanoTime() - start < contract.patience().toNanos()) {
      last = Samples.parse(guest.run(command));
    }
    return new Measurement(first.cold(), last.warm(), guest.peakMemory());
  }

  private LaneRun node(Path node, String operation) {
    List<String> command = List.of(node.toString(), script.toString(), operation);
    List<String> child = hostProgram.map(Path::toString).map(List::of).orElse(List.of());
    return contract -> onHost(command, contract, child);
  }

  private static Measurement onHost(List<String> program, Contract contract, List<String> more)
      throws IOException, InterruptedException {
    try (Scratch scratch = Scratch.create()) {
      List<String> command = new ArrayList<>(program);
      command.addAll(contract.arguments());
      command.addAll(more);
      return Samples.parse(HostProgram.output(command, scratch.directory()));
    }
  }
}
