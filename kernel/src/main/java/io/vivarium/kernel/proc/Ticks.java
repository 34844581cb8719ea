package io.vivarium.kernel.proc;

/** Clock ticks, in which proc counts time: 100 per second (sysconf(3), _SC_CLK_TCK). */
final class Ticks {
  static final long PER_SECOND = 100;
  private static final long NANOS = 1_000_000_000L / PER_SECOND;

  private Ticks() {}

  /** Whole ticks in a time in nanoseconds. */
  static long of(long nanos) {
    return nanos / NANOS;
  }

  /** Seconds with two digits, as /proc/uptime shows them. */
  static String seconds(long nanos) {
    long ticks = of(nanos);
    return "%d.%02d".formatted(ticks / PER_SECOND, ticks % PER_SECOND);
  }
}
