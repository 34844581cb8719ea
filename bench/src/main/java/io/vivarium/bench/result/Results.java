package io.vivarium.bench.result;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A run of the matrix. Immutable.
 *
 * @param provenance what it was measured on and with, by a short name each, in the order to show
 *     it: {@code measured} is the time in ISO 8601, {@code processor}, {@code java}, ...
 * @param rows the rows, families together
 */
public record Results(Map<String, String> provenance, List<RowResult> rows) {
  /** As described; both are copied. */
  public Results {
    provenance = Collections.unmodifiableMap(new LinkedHashMap<>(provenance));
    rows = List.copyOf(rows);
  }

  /** The row with a name; empty when it was not measured. */
  public Optional<RowResult> row(String name) {
    return rows.stream().filter(row -> row.row().equals(name)).findFirst();
  }
}
