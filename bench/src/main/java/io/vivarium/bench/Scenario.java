package io.vivarium.bench;

import org.jspecify.annotations.Nullable;

/**
 * Something to time.
 *
 * @param name what the report calls it
 * @param warmUps runs that are not counted
 * @param runs runs that are
 * @param target what the median should stay below, milliseconds; null when there is no target
 * @param reference the reference system's median for the same, milliseconds; null when none is
 *     known
 * @param body one run
 */
record Scenario(
    String name,
    int warmUps,
    int runs,
    @Nullable Double target,
    @Nullable Double reference,
    Body body) {

  /** One run of a scenario. */
  @FunctionalInterface
  interface Body {
    /**
     * Runs once.
     *
     * @return what it took in nanoseconds, without preparing and cleaning up
     */
    long run() throws Exception;
  }

  /** Runs it as often as it says. */
  Timings measure() throws Exception {
    for (int i = 0; i < warmUps; i++) {
      body.run();
    }
    long[] nanoseconds = new long[runs];
    for (int i = 0; i < runs; i++) {
      nanoseconds[i] = body.run();
    }
    return new Timings(nanoseconds);
  }
}
