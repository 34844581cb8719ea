package io.vivarium.bench.matrix;

import io.vivarium.bench.result.Lane;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * A row of the matrix. Immutable.
 *
 * @param name family and operation, such as {@code fs/stat_storm}
 * @param lanes how each lane does it; lanes outside the machine come first
 */
record Row(String name, Map<Lane, LaneRun> lanes) {
  /** As described; the map is copied. */
  Row {
    EnumMap<Lane, LaneRun> copy = new EnumMap<>(Lane.class);
    copy.putAll(lanes);
    lanes = Collections.unmodifiableMap(copy);
  }
}
