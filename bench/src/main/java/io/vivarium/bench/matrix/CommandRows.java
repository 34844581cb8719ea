package io.vivarium.bench.matrix;

import io.vivarium.Vivarium;
import io.vivarium.bench.result.Lane;
import io.vivarium.bench.result.Measurement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** Rows of whole commands: started, run and reaped, on the host and in a machine. */
final class CommandRows {
  private static final int FILES = 100;
  private static final int MEBIBYTE = 1 << 20;
  private static final String COMMIT =
      "rm -rf .git && git init -q && git add . && git -c user.name=n -c user.email=e commit -q -m c";

  private static final List<Case> CASES =
      List.of(
          new Case("true", Fixture.EMPTY, "true"),
          new Case("echo", Fixture.EMPTY, "echo", "hello", "world"),
          new Case("cat", directory -> lines(directory, 10), "cat", "text"),
          new Case("ls_100", CommandRows::files, "ls"),
          new Case("sed", directory -> lines(directory, 100), "sed", "s/line/LINE/", "text"),
          new Case(
              "jq", CommandRows::json, "jq", "-c", ".items[] | {id, n: (.name | length)}", "json"),
          new Case("grep_1m", directory -> text(directory, MEBIBYTE), "grep", "-c", "zq", "text"),
          new Case("sort_1m", directory -> text(directory, MEBIBYTE), "sort", "text"),
          new Case(
              "sha256sum_16m", directory -> text(directory, 16 * MEBIBYTE), "sha256sum", "text"),
          new Case("sh_pipeline", CommandRows::files, "sh", "-c", "ls | wc -l"),
          new Case("git_init_commit", directory -> few(directory), "sh", "-c", COMMIT));

  private final Vivarium vivarium;
  private final Optional<Path> hostProgram;

  /**
   * Rows of commands.
   *
   * @param hostProgram the program that times commands of the host
   */
  CommandRows(Vivarium vivarium, Optional<Path> hostProgram) {
    this.vivarium = vivarium;
    this.hostProgram = hostProgram;
  }

  /** A command and the files it works on. */
  private record Case(String name, Fixture fixture, List<String> command) {
    Case(String name, Fixture fixture, String... command) {
      this(name, fixture, List.of(command));
    }
  }

  List<Row> all() {
    return CASES.stream().map(this::row).toList();
  }

  private Row row(Case command) {
    Map<Lane, LaneRun> lanes = new EnumMap<>(Lane.class);
    if (hostProgram.isPresent() && HostProgram.find(command.command().getFirst()).isPresent()) {
      Path timer = hostProgram.get();
      lanes.put(Lane.HOST, contract -> onHost(timer, command, contract));
    }
    lanes.put(Lane.CMD, contract -> inMachine(command, contract));
    return new Row("ecosystem/" + command.name(), lanes);
  }

  private static Measurement onHost(Path timer, Case command, Contract contract)
      throws IOException, InterruptedException {
    try (Scratch scratch = Scratch.create()) {
      command.fixture().prepare(scratch.directory());
      List<String> arguments = new ArrayList<>(List.of(timer.toString(), "--time"));
      arguments.addAll(contract.arguments());
      arguments.addAll(command.command());
      return Samples.parse(HostProgram.output(arguments, scratch.directory()));
    }
  }

  private Measurement inMachine(Case command, Contract contract)
      throws IOException, InterruptedException {
    try (Guest guest = Guest.create(vivarium, options -> {}, command.fixture())) {
      Measurement measured = Sampling.measure(contract, () -> guest.run(command.command()));
      checkOutput(command, guest.run(command.command()));
      return new Measurement(measured.cold(), measured.warm(), guest.peakMemory());
    }
  }

  /** A command that does something else is not measured. */
  private static void checkOutput(Case command, String output)
      throws IOException, InterruptedException {
    if (HostProgram.find(command.command().getFirst()).isEmpty()) {
      return;
    }
    try (Scratch scratch = Scratch.create()) {
      command.fixture().prepare(scratch.directory());
      if (!output.equals(HostProgram.output(command.command(), scratch.directory()))) {
        throw new IOException(
            String.join(" ", command.command()) + " prints something else in the machine");
      }
    }
  }

  private static void files(Path directory) throws IOException {
    for (int i = 0; i < FILES; i++) {
      Files.writeString(directory.resolve("file-" + i + ".txt"), "contents of file " + i + "\n");
    }
  }

  private static void few(Path directory) throws IOException {
    for (int i = 0; i < 10; i++) {
      Files.writeString(directory.resolve("file-" + i), "contents of file " + i + "\n");
    }
  }

  private static void lines(Path directory, int count) throws IOException {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < count; i++) {
      text.append("line ").append(i).append(" of a small text\n");
    }
    Files.writeString(directory.resolve("text"), text);
  }

  private static void json(Path directory) throws IOException {
    StringBuilder text = new StringBuilder("{\"items\": [");
    for (int i = 0; i < 20; i++) {
      text.append(i == 0 ? "" : ", ")
          .append(
              "{\"id\": %d, \"name\": \"item number %d\", \"tags\": [\"a\", \"b\"]}"
                  .formatted(i, i));
    }
    Files.writeString(directory.resolve("json"), text.append("]}\n"));
  }

  /** Words of small letters, the same every time. */
  private static void text(Path directory, int bytes) throws IOException {
    Random random = new Random(42);
    byte[] text = new byte[bytes];
    for (int i = 0; i < bytes; i++) {
      int letter = random.nextInt(32);
      text[i] = (byte) (letter < 26 ? 'a' + letter : letter < 31 ? ' ' : '\n');
    }
    text[bytes - 1] = '\n';
    Files.write(directory.resolve("text"), text);
  }
}
