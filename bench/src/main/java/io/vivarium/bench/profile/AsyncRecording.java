package io.vivarium.bench.profile;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import one.profiler.AsyncProfiler;

/** A profile by async-profiler: each thread is looked at whenever it has used some CPU time. */
final class AsyncRecording implements Profiler {
  /** A clock for each thread needs no permission; some systems lack it and have one for all. */
  private static final String[] CLOCKS = {"ctimer", "itimer"};

  private static final String INTERVAL = "1ms";

  private final AsyncProfiler profiler;
  private final Path file;
  private boolean running = true;

  private AsyncRecording(AsyncProfiler profiler, Path file) {
    this.profiler = profiler;
    this.file = file;
  }

  /**
   * Starts.
   *
   * @throws IllegalStateException when no clock works
   */
  static AsyncRecording start(Path file) throws IOException {
    AsyncProfiler profiler = AsyncProfiler.getInstance();
    IllegalStateException reason = new IllegalStateException("no clock works");
    for (String clock : CLOCKS) {
      try {
        profiler.execute("start,event=" + clock + ",interval=" + INTERVAL + ",threads,log=none");
        return new AsyncRecording(profiler, file);
      } catch (IllegalStateException | IllegalArgumentException e) {
        reason.addSuppressed(e);
      }
    }
    throw reason;
  }

  @Override
  public String finish() throws IOException {
    // The name goes through a list of options, where a comma would end it.
    Path graph = Files.createTempFile("profile", ".html");
    try {
      running = false;
      profiler.execute("stop,flamegraph,title=Vivarium,file=" + graph);
      Files.move(graph, file, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(graph);
    }
    return "wrote a flame graph by async-profiler: " + file;
  }

  @Override
  public void close() {
    if (running) {
      running = false;
      profiler.stop();
    }
  }
}
