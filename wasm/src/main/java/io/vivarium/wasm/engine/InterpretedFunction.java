package io.vivarium.wasm.engine;

/**
 * A function in the form the {@link Interpreter} executes, made by {@link InterpretedCodeBuilder}:
 * the instructions of the original with their immediates decoded, and branches that know where they
 * go and what they take along. Immutable; instances share it.
 *
 * @param code opcodes and operands
 * @param parameters how many parameters there are
 * @param locals how many local variables there are, parameters included
 * @param results how many results there are
 * @param frame how many values fit on the stack at most, local variables included
 */
@SuppressWarnings("ArrayRecordComponent")
record InterpretedFunction(int[] code, int parameters, int locals, int results, int frame) {
  /** Jumps: target, values taken along, height of the operand stack below them. */
  static final int BRANCH = 0x0c;

  /** The same if the value on top is not zero. */
  static final int BRANCH_IF = 0x0d;

  /** Number of targets without the default, then three operands for each. */
  static final int BRANCH_TABLE = 0x0e;

  /** Jumps if the value on top is zero: target. */
  static final int JUMP_UNLESS = 0x04;

  /** Jumps: target. */
  static final int JUMP = 0x05;

  static final int RETURN = 0x0f;

  /** Pays: the price. */
  static final int PAY = 0x06;

  /** Pays what is on top. */
  static final int PAY_TOP = 0x07;

  /** Instructions with the prefix 0xFC have numbers from here. */
  static final int PREFIXED = 0x100;
}
