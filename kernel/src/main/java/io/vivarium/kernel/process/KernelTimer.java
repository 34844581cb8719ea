package io.vivarium.kernel.process;

import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The one thread of this JVM that wakes things up later: interval timers and repeated interrupts of
 * every machine. It exists while something is scheduled and some seconds longer.
 */
final class KernelTimer {
  private static final ScheduledThreadPoolExecutor EXECUTOR = executor();

  private KernelTimer() {}

  private static ScheduledThreadPoolExecutor executor() {
    ScheduledThreadPoolExecutor executor =
        new ScheduledThreadPoolExecutor(
            1, task -> Thread.ofPlatform().daemon().name("vivarium-timer").unstarted(task));
    executor.setRemoveOnCancelPolicy(true);
    executor.setKeepAliveTime(3, TimeUnit.SECONDS);
    executor.allowCoreThreadTimeOut(true);
    return executor;
  }

  /** Runs a short task that does not block, after a delay in nanoseconds. */
  static Future<?> schedule(Runnable task, long delay) {
    return EXECUTOR.schedule(task, delay, TimeUnit.NANOSECONDS);
  }
}
