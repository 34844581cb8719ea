package io.vivarium.wasm.engine;

import org.jspecify.annotations.Nullable;

/**
 * The bytes are no WebAssembly module that this engine runs: malformed, invalid, using a feature
 * the engine does not have, or larger than its limits. The message says which. Linux: ENOEXEC.
 */
public final class InvalidModule extends Exception {
  /** With what is wrong, for people. */
  public InvalidModule(String message) {
    this(message, null);
  }

  InvalidModule(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
