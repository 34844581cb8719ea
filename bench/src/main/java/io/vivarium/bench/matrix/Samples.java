package io.vivarium.bench.matrix;

import io.vivarium.bench.result.Measurement;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** What the benchmark programs print: lines of a word and a number. */
final class Samples {
  private static final double NANOS_PER_MILLI = 1e6;

  private Samples() {}

  /**
   * Reads what a program printed.
   *
   * @throws IOException when it is something else
   */
  static Measurement parse(String output) throws IOException {
    double cold = Double.NaN;
    List<Double> warm = new ArrayList<>();
    OptionalLong memory = OptionalLong.empty();
    for (String line : output.lines().toList()) {
      int space = line.indexOf(' ');
      try {
        long value = Long.parseLong(line.substring(space + 1));
        switch (space < 0 ? "" : line.substring(0, space)) {
          case "cold" -> cold = value / NANOS_PER_MILLI;
          case "warm" -> warm.add(value / NANOS_PER_MILLI);
          case "memory" -> memory = OptionalLong.of(value);
          default -> throw new IOException("The benchmark program printed: " + line);
        }
      } catch (NumberFormatException e) {
        throw new IOException("The benchmark program printed: " + line, e);
      }
    }
    if (Double.isNaN(cold) || warm.isEmpty()) {
      throw new IOException("The benchmark program printed no times");
    }
    return new Measurement(cold, warm, memory);
  }
}
