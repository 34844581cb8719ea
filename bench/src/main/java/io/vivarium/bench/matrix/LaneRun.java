package io.vivarium.bench.matrix;

import io.vivarium.bench.result.Measurement;
import java.io.IOException;

/** One lane of one row. */
@FunctionalInterface
interface LaneRun {
  /**
   * Does the work as often as the contract says, in a process or machine of its own.
   *
   * @throws IOException when the work failed; the message says how
   */
  Measurement measure(Contract contract) throws IOException, InterruptedException;
}
