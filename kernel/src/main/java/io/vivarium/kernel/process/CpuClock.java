package io.vivarium.kernel.process;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;

/**
 * CPU time of threads. Loading the JVM's management interface costs milliseconds, so nothing is
 * counted before somebody asks for the first time.
 */
final class CpuClock {
  private static volatile boolean used;

  private CpuClock() {}

  private static final class Holder {
    static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  }

  /** Counts from now on. */
  static void use() {
    used = true;
  }

  /** CPU time of a thread in nanoseconds; 0 when it has ended or cannot be told. */
  static long of(Thread thread) {
    used = true;
    try {
      return Math.max(0, Holder.THREADS.getThreadCpuTime(thread.threadId()));
    } catch (UnsupportedOperationException e) {
      return 0;
    }
  }

  /** As {@link #of} for the calling thread, or 0 when nobody has ever asked. */
  static long ofCurrentIfUsed() {
    return used ? of(Thread.currentThread()) : 0;
  }
}
