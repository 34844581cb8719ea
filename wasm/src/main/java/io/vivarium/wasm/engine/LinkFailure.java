package io.vivarium.wasm.engine;

import java.util.List;

/**
 * A valid module can not become an instance: an import has nothing behind it, the memory it starts
 * with is not admitted, or a segment does not fit.
 */
public final class LinkFailure extends Exception {
  private final List<ImportedFunction> missing;

  /** For any reason but missing functions. */
  public LinkFailure(String message) {
    this(message, List.of());
  }

  LinkFailure(String message, List<ImportedFunction> missing) {
    super(message);
    this.missing = List.copyOf(missing);
  }

  /** The functions nobody provided; empty when the reason is another. */
  public List<ImportedFunction> missing() {
    return missing;
  }
}
