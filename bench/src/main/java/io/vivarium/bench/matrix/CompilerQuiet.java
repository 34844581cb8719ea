package io.vivarium.bench.matrix;

import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Whether HotSpot has compiled what runs: for a stretch of time its compilers did next to nothing.
 * Until then they take processors away from what is measured, which still runs slower code.
 */
final class CompilerQuiet {
  /** The longest single compilation of guest code takes about a second, and counts at its end. */
  private static final long STRETCH = Duration.ofSeconds(3).toNanos();

  /** Share of a processor that compilers may take in a stretch. */
  private static final double QUIET = 0.1;

  private static final double NANOS_PER_MILLI = 1e6;

  private final @Nullable CompilationMXBean compiler = ManagementFactory.getCompilationMXBean();
  private long since = System.nanoTime();
  private long before = compiled();
  private boolean reached;

  /** Whether the last stretch that is over was quiet. To be asked again and again. */
  boolean reached() {
    long now = System.nanoTime();
    if (now - since >= STRETCH) {
      long total = compiled();
      reached = (total - before) * NANOS_PER_MILLI <= QUIET * (now - since);
      since = now;
      before = total;
    }
    return reached;
  }

  private long compiled() {
    return compiler != null && compiler.isCompilationTimeMonitoringSupported()
        ? compiler.getTotalCompilationTime()
        : 0;
  }
}
