package io.vivarium.cli;

import java.io.IOException;
import java.util.List;
import org.apache.commons.cli.Options;

/** One of the commands of {@code viv}: the options it takes, and what it does. */
interface Subcommand {
  /** The options it takes before its operands. */
  Options options();

  /**
   * Does it.
   *
   * @return the exit status of {@code viv}
   * @throws UsageError when the arguments make no sense
   */
  int run(Arguments arguments) throws IOException, InterruptedException;

  /** Names of the commands, in the order in which help shows them. */
  List<String> NAMES = List.of("exec", "sh", "wasm", "software", "limits", "doctor");
}
