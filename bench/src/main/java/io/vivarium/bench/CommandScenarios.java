package io.vivarium.bench;

import io.vivarium.Command;
import io.vivarium.ExecResult;
import io.vivarium.GuestProcess;
import io.vivarium.VirtualMachine;
import io.vivarium.Vivarium;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Whole commands in one JVM that has run them before. */
final class CommandScenarios implements AutoCloseable {
  private static final int FILES = 100;
  private static final String DIRECTORY = "/work/hundred";

  // Medians of the reference system's own benchmarks for the command of the same kind.
  private static final double REFERENCE_LS = 491.5;
  private static final double REFERENCE_PIPELINE = 1135.71;
  private static final double REFERENCE_GIT = 1451.04;

  private final VirtualMachine machine;
  private int repositories;

  CommandScenarios(Vivarium vivarium) throws IOException {
    this.machine = vivarium.machine();
    Path directory = machine.files().getPath(DIRECTORY);
    Files.createDirectories(directory);
    for (int i = 0; i < FILES; i++) {
      Files.writeString(directory.resolve("file-" + i + ".txt"), "contents of file " + i + "\n");
    }
  }

  List<Scenario> all() {
    return List.of(
        new Scenario("`true`", 300, 300, 3.0, null, () -> timed(Command.of("true"))),
        new Scenario(
            "`ls` of 100 files", 500, 200, 15.0, REFERENCE_LS, () -> timed(Command.of("ls"))),
        new Scenario(
            "`ls -l` of 100 files", 50, 100, null, null, () -> timed(Command.of("ls", "-l"))),
        new Scenario(
            "`sh -c 'ls | wc -l'`",
            300,
            100,
            40.0,
            REFERENCE_PIPELINE,
            () -> timed(Command.shell("ls | wc -l"))),
        new Scenario(
            "git init, add 10 files, commit, rev-parse",
            20,
            30,
            250.0,
            REFERENCE_GIT,
            this::commit),
        new Scenario("SIGKILL of a loop, until it is gone", 20, 100, 10.0, null, this::kill));
  }

  @Override
  public void close() {
    machine.close();
  }

  private long timed(Command command) {
    long start = System.nanoTime();
    run(command.withWorkingDirectory(DIRECTORY));
    return System.nanoTime() - start;
  }

  private long commit() {
    String directory = "/tmp/repository-" + repositories++;
    run(
        Command.shell(
            "mkdir "
                + directory
                + " && cd "
                + directory
                + " && for i in 0 1 2 3 4 5 6 7 8 9; do echo contents of file $i > file-$i; done"));
    long start = System.nanoTime();
    git(directory, "init", "-q");
    git(directory, "add", ".");
    git(directory, "-c", "user.name=n", "-c", "user.email=e", "commit", "-q", "-m", "first");
    git(directory, "rev-parse", "HEAD");
    long took = System.nanoTime() - start;
    run(Command.of("rm", "-rf", directory));
    return took;
  }

  /** The loop makes no system call. */
  private long kill() throws InterruptedException {
    try (GuestProcess loop =
        machine.spawn(Command.of("awk", "BEGIN { print; fflush(); while (1) i++ }"))) {
      if (loop.stdout().read() < 0) {
        throw new IllegalStateException("awk does not run");
      }
      Thread.sleep(5);
      long start = System.nanoTime();
      loop.kill();
      loop.waitFor();
      return System.nanoTime() - start;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void git(String directory, String... arguments) {
    String[] all = new String[arguments.length + 1];
    all[0] = "git";
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    run(Command.of(all).withWorkingDirectory(directory));
  }

  private void run(Command command) {
    ExecResult result = machine.exec(command);
    if (!result.succeeded()) {
      throw new IllegalStateException(command + " failed: " + result.stderrText());
    }
  }
}
