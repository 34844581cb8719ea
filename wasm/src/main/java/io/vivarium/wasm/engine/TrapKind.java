package io.vivarium.wasm.engine;

/** Why a guest was stopped. */
public enum TrapKind {
  /** The guest executed {@code unreachable}: an abort or a failed assertion. */
  UNREACHABLE,
  /** An address outside the linear memory. */
  MEMORY_OUT_OF_BOUNDS,
  /** An index outside a table, or an element or data segment access outside its bounds. */
  TABLE_OUT_OF_BOUNDS,
  /** An indirect call of a table element that holds no function. */
  NULL_FUNCTION,
  /** An indirect call of a function of another type. */
  INDIRECT_CALL_TYPE_MISMATCH,
  /** Integer division or remainder by zero. */
  INTEGER_DIVIDE_BY_ZERO,
  /** The one quotient that does not fit, or a float too large for the integer type. */
  INTEGER_OVERFLOW,
  /** NaN converted to an integer. */
  INVALID_CONVERSION,
  /** Calls nested too deeply, in the guest or in a host function it called. */
  STACK_OVERFLOW,
  /** A metered guest used all the fuel it had: it cannot pay for what it would do next. */
  OUT_OF_FUEL,
  /** The host could not allocate what the guest made it allocate. */
  HOST_MEMORY_EXHAUSTED,
  /** A wasm exception that nobody caught. */
  UNCAUGHT_EXCEPTION,
  /** Anything else the engine refuses at run time; the message tells. */
  OTHER
}
