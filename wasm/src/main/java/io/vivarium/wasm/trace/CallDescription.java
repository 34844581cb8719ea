package io.vivarium.wasm.trace;

import java.util.List;

/**
 * How the arguments of a function are shown.
 *
 * @param name what it is called in traces and metrics
 * @param kinds one for each argument that is shown, in order; some stand for two parameters
 */
record CallDescription(String name, List<Kind> kinds) {
  /** How many parameters the kinds stand for. */
  int parameters() {
    return kinds.stream().mapToInt(Kind::width).sum();
  }
}
