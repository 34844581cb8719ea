package io.vivarium.wasm.engine.binary;

/** Told of every instruction of a function while it is validated. */
public interface InstructionVisitor {
  /**
   * One instruction, which is valid.
   *
   * @param opcode the byte, or {@code prefix << 8 | number} for those with a prefix
   * @param start where its opcode is
   * @param immediates where its immediates are
   * @param end where the next instruction is
   * @param operand the type of the value {@code drop} or {@code select} is about, 0 when that can
   *     not be known or the instruction is another
   * @param reachable whether it can be executed as far as validation knows
   */
  void visit(int opcode, int start, int immediates, int end, int operand, boolean reachable);
}
