package io.vivarium.bench.scale;

import io.vivarium.Command;
import io.vivarium.ExecResult;
import io.vivarium.VirtualMachine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A command that machines are busy with. Immutable.
 *
 * @param name what reports call it
 * @param command what runs, again and again, in a machine that {@link #prepare} has seen
 */
record Work(String name, Command command) {
  private static final int FILES = 100;
  private static final String DIRECTORY = "/work/hundred";

  /** Some milliseconds. */
  private static final long TURNS = 10_000_000;

  private static final String WRITE_FILES =
      "for i in 0 1 2 3 4 5 6 7 8 9; do echo a line of file $i > /tmp/file-$i; done";

  /** A process and nothing else. */
  static Work nothing() {
    return new Work("true", Command.of("true"));
  }

  /** A process that asks for one inode. */
  static Work stat() {
    return new Work("stat /etc/passwd", Command.of("stat", "/etc/passwd"));
  }

  /** What throughput is measured with. */
  static List<Work> mixes() {
    return List.of(
        nothing(),
        new Work("ls of 100 files", Command.of("ls").withWorkingDirectory(DIRECTORY)),
        new Work("a loop without system calls", Command.module(SpinModule.file(TURNS))),
        new Work("sh that writes 10 small files", Command.shell(WRITE_FILES)));
  }

  /** Makes the files that any work needs. */
  static void prepare(VirtualMachine machine) {
    Path directory = machine.files().getPath(DIRECTORY);
    try {
      Files.createDirectories(directory);
      for (int i = 0; i < FILES; i++) {
        Files.writeString(directory.resolve("file-" + i + ".txt"), "contents of file " + i + "\n");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Runs once.
   *
   * @return what it took, nanoseconds
   */
  long run(VirtualMachine machine) {
    long start = System.nanoTime();
    ExecResult result = machine.exec(command);
    long took = System.nanoTime() - start;
    if (!result.succeeded()) {
      throw new IllegalStateException(command + " failed: " + result.stderrText());
    }
    return took;
  }
}
