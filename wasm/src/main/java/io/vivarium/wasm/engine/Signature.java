package io.vivarium.wasm.engine;

import java.util.List;

/**
 * The type of a function.
 *
 * @param parameters in order, possibly empty
 * @param results in order, possibly empty
 */
public record Signature(List<ValueType> parameters, List<ValueType> results) {
  /** Copies both lists. */
  public Signature {
    parameters = List.copyOf(parameters);
    results = List.copyOf(results);
  }

  @Override
  public String toString() {
    return parameters + " -> " + results;
  }
}
