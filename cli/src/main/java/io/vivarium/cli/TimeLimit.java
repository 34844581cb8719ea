package io.vivarium.cli;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A limit on wall-clock time, written as {@code timeout(1)} takes it: a decimal number and one of
 * ms, s, m, h, d; seconds without one.
 *
 * @param text how the user wrote it, with its unit
 * @param duration how long it is, more than zero
 */
record TimeLimit(String text, Duration duration) {
  /** What {@code timeout(1)} exits with when time is up. */
  static final int STATUS = 124;

  private static final Pattern FORM = Pattern.compile("(\\d{1,9}(?:\\.\\d{1,9})?)(ms|s|m|h|d)?");
  private static final Map<String, Long> MILLIS =
      Map.of("ms", 1L, "s", 1_000L, "m", 60_000L, "h", 3_600_000L, "d", 86_400_000L);

  static TimeLimit parse(String text) {
    return parse("--timeout", text);
  }

  /** Reads one; {@code option} is where it was written. */
  static TimeLimit parse(String option, String text) {
    Matcher form = FORM.matcher(text);
    if (form.matches()) {
      String unit = form.group(2) == null ? "s" : form.group(2);
      long nanosOfUnit = MILLIS.getOrDefault(unit, 1L) * 1_000_000;
      BigDecimal nanos = new BigDecimal(form.group(1)).multiply(BigDecimal.valueOf(nanosOfUnit));
      // Half of what the clock of the JVM can count: 146 years.
      if (nanos.signum() > 0 && nanos.compareTo(BigDecimal.valueOf(Long.MAX_VALUE / 2)) < 0) {
        return new TimeLimit(form.group(1) + unit, Duration.ofNanos(nanos.longValue()));
      }
    }
    throw new UsageError(option + " takes a time such as 10s, 1.5m or 500ms, not '" + text + "'");
  }
}
