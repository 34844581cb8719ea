package io.vivarium.wasm.engine;

import org.jspecify.annotations.Nullable;

/** A valid module that the compiler can not translate; it runs in the interpreter. */
final class CompilationFailed extends Exception {
  CompilationFailed(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
