package io.vivarium.cli;

import java.util.List;

/**
 * What the launcher runs when it makes the start-up cache: the cache holds the classes that were
 * used here. Not for users, so no page mentions it.
 */
final class Training {
  /** How the launcher asks for it, in {@code lib/training}. */
  static final String NAME = "training";

  private Training() {}

  /**
   * Runs what users run: processes, a pipe, a directory. Without installed software it only starts
   * and ends, since a launcher that works in the background must not install anything.
   */
  static int run() {
    return Viv.run(
        Installation.builder().isInstalled()
            ? List.of("exec", "--", "sh", "-c", "ls / | wc -l")
            : List.of("--version"));
  }
}
