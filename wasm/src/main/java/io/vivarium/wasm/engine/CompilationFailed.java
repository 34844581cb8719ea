package io.vivarium.wasm.engine;

/** A valid module that the compiler can not translate; it runs in the interpreter. */
final class CompilationFailed extends Exception {
  CompilationFailed(String message, Throwable cause) {
    super(message, cause);
  }
}
