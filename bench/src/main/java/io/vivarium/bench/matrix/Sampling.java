package io.vivarium.bench.matrix;

import io.vivarium.bench.result.Measurement;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** Timing of what an embedder does, in this JVM. */
final class Sampling {
  private static final double NANOS_PER_MILLI = 1e6;

  private Sampling() {}

  /** What is timed. */
  @FunctionalInterface
  interface Body {
    /** Does it once. */
    void run() throws IOException, InterruptedException;
  }

  /** Does it as often as the contract says; the first time counts as cold. */
  static Measurement measure(Contract contract, Body body)
      throws IOException, InterruptedException {
    double cold = timed(body);
    long start = System.nanoTime();
    long end = start + contract.warmUp().toNanos();
    for (int i = 0; i < contract.warmUpRuns() || System.nanoTime() < end; i++) {
      body.run();
    }
    CompilerQuiet quiet = new CompilerQuiet();
    while (!quiet.reached() && System.nanoTime() - start < contract.patience().toNanos()) {
      body.run();
    }
    List<Double> warm = new ArrayList<>();
    for (int i = 0; i < contract.runs(); i++) {
      warm.add(timed(body));
    }
    return new Measurement(cold, warm, OptionalLong.empty());
  }

  private static double timed(Body body) throws IOException, InterruptedException {
    long start = System.nanoTime();
    body.run();
    return (System.nanoTime() - start) / NANOS_PER_MILLI;
  }
}
