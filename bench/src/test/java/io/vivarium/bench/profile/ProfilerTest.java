package io.vivarium.bench.profile;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A profile shows what took the time. */
final class ProfilerTest {
  @TempDir private Path folder;

  private double sum;

  @Test
  void a_flame_graph_shows_the_method_that_took_the_time() throws IOException {
    Path file = folder.resolve("a,b graph.html");
    try (Profiler profiler = AsyncRecording.start(file)) {
      spinAround(Duration.ofSeconds(2));
      assertThat(profiler.finish()).contains("a,b graph.html");
    }
    assertThat(Files.readString(file)).contains("<html").contains("spinAround");
  }

  @Test
  void a_flight_recording_shows_it_too() throws IOException {
    Path file = folder.resolve("graph.html");
    try (Profiler profiler = FlightRecording.start(file, "not loaded")) {
      spinAround(Duration.ofSeconds(2));
      assertThat(profiler.finish()).contains("graph.html.jfr", "not loaded");
    }
    assertThat(RecordingFile.readAllEvents(folder.resolve("graph.html.jfr")))
        .filteredOn(event -> event.getEventType().getName().equals("jdk.ExecutionSample"))
        .flatExtracting(event -> event.getStackTrace().getFrames())
        .extracting(RecordedFrame::getMethod)
        .anyMatch(method -> method.getName().equals("spinAround"));
  }

  @Test
  void who_gives_up_leaves_nothing_behind() throws IOException {
    Path file = folder.resolve("graph.html");
    Profiler.start(file).close();
    assertThat(folder).isEmptyDirectory();
    try (Profiler again = Profiler.start(file)) {
      spinAround(Duration.ofMillis(500));
      again.finish();
    }
    assertThat(folder).isNotEmptyDirectory();
  }

  private void spinAround(Duration time) {
    long end = System.nanoTime() + time.toNanos();
    for (int i = 0; i % 1_000 != 0 || System.nanoTime() < end; i++) {
      sum += Math.sqrt(i);
    }
    assertThat(sum).isPositive();
  }
}
