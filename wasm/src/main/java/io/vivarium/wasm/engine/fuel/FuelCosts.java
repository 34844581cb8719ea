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
 * <p>Instructions of which all are executed when the first is are a run, and paid at once, before
 * the first; a range right before the instruction that works on it. What cannot be paid is not
 * executed, and nothing is taken for it. A run ends at a branch, a call, and the ends of a loop's
 * body. It goes on behind a block or {@code if} in front of which it was, if that has no calls and
 * no loops in it and no branches to anywhere but its end or further in; the parts in it that depend
 * on a condition are runs of their own. So whenever guest code is left, for a function of the host
 * or because it returns, what was paid is what was executed; only a trap leaves a run that was paid
 * and not executed to its end.
 */
public final class FuelCosts {
  /** Changes whenever code that was compiled before would count, or pay, in another way. */
  public static final int VERSION = 6;

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
