package io.vivarium.wasm.engine;

import java.util.List;

/**
 * A valid module can not become an instance: an import has nothing behind it, the memory it starts
 * with is not admitted, or a segment does not fit.
 */
public final class LinkFailure extends Exception {
  private final List<ImportedFunction> missing;
  private final boolean outOfMemory;

  /** For any reason but missing functions. */
  public LinkFailure(String message) {
    this(message, List.of(), false);
  }

  private LinkFailure(String message, List<ImportedFunction> missing, boolean outOfMemory) {
    super(message);
    this.missing = List.copyOf(missing);
    this.outOfMemory = outOfMemory;
  }

  /** For functions that nobody provides. */
  static LinkFailure missing(List<ImportedFunction> functions) {
    return new LinkFailure(
        "the module imports functions that do not exist: " + functions, functions, false);
  }

  /** For memory that was not admitted or is not there. */
  static LinkFailure outOfMemory(String message) {
    return new LinkFailure(message, List.of(), true);
  }

  /** Whether the reason is memory: the same instance may come to be when others are gone. */
  public boolean outOfMemory() {
    return outOfMemory;
  }

  /** The functions nobody provided; empty when the reason is another. */
  public List<ImportedFunction> missing() {
    return missing;
  }
}
