package io.vivarium.wasm.engine;

/**
 * Runs the functions of one instance: compiled code or the interpreter. Public only because
 * compiled code implements it.
 */
public interface Machine {
  /**
   * Calls a function and returns when it does.
   *
   * @param function its index, imported functions first
   * @param arguments one per parameter
   * @return the results; null or empty when there are none
   */
  long[] call(int function, long[] arguments);
}
