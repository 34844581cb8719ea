package io.vivarium.bench.scale;

import java.util.Arrays;

/** Collects durations; for one thread. */
final class Recorder {
  private long[] nanoseconds = new long[1 << 12];
  private int count;

  void add(long duration) {
    if (count == nanoseconds.length) {
      nanoseconds = Arrays.copyOf(nanoseconds, count * 2);
    }
    nanoseconds[count++] = duration;
  }

  Samples samples() {
    return new Samples(Arrays.copyOf(nanoseconds, count));
  }
}
