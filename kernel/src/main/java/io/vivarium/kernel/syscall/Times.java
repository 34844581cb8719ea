package io.vivarium.kernel.syscall;

import io.vivarium.kernel.fs.AttributeChange;
import java.time.Instant;

/**
 * The times of utimensat(2), with "now" and "omit" resolved.
 *
 * @param access nanoseconds since the epoch, or {@link AttributeChange#KEEP_TIME}
 * @param modification likewise
 * @param bothNow whether both were "now", which needs less permission
 */
record Times(long access, long modification, boolean bothNow) {
  static Times of(long access, long modification) {
    boolean bothNow = access == AtFlags.UTIME_NOW && modification == AtFlags.UTIME_NOW;
    Instant clock = Instant.now();
    long now = clock.getEpochSecond() * 1_000_000_000L + clock.getNano();
    return new Times(resolve(access, now), resolve(modification, now), bothNow);
  }

  /** Whether nothing is to change. */
  boolean omitted() {
    return access == AttributeChange.KEEP_TIME && modification == AttributeChange.KEEP_TIME;
  }

  private static long resolve(long time, long now) {
    if (time == AtFlags.UTIME_OMIT) {
      return AttributeChange.KEEP_TIME;
    }
    return time == AtFlags.UTIME_NOW ? now : time;
  }
}
