package io.vivarium.kernel.syscall;

import io.vivarium.kernel.wait.Waiter;

/** From timeouts to deadlines on the clock of {@link System#nanoTime()}. */
final class Deadlines {
  private Deadlines() {}

  /** When a timeout that starts now ends; negative, or beyond what the clock counts, is never. */
  static long after(long nanoseconds) {
    return nanoseconds < 0 || nanoseconds > Long.MAX_VALUE / 2
        ? Waiter.NEVER
        : System.nanoTime() + nanoseconds;
  }
}
