package io.vivarium.cli;

import io.vivarium.Progress;
import io.vivarium.Vivarium;
import java.util.List;

/**
 * What the launcher runs in the background so that later launches are fast. Not for users, so no
 * page mentions it. Nothing here installs software: nobody is told what happens in the background.
 */
final class Preparation {
  /** How the launcher asks for it. */
  static final String NAME = "prepare";

  private Preparation() {}

  /** Runs one of the two preparations. */
  static int run(List<String> arguments) {
    return switch (String.join(" ", arguments)) {
      case "start" -> start();
      case "commands" -> compileCommands();
      default -> throw new UsageError(NAME + " start or " + NAME + " commands");
    };
  }

  /**
   * Runs what users run: processes, a pipe, a directory. The start-up cache that is made meanwhile
   * holds the classes that were used. Without installed software it only starts and ends.
   */
  private static int start() {
    return Viv.run(
        Installation.builder().isInstalled()
            ? List.of("exec", "--", "sh", "-c", "ls / | wc -l")
            : List.of("--version"));
  }

  /** Compiles the installed commands; fails while there are none. */
  private static int compileCommands() {
    if (!Installation.builder().isInstalled()) {
      return ExitStatus.NOT_STARTED;
    }
    try (Vivarium vivarium = Installation.open()) {
      vivarium.compileAll(Progress.SILENT);
    }
    return ExitStatus.OK;
  }
}
