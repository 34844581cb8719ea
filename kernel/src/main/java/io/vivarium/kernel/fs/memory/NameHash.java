package io.vivarium.kernel.fs.memory;

import java.security.SecureRandom;

/**
 * The hash of names in directories. Guests choose names, and {@link String#hashCode} collides at
 * will; this hash is a polynomial over the prime field 2^61-1 at a point that is secret to this
 * JVM, so names that collide cannot be computed in advance.
 */
final class NameHash {
  private static final long PRIME = (1L << 61) - 1;
  private static final long POINT = (new SecureRandom().nextLong() >>> 4) | (1L << 58);
  private static final int CHARS_AT_ONCE = 3;

  private NameHash() {}

  static long of(String name) {
    int length = name.length();
    long hash = length;
    int i = 0;
    for (; i + CHARS_AT_ONCE <= length; i += CHARS_AT_ONCE) {
      long chars =
          name.charAt(i) | (long) name.charAt(i + 1) << 16 | (long) name.charAt(i + 2) << 32;
      hash = reduce(timesPoint(hash) + chars);
    }
    for (; i < length; i++) {
      hash = reduce(timesPoint(hash) + name.charAt(i));
    }
    return timesPoint(hash);
  }

  private static long timesPoint(long hash) {
    long low = hash * POINT;
    long high = Math.multiplyHigh(hash, POINT);
    return reduce((low & PRIME) + (high << 3 | low >>> 61));
  }

  private static long reduce(long sum) {
    return (sum & PRIME) + (sum >>> 61);
  }
}
