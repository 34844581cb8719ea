package io.vivarium.wasm.engine.simd;

/**
 * Writes functions that work lane by lane on half a vector: take the lanes out of an i64, compute,
 * and put the results together, for one lane after the other.
 */
final class Lanes {
  /**
   * Computes one lane: takes nothing from the stack, leaves an i64 whose upper bits do not matter.
   */
  interface Lane {
    void write(int lane);
  }

  private final Code code;

  Lanes(Code code) {
    this.code = code;
  }

  /** Leaves an i64 made of lanes of {@code width} bits. */
  void assemble(int width, Lane lane) {
    for (int i = 0; i < 64 / width; i++) {
      lane.write(i);
      code.mask(width).shift(i * width);
      if (i > 0) {
        code.op(Code.I64_OR);
      }
    }
  }

  /** Pushes a lane of a local variable as an i64. */
  void push(int local, int width, int lane, boolean signed) {
    code.get(local);
    if (width == 64) {
      return;
    }
    if (signed) {
      code.shift(64 - width * (lane + 1)).i64(64 - width).op(Code.I64_SHR_S);
    } else {
      code.shift(-width * lane).mask(width);
    }
  }

  /** Pushes a lane of a local variable as a float. */
  void pushFloat(int local, int width, int lane) {
    push(local, width, lane, false);
    if (width == 32) {
      code.op(Code.I32_WRAP_I64).op(Code.F32_REINTERPRET_I32);
    } else {
      code.op(Code.F64_REINTERPRET_I64);
    }
  }

  /** Turns the float on top into its bits, as an i64. */
  void bits(int width) {
    if (width == 32) {
      code.op(Code.I32_REINTERPRET_F32).op(Code.I64_EXTEND_I32_U);
    } else {
      code.op(Code.I64_REINTERPRET_F64);
    }
  }

  /** Turns the i32 on top, 0 or 1, into an i64 of no or all ones. */
  void spread() {
    code.op(Code.I64_EXTEND_I32_U).i64(-1).op(Code.I64_MUL);
  }

  /** Bounds the i64 on top, with a local variable to hold it. */
  void clamp(long least, long most, int temporary) {
    code.set(temporary).get(temporary).i64(least).get(temporary).i64(least).op(Code.I64_GT_S);
    code.op(Code.SELECT).set(temporary);
    code.get(temporary).i64(most).get(temporary).i64(most).op(Code.I64_LT_S).op(Code.SELECT);
  }

  /** Bounds the i64 on top to what a number of {@code width} bits can be. */
  void saturate(int width, boolean signed, int temporary) {
    if (signed) {
      clamp(-1L << (width - 1), (1L << (width - 1)) - 1, temporary);
    } else {
      clamp(0, (1L << width) - 1, temporary);
    }
  }
}
