package io.vivarium.wasm.engine.binary;

/**
 * What the code of a module uses beyond the ordinary, which decides how an instance is prepared.
 *
 * @param tailCalls return_call or return_call_indirect
 * @param elementSegments table.init or elem.drop
 * @param dataSegments memory.init or data.drop
 */
public record ModuleFeatures(boolean tailCalls, boolean elementSegments, boolean dataSegments) {
  /** What a validator saw. */
  public static ModuleFeatures of(FunctionValidator validated) {
    return new ModuleFeatures(
        validated.usesTailCalls(), validated.usesElementSegments(), validated.usesDataSegments());
  }

  /** As three bits. */
  public int bits() {
    return (tailCalls ? 1 : 0) | (elementSegments ? 2 : 0) | (dataSegments ? 4 : 0);
  }

  /** From three bits. */
  public static ModuleFeatures ofBits(int bits) {
    return new ModuleFeatures((bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0);
  }
}
