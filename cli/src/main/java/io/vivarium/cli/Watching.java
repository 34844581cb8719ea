package io.vivarium.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.vivarium.MachineOptions;
import io.vivarium.VirtualMachine;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import org.apache.commons.cli.Options;
import org.jspecify.annotations.Nullable;

/** The options {@code --strace} and {@code --metrics}: what viv tells about system calls. */
final class Watching implements AutoCloseable {
  private static final String STRACE = "strace";
  private static final String METRICS = "metrics";

  private final @Nullable OutputStream lines;
  private final boolean isOwn;
  private final boolean metrics;
  private volatile boolean isLost;

  private Watching(@Nullable OutputStream lines, boolean isOwn, boolean metrics) {
    this.lines = lines;
    this.isOwn = isOwn;
    this.metrics = metrics;
  }

  static Options addTo(Options options) {
    return options
        .addOption(Arguments.value(null, STRACE))
        .addOption(Arguments.flag(null, METRICS));
  }

  /**
   * What the options say; opens the file.
   *
   * @throws UsageError when it cannot be written
   */
  static Watching of(Arguments arguments) {
    boolean metrics = arguments.has(METRICS);
    String file = arguments.value(STRACE);
    if (file == null) {
      return new Watching(null, false, metrics);
    }
    if (file.equals(Arguments.STANDARD_STREAM)) {
      return new Watching(StandardStreams.ERR, false, metrics);
    }
    try {
      return new Watching(new FileOutputStream(file), true, metrics);
    } catch (IOException e) {
      throw new UsageError("--strace cannot write " + e.getMessage());
    }
  }

  /** Makes a machine tell what is asked for. */
  void configure(MachineOptions machine) {
    machine.metrics(metrics);
    if (lines != null) {
      OutputStream target = lines;
      machine.strace(line -> write(target, line));
    }
  }

  private void write(OutputStream target, String line) {
    if (isLost) {
      return;
    }
    try {
      target.write((line + "\n").getBytes(US_ASCII));
    } catch (IOException e) {
      isLost = true;
      StandardStreams.message("--strace: " + e.getMessage());
    }
  }

  /** Prints the table that is asked for, once everything is over. */
  void report(VirtualMachine machine) {
    if (metrics) {
      StandardStreams.error(MetricsTable.of(machine.metrics()));
    }
  }

  @Override
  public void close() {
    if (isOwn && lines != null) {
      try {
        lines.close();
      } catch (IOException e) {
        StandardStreams.message("--strace: " + e.getMessage());
      }
    }
  }
}
