package io.vivarium.cli;

import io.vivarium.Progress;

/**
 * How a long step goes on, told on standard error until it is closed. Used by one thread at a time.
 */
interface ProgressReport extends Progress, AutoCloseable {
  /** A bar on a terminal, elsewhere a few lines. */
  static ProgressReport onStandardError() {
    return StandardStreams.isErrorTerminal()
        ? new ProgressOnTerminal(StandardStreams.ERR)
        : new ProgressInLines(StandardStreams::message);
  }

  /** Ends it. */
  @Override
  void close();
}
