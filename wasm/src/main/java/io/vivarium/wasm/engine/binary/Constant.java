package io.vivarium.wasm.engine.binary;

/**
 * The value of a constant expression.
 *
 * @param type of {@link WasmType}
 * @param low the bits of a number, the index of a function, or -1 for a null reference
 * @param high the upper half of a vector
 * @param known false when it depends on an imported global
 */
public record Constant(int type, long low, long high, boolean known) {
  static Constant of(int type, long bits) {
    return new Constant(type, bits, 0, true);
  }

  /** Whether this is a null reference. */
  public boolean isNull() {
    return WasmType.isReference(type) && low == -1;
  }
}
