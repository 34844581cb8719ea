package io.vivarium.cli;

import io.vivarium.GuestProcess;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * A guest command that has the standard streams, the signals and the exit status of {@code viv}.
 * Bytes pass through as they come; a slow reader of {@code viv} slows the guest down, and one that
 * goes away closes the guest's pipe, so that it gets SIGPIPE as it would without {@code viv}.
 */
final class PassThrough {
  private static final int CHUNK = 1 << 16;

  private final GuestProcess process;
  private volatile boolean hasEnded;
  private volatile boolean isOutputLost;

  PassThrough(GuestProcess process) {
    this.process = process;
  }

  /**
   * Waits for the command and for what it wrote. What it left running in the background is ended
   * with it, as the machine ends.
   *
   * @return its exit status, or {@link TimeLimit#STATUS} when its time was up
   */
  int run(@Nullable TimeLimit limit) throws InterruptedException {
    forward(Signal.INT);
    forward(Signal.TERM);
    forward(Signal.HUP);
    start("stdin", this::feed);
    Thread out =
        start("stdout", () -> drain(process.stdout(), StandardStreams.OUT, "standard output"));
    Thread err =
        start("stderr", () -> drain(process.stderr(), StandardStreams.ERR, "standard error"));
    OptionalInt status = await(process, limit);
    hasEnded = true;
    process.kill();
    out.join();
    err.join();
    if (limit != null && status.isEmpty()) {
      StandardStreams.message("timed out after " + limit.text());
      return TimeLimit.STATUS;
    }
    return isOutputLost ? ExitStatus.FAILURE : status.orElseThrow();
  }

  /** Waits for a process; nothing when it takes longer than it may. */
  static OptionalInt await(GuestProcess process, @Nullable TimeLimit limit)
      throws InterruptedException {
    return limit == null ? OptionalInt.of(process.waitFor()) : process.waitFor(limit.duration());
  }

  static Thread start(String name, Runnable body) {
    return Thread.ofPlatform().daemon().name(name).start(body);
  }

  private void forward(Signal signal) {
    signal.handle(() -> {
      if (hasEnded) {
        // Only output is left, and whoever should read it may never do so.
        Runtime.getRuntime().halt(ExitStatus.ofSignal(signal));
      }
      process.signal(signal.number());
    });
  }

  private void feed() {
    byte[] chunk = new byte[CHUNK];
    try (OutputStream guest = process.stdin()) {
      while (true) {
        int count = readInput(chunk);
        if (count < 0) {
          return;
        }
        guest.write(chunk, 0, count);
        guest.flush();
      }
    } catch (IOException e) {
      // The guest has closed its standard input, or has ended: it wants no more.
    }
  }

  private static int readInput(byte[] chunk) {
    try {
      return StandardStreams.IN.read(chunk);
    } catch (IOException e) {
      StandardStreams.message("standard input: " + e.getMessage());
      return -1;
    }
  }

  private void drain(InputStream guest, OutputStream host, String name) {
    byte[] chunk = new byte[CHUNK];
    try (guest) {
      for (int count = guest.read(chunk); count >= 0; count = guest.read(chunk)) {
        try {
          host.write(chunk, 0, count);
        } catch (IOException e) {
          if (!StandardStreams.isBrokenPipe(e)) {
            isOutputLost = true;
            StandardStreams.message(name + ": " + e.getMessage());
          }
          return;
        }
      }
    } catch (IOException e) {
      // The guest's end is gone, and with it what it might have written.
    }
  }
}
