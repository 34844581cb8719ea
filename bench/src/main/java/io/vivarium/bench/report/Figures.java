package io.vivarium.bench.report;

import java.util.Locale;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/** Figures as people read them: three significant digits and a unit that keeps them short. */
final class Figures {
  private static final double THOUSAND = 1e3;
  private static final double TEN = 10;
  private static final double HUNDRED = 100;
  private static final long KIBIBYTE = 1 << 10;
  private static final long MEBIBYTE = 1 << 20;

  private Figures() {}

  /** A time in milliseconds, such as {@code 4.10 us}. */
  static String time(double millis) {
    double micros = millis * THOUSAND;
    if (millis >= THOUSAND) {
      return digits(millis / THOUSAND) + " s";
    }
    if (millis >= 1) {
      return digits(millis) + " ms";
    }
    return micros >= 1 ? digits(micros) + " us" : digits(micros * THOUSAND) + " ns";
  }

  /** A ratio, such as {@code 1.70x}; empty text when there is none. */
  static String ratio(OptionalDouble ratio) {
    return ratio.isPresent() ? digits(ratio.getAsDouble()) + "x" : "";
  }

  /** An amount of memory; empty text when nobody knows. */
  static String bytes(OptionalLong bytes) {
    if (bytes.isEmpty()) {
      return "";
    }
    double amount = bytes.getAsLong();
    return amount >= MEBIBYTE
        ? digits(amount / MEBIBYTE) + " MiB"
        : digits(amount / KIBIBYTE) + " KiB";
  }

  private static String digits(double number) {
    String format = number >= HUNDRED ? "%.0f" : number >= TEN ? "%.1f" : "%.2f";
    return String.format(Locale.ROOT, format, number);
  }
}
