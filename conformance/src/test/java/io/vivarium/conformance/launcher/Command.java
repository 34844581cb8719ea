package io.vivarium.conformance.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A program of the host that has been started, its output going to files. */
final class Command {
  private static final long SECONDS = 60;

  private final Process process;
  private final Path out;
  private final Path err;

  private Command(Process process, Path out, Path err) {
    this.process = process;
    this.out = out;
    this.err = err;
  }

  /** What a program left: its exit status and what it wrote. */
  record Result(int status, String out, String err) {}

  /** Starts a program with a few variables more than the environment of the tests. */
  static Command start(Map<String, String> variables, String... arguments) throws IOException {
    Path out = Files.createTempFile("viv", ".out");
    Path err = Files.createTempFile("viv", ".err");
    ProcessBuilder builder = new ProcessBuilder(List.of(arguments));
    builder.environment().putAll(variables);
    builder.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
    builder.redirectOutput(out.toFile());
    builder.redirectError(err.toFile());
    return new Command(builder.start(), out, err);
  }

  /** Runs a program to its end. */
  static Result run(Map<String, String> variables, String... arguments) throws Exception {
    return start(variables, arguments).result();
  }

  /** Waits for the program; one that takes a minute is killed and fails the test. */
  Result result() throws IOException, InterruptedException {
    try {
      if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        throw new AssertionError("still running: " + Files.readString(err));
      }
      return new Result(process.exitValue(), Files.readString(out), Files.readString(err));
    } finally {
      Files.delete(out);
      Files.delete(err);
    }
  }
}
