package io.vivarium.bench.profile;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Looks where this JVM spends its processor time, from its making until it is closed. Only one at a
 * time.
 */
public interface Profiler extends AutoCloseable {
  /**
   * Starts one: async-profiler, which sees the JVM's compilers and collectors too, or the flight
   * recorder where async-profiler does not work.
   *
   * @param file where to write a flame graph, an HTML page; the flight recorder writes what it
   *     recorded beside it, with the suffix {@code .jfr}
   */
  static Profiler start(Path file) throws IOException {
    try {
      return AsyncRecording.start(file);
    } catch (UnsatisfiedLinkError | IllegalStateException e) {
      return FlightRecording.start(file, String.valueOf(e.getMessage()));
    }
  }

  /**
   * Stops and writes.
   *
   * @return what was written and how, for people
   */
  String finish() throws IOException;

  /** Stops without writing, if {@link #finish} was not called. */
  @Override
  void close();
}
