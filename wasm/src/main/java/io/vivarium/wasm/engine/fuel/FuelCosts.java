package io.vivarium.wasm.engine.fuel;

/**
 * What executing costs.
 *
 * <ul>
 *   <li>Every instruction costs 1, whatever it is; calling a function of the host too.
 *   <li>{@code block}, {@code loop}, {@code else} and {@code end} only give code its structure and
 *       cost nothing. Every loop has a branch and every recursion a call, so nothing is endless and
 *       free.
 *   <li>Instructions on ranges of memory or of tables cost 1 more for every full 64 bytes or 16
 *       elements they are asked to work on, {@code table.grow} for the elements there are too,
 *       which it moves.
 *   <li>Entering a function costs 1 for every full 64 local variables it declares, which have to be
 *       made zero.
 * </ul>
 *
 * <p>A run of instructions that is entered only at its first and left only at its last, which is a
 * branch, a call or in front of where a branch leads to, is paid at once, before the first; a range
 * right before the instruction that works on it. What cannot be paid is not executed, and nothing
 * is taken for it.
 */
public final class FuelCosts {
  /** Changes whenever code that was compiled before would count, or pay, in another way. */
  public static final int VERSION = 4;

  /** Bytes of memory for 1, as a power of two. */
  static final int MEMORY_SHIFT = 6;

  /** Elements of a table for 1, as a power of two. */
  static final int TABLE_SHIFT = 4;

  /** Local variables for 1. */
  private static final int LOCALS = 64;

  private FuelCosts() {}

  /** Whether an instruction costs nothing. */
  static boolean isFree(int opcode) {
    return switch (opcode) {
      case Opcodes.BLOCK, Opcodes.LOOP, Opcodes.ELSE, Opcodes.END -> true;
      default -> false;
    };
  }

  /** What entering a function costs. */
  static int entering(int declaredLocals) {
    return declaredLocals / LOCALS;
  }
}
