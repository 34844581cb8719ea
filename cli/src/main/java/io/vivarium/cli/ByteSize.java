package io.vivarium.cli;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A number of bytes as people write it: digits, then K, M, G or T for powers of 1,024. */
final class ByteSize {
  private static final Pattern FORM = Pattern.compile("(\\d{1,18})([KMGT]?)(?:i?B)?");
  private static final String UNITS = "KMGT";
  private static final int STEP_BITS = 10;

  private ByteSize() {}

  /** Reads one; {@code option} is where it was written. */
  static long parse(String option, String text) {
    Matcher form = FORM.matcher(text);
    if (form.matches()) {
      long number = Long.parseLong(form.group(1));
      int shift = STEP_BITS * (1 + UNITS.indexOf(form.group(2)));
      shift = form.group(2).isEmpty() ? 0 : shift;
      if (number <= Long.MAX_VALUE >> shift) {
        return number << shift;
      }
    }
    throw new UsageError(option + " takes a size such as 64M or 1G, not '" + text + "'");
  }

  /** Writes one with three or four digits and a unit. */
  static String format(long bytes) {
    int step = 0;
    double number = bytes;
    while (number >= 1_000 && step < UNITS.length()) {
      number /= 1 << STEP_BITS;
      step++;
    }
    if (step == 0) {
      return bytes + " B";
    }
    return String.format(Locale.ROOT, "%.1f %ciB", number, UNITS.charAt(step - 1));
  }
}
