package io.vivarium.bench.profile;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import jdk.jfr.Recording;

/** A profile by the JVM's flight recorder, for where async-profiler does not work. */
final class FlightRecording implements Profiler {
  private static final Duration PERIOD = Duration.ofMillis(10);

  private final Recording recording;
  private final Path file;
  private final String reason;

  private FlightRecording(Recording recording, Path file, String reason) {
    this.recording = recording;
    this.file = file;
    this.reason = reason;
  }

  /**
   * Starts.
   *
   * @param reason why it is not the other profiler
   */
  static FlightRecording start(Path file, String reason) {
    Recording recording = new Recording();
    recording.enable("jdk.ExecutionSample").withPeriod(PERIOD);
    recording.enable("jdk.NativeMethodSample").withPeriod(PERIOD);
    recording.enable("jdk.Compilation").withThreshold(PERIOD);
    recording.enable("jdk.GarbageCollection");
    recording.start();
    return new FlightRecording(recording, file, reason);
  }

  @Override
  public String finish() throws IOException {
    Path written = file.resolveSibling(file.getFileName() + ".jfr");
    recording.stop();
    recording.dump(written);
    recording.close();
    return "wrote a flight recording, which JDK Mission Control opens: %s (async-profiler: %s)"
        .formatted(written, reason);
  }

  @Override
  public void close() {
    recording.close();
  }
}
