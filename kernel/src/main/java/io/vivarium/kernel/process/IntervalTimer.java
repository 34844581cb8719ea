package io.vivarium.kernel.process;

import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * ITIMER_REAL of one process (setitimer(2)): sends SIGALRM when it expires. With an interval it
 * runs again once the signal has been taken, as Linux does, so a short interval cannot flood
 * anybody.
 *
 * <p>Guarded by the lock of the process table.
 */
public final class IntervalTimer {
  private final Process process;
  private @Nullable Future<?> scheduled;
  private long expiry;
  private long interval;
  private boolean armed;

  IntervalTimer(Process process) {
    this.process = process;
  }

  /**
   * What a timer is set to.
   *
   * @param value nanoseconds until it expires; 0 when it is not armed
   * @param interval nanoseconds between later expirations; 0 for just one
   */
  public record Setting(long value, long interval) {}

  /** getitimer(2). */
  public Setting get() {
    synchronized (process.lock()) {
      return setting();
    }
  }

  /**
   * setitimer(2).
   *
   * @param value nanoseconds until it expires, 0 disarms
   * @param interval nanoseconds between later expirations, 0 for just one
   * @return what it was set to
   */
  public Setting set(long value, long interval) {
    synchronized (process.lock()) {
      Setting previous = setting();
      cancel();
      if (value > 0) {
        this.interval = interval;
        arm(value);
      }
      return previous;
    }
  }

  private Setting setting() {
    long left = armed ? Math.max(1, expiry - System.nanoTime()) : 0;
    return new Setting(left, interval);
  }

  private void arm(long delay) {
    armed = true;
    // Half the range of nanoTime is more than a century.
    long bounded = Math.min(delay, Long.MAX_VALUE / 2);
    expiry = System.nanoTime() + bounded;
    scheduled = KernelTimer.schedule(this::expired, bounded);
  }

  private void expired() {
    synchronized (process.lock()) {
      if (armed && expiry - System.nanoTime() <= 0) {
        armed = false;
        scheduled = null;
        process.signals().post(Signal.SIGALRM);
      }
    }
  }

  /** SIGALRM was taken: the next interval begins. Lock held. */
  void alarmTaken() {
    if (!armed && interval > 0 && process.isAlive()) {
      long now = System.nanoTime();
      long missed = Math.max(0, now - expiry) / interval;
      arm(Math.max(1, expiry + (missed + 1) * interval - now));
    }
  }

  /** Disarms. Lock held. */
  void cancel() {
    if (scheduled != null) {
      scheduled.cancel(false);
      scheduled = null;
    }
    armed = false;
    interval = 0;
  }
}
