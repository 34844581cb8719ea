package io.vivarium.wasm.engine;

import java.util.function.Function;

/**
 * A way to run a module.
 *
 * @param machines makes what runs one instance
 * @param compiled whether that is compiled code
 */
record ExecutableCode(Function<LiveInstance, Machine> machines, boolean compiled) {
  /** Runs everything in the interpreter. */
  static final ExecutableCode INTERPRETED = new ExecutableCode(Interpreter::new, false);
}
