package io.vivarium.bench.scale;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;

/**
 * Whether what a JVM holds stays the same in the long run. What is compared is the first footprint
 * after the first tenth, when code has been compiled and pools have filled, and the least of each
 * figure among the last three: garbage and threads that are about to end come and go, but what has
 * leaked never goes.
 */
final class Flatness {
  private static final int LAST = 3;
  private static final double FIRST_PART = 0.1;

  /**
   * What may be more at the end.
   *
   * @param name of a figure
   * @param figure the figure
   * @param more by how much it may grow, for what JVMs keep: profiles, code that is compiled late,
   *     free lists of the allocator
   */
  private record Allowance(String name, ToLongFunction<Footprint> figure, long more) {}

  private static final List<Allowance> ALLOWANCES =
      List.of(
          new Allowance("heap", Footprint::heap, 8L << 20),
          new Allowance("buffers", Footprint::buffers, 4L << 20),
          new Allowance("classes", Footprint::classes, 8L << 20),
          new Allowance("compiled code", Footprint::code, 48L << 20),
          new Allowance("resident memory without the heap", Footprint::resident, 96L << 20),
          new Allowance("memory of guests", Footprint::guests, 0),
          new Allowance("threads", Footprint::threads, 0),
          new Allowance("descriptors", Footprint::descriptors, 0),
          new Allowance("cache", Footprint::cacheBytes, 1L << 20),
          new Allowance("temporary files", Footprint::temporaryFiles, 0));

  private Flatness() {}

  /** Which of so many footprints, from 0, the last ones are compared with. */
  static int baseline(int footprints) {
    return (int) Math.ceil((footprints - 1) * FIRST_PART);
  }

  /**
   * What has grown by more than it may, a line for each figure; empty when all is well.
   *
   * @param footprints at equal distances, the first at the very beginning
   * @throws IllegalArgumentException when there are too few to compare
   */
  static List<String> complaints(List<Footprint> footprints) {
    int first = baseline(footprints.size());
    if (footprints.size() - first <= LAST) {
      throw new IllegalArgumentException(
          "There is nothing to compare in " + footprints.size() + " footprints");
    }
    List<Footprint> last = footprints.subList(footprints.size() - LAST, footprints.size());
    List<String> complaints = new ArrayList<>();
    for (Allowance allowance : ALLOWANCES) {
      long before = allowance.figure.applyAsLong(footprints.get(first));
      long after = last.stream().mapToLong(allowance.figure).min().orElseThrow();
      if (after - before > allowance.more) {
        complaints.add(
            String.format(
                Locale.ROOT,
                "%s grew from %,d to %,d, which is %,d more than the %,d that it may",
                allowance.name,
                before,
                after,
                after - before - allowance.more,
                allowance.more));
      }
    }
    return complaints;
  }

  /** What the comparison allows, for people. */
  static String allowances() {
    StringBuilder text = new StringBuilder("It may grow:");
    for (Allowance allowance : ALLOWANCES) {
      text.append(text.charAt(text.length() - 1) == ':' ? " " : ", ")
          .append(allowance.name)
          .append(' ')
          .append(allowance.more >= 1 << 20 ? (allowance.more >> 20) + " MiB" : allowance.more);
    }
    return text.toString();
  }
}
