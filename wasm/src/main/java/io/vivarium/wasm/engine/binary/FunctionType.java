package io.vivarium.wasm.engine.binary;

import java.util.Arrays;

/**
 * Parameter and result types of a function. The arrays are not copied: nobody writes to them.
 *
 * @param parameters bytes of {@link WasmType}
 * @param results bytes of {@link WasmType}
 */
@SuppressWarnings("ArrayRecordComponent")
public record FunctionType(byte[] parameters, byte[] results) {
  static final byte[] NONE = {};

  @Override
  public boolean equals(Object other) {
    return other instanceof FunctionType that
        && Arrays.equals(parameters, that.parameters)
        && Arrays.equals(results, that.results);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(parameters) * 31 + Arrays.hashCode(results);
  }
}
