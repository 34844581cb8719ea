package io.vivarium.bench.matrix;

import java.io.IOException;
import java.nio.file.Path;

/** The files that a row needs. */
@FunctionalInterface
interface Fixture {
  /** None. */
  Fixture EMPTY = directory -> {};

  /** Makes them in a directory, of the host or of a machine. */
  void prepare(Path directory) throws IOException;
}
