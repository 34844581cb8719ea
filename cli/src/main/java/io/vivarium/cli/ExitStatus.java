package io.vivarium.cli;

/**
 * Exit statuses of {@code viv} that are not the guest's own. They are those of {@code timeout(1)}
 * and {@code env(1)}, so that scripts can tell a command that failed from one that never ran.
 */
final class ExitStatus {
  static final int OK = 0;

  /** A check or a write of {@code viv} itself failed. */
  static final int FAILURE = 1;

  /** The arguments of {@code viv} make no sense. */
  static final int USAGE = 2;

  /** {@code viv} could not do what it was asked to. */
  static final int NOT_STARTED = 125;

  /** There is no such command. */
  static final int NOT_FOUND = 127;

  private static final int SIGNAL_BASE = 128;

  private ExitStatus() {}

  /** What a shell shows for a program that a signal ended. */
  static int ofSignal(Signal signal) {
    return SIGNAL_BASE + signal.number();
  }
}
