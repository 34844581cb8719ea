package io.vivarium.bench.scale;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * CPU time, up to one moment: of this JVM, and of everybody on the host where the host tells.
 *
 * @param nanos when it was read, {@link System#nanoTime()}
 * @param own seconds that this JVM used
 * @param all seconds that anybody used; 0 where nobody can tell
 */
record CpuUse(long nanos, double own, double all) {
  private static final Path STAT = Path.of("/proc/stat");

  /** What proc(5) counts in, on every Linux that a JVM runs on. */
  private static final double TICKS_PER_SECOND = 100;

  private static final int IDLE = 4;
  private static final int WAITING_FOR_DISK = 5;
  private static final int STOLEN = 8;

  static CpuUse now() {
    OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    return new CpuUse(System.nanoTime(), system.getProcessCpuTime() / 1e9, everybody());
  }

  /** Wall-clock seconds since another moment. */
  double seconds(CpuUse since) {
    return (nanos - since.nanos) / 1e9;
  }

  /** CPU seconds that this JVM used since another moment. */
  double own(CpuUse since) {
    return own - since.own;
  }

  /** How many processors others kept busy on average since another moment. */
  double others(CpuUse since) {
    return Math.max(0, all - since.all - own(since)) / seconds(since);
  }

  private static double everybody() {
    try {
      String[] fields = Files.readAllLines(STAT).getFirst().split(" +", -1);
      double ticks = 0;
      for (int i = 1; i <= STOLEN; i++) {
        if (i != IDLE && i != WAITING_FOR_DISK) {
          ticks += Long.parseLong(fields[i]);
        }
      }
      return ticks / TICKS_PER_SECOND;
    } catch (IOException | RuntimeException e) {
      return 0;
    }
  }
}
