package io.vivarium.bench.result;

import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * A row of the matrix. Immutable.
 *
 * @param row family and operation, such as {@code fs/stat_storm}
 * @param lanes what each lane took that was measured
 */
public record RowResult(String row, Map<Lane, Measurement> lanes) {
  /** Lanes that a machine is compared with, the one that matters most first. */
  private static final List<Lane> YARDSTICKS = List.of(Lane.NATIVE, Lane.HOST, Lane.NODE);

  /** As described; the map is copied. */
  public RowResult {
    EnumMap<Lane, Measurement> copy = new EnumMap<>(Lane.class);
    copy.putAll(lanes);
    lanes = Collections.unmodifiableMap(copy);
  }

  /** The part of the name before the slash. */
  public String family() {
    return row.substring(0, row.indexOf('/'));
  }

  /** The part of the name after the slash. */
  public String operation() {
    return row.substring(row.indexOf('/') + 1);
  }

  /** How many times the median of one lane is that of another; empty when one was not measured. */
  public OptionalDouble ratio(Lane lane, Lane yardstick) {
    Measurement above = lanes.get(lane);
    Measurement below = lanes.get(yardstick);
    return above == null || below == null
        ? OptionalDouble.empty()
        : OptionalDouble.of(above.p50() / below.p50());
  }

  /** The lane outside the machine that did the same work; the best one when there are several. */
  public Optional<Lane> yardstick() {
    return YARDSTICKS.stream().filter(lanes::containsKey).findFirst();
  }
}
