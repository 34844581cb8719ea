package io.vivarium.wasm.engine;

/** A type of value that crosses the border between guest and host, always as one {@code long}. */
public enum ValueType {
  /** Sign-extended to 64 bits on the way out; only the low 32 bits count on the way in. */
  I32,
  I64,
  /** As the bits of {@link Float#floatToRawIntBits}. */
  F32,
  /** As the bits of {@link Double#doubleToRawLongBits}. */
  F64,
  /** A function reference; never part of a system call. */
  FUNCREF
}
