package io.vivarium.kernel.trace;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How often a call took how long. Buckets are an eighth of a power of two wide, so a percentile is
 * at most 12.5 % too high; times of an hour and more share the last. Thread-safe; adding takes no
 * lock.
 */
final class Histogram {
  private static final int SUB_BITS = 3;
  private static final int SUB_BUCKETS = 1 << SUB_BITS;

  /** Times from 2 to the power of this many nanoseconds on, over an hour, count alike. */
  private static final int LARGEST_EXPONENT = 42;

  private static final int BUCKETS = (LARGEST_EXPONENT - SUB_BITS + 2) * SUB_BUCKETS;

  private final AtomicLongArray counts = new AtomicLongArray(BUCKETS);

  /** Counts a time, nanoseconds; a negative one as none. */
  void add(long nanos) {
    counts.getAndIncrement(bucket(Math.max(0, nanos)));
  }

  /** The counts at about one moment, by bucket. */
  long[] counts() {
    long[] copy = new long[BUCKETS];
    for (int i = 0; i < BUCKETS; i++) {
      copy[i] = counts.get(i);
    }
    return copy;
  }

  /**
   * The time that a share of all calls did not exceed, nanoseconds.
   *
   * @param counts as {@link #counts} gave them
   * @param percent above 0, at most 100
   */
  static long percentile(long[] counts, double percent) {
    long total = 0;
    for (long count : counts) {
      total += count;
    }
    long rank = Math.max(1, (long) Math.ceil(total * percent / 100));
    long seen = 0;
    for (int i = 0; i < counts.length; i++) {
      seen += counts[i];
      if (seen >= rank) {
        return highest(i);
      }
    }
    return 0;
  }

  static int bucket(long nanos) {
    if (nanos < SUB_BUCKETS) {
      return (int) nanos;
    }
    int exponent = 63 - Long.numberOfLeadingZeros(nanos);
    if (exponent > LARGEST_EXPONENT) {
      return BUCKETS - 1;
    }
    int sub = (int) (nanos >>> (exponent - SUB_BITS)) & (SUB_BUCKETS - 1);
    return (exponent - SUB_BITS + 1) * SUB_BUCKETS + sub;
  }

  /** The largest time that a bucket counts. */
  static long highest(int bucket) {
    if (bucket < SUB_BUCKETS) {
      return bucket;
    }
    int shift = bucket / SUB_BUCKETS - 1;
    long sub = bucket % SUB_BUCKETS;
    return ((SUB_BUCKETS + sub + 1) << shift) - 1;
  }
}
