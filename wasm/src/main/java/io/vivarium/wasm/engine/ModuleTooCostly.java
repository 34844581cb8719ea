package io.vivarium.wasm.engine;

/**
 * The bytes may be a module, but to find that out, or to rewrite it, takes more than there is. The
 * same load can succeed for somebody who may spend more.
 */
public final class ModuleTooCostly extends Exception {
  private final boolean memory;

  ModuleTooCostly(String message, boolean memory) {
    super(message);
    this.memory = memory;
  }

  /** Whether memory was short; else CPU time. */
  public boolean memory() {
    return memory;
  }
}
