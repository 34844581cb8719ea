package io.vivarium.wasm.engine.simd;

import java.util.Map;

/**
 * The instructions that compute each half of the result from the same half of the operands, by the
 * part of their name behind the dot. Writes the function that does so for one half.
 */
final class HalfOperations {
  private static final int A = 0;
  private static final int B = 1;

  private static final Map<String, Integer> COMPARISONS =
      Map.of(
          "eq", Code.I64_EQ,
          "ne", Code.I64_NE,
          "lt", Code.I64_LT_S,
          "gt", Code.I64_GT_S,
          "le", Code.I64_LE_S,
          "ge", Code.I64_GE_S);

  /** Opcodes of f32; those of f64 follow at a distance. */
  private static final Map<String, Integer> FLOAT_UNARY =
      Map.of("ceil", 0x8d, "floor", 0x8e, "trunc", 0x8f, "nearest", 0x90, "sqrt", 0x91);

  private static final Map<String, Integer> FLOAT_BINARY =
      Map.of("add", 0x92, "sub", 0x93, "mul", 0x94, "div", 0x95, "min", 0x96, "max", 0x97);

  private static final Map<String, Integer> FLOAT_COMPARISONS =
      Map.of("eq", 0x5b, "ne", 0x5c, "lt", 0x5d, "gt", 0x5e, "le", 0x5f, "ge", 0x60);

  private static final int F64_UNARY_DISTANCE = 0x0e;
  private static final int F64_BINARY_DISTANCE = 0x0e;
  private static final int F64_COMPARISON_DISTANCE = 0x06;

  private final Code code;
  private final Lanes lanes;
  private final int width;
  private final int temporary;

  /**
   * For one helper function.
   *
   * @param width bits of a lane
   * @param temporary a local variable to use
   */
  HalfOperations(Code code, Lanes lanes, int width, int temporary) {
    this.code = code;
    this.lanes = lanes;
    this.width = width;
    this.temporary = temporary;
  }

  // ---- floating point -------------------------------------------------------------------------

  /** One operand, floating point. */
  void floatUnary(String operation) {
    switch (operation) {
      case "abs" ->
          lanes.assemble(
              width,
              i -> {
                lanes.push(A, width, i, false);
                code.mask(width - 1);
              });
      case "neg" ->
          lanes.assemble(
              width,
              i -> {
                lanes.push(A, width, i, false);
                code.i64(1L << (width - 1)).op(Code.I64_XOR);
              });
      default -> {
        Integer opcode = FLOAT_UNARY.get(operation);
        if (opcode == null) {
          throw unknown(operation);
        }
        lanes.assemble(
            width,
            i -> {
              lanes.pushFloat(A, width, i);
              code.op(width == 32 ? opcode : opcode + F64_UNARY_DISTANCE);
              lanes.bits(width);
            });
      }
    }
  }

  /** Two operands, floating point. */
  void floatBinary(String operation) {
    Integer comparison = FLOAT_COMPARISONS.get(operation);
    Integer arithmetic = FLOAT_BINARY.get(operation);
    lanes.assemble(
        width,
        i -> {
          if (comparison != null) {
            floats(A, B, i);
            code.op(width == 32 ? comparison : comparison + F64_COMPARISON_DISTANCE);
            lanes.spread();
          } else if (arithmetic != null) {
            floats(A, B, i);
            code.op(width == 32 ? arithmetic : arithmetic + F64_BINARY_DISTANCE);
            lanes.bits(width);
          } else {
            pseudoExtreme(operation, i);
          }
        });
  }

  /** pmin is b &lt; a ? b : a, and pmax is a &lt; b ? b : a. */
  private void pseudoExtreme(String operation, int lane) {
    lanes.push(B, width, lane, false);
    lanes.push(A, width, lane, false);
    switch (operation) {
      case "pmin" -> floats(B, A, lane);
      case "pmax" -> floats(A, B, lane);
      default -> throw unknown(operation);
    }
    code.op(width == 32 ? 0x5d : 0x5d + F64_COMPARISON_DISTANCE).op(Code.SELECT);
  }

  private void floats(int first, int second, int lane) {
    lanes.pushFloat(first, width, lane);
    lanes.pushFloat(second, width, lane);
  }

  // ---- integers -------------------------------------------------------------------------------

  /** One operand, integer. */
  void integerUnary(String operation) {
    lanes.assemble(
        width,
        i -> {
          switch (operation) {
            case "abs" -> {
              lanes.push(A, width, i, true);
              code.set(temporary).get(temporary).i64(0).get(temporary).op(Code.I64_SUB);
              code.get(temporary).i64(0).op(Code.I64_GE_S).op(Code.SELECT);
            }
            case "neg" -> {
              code.i64(0);
              lanes.push(A, width, i, false);
              code.op(Code.I64_SUB);
            }
            case "popcnt" -> {
              lanes.push(A, width, i, false);
              code.op(0x7b);
            }
            default -> throw unknown(operation);
          }
        });
  }

  /** Two operands, integer. */
  void integerBinary(String operation) {
    if (width < 64 && whole(operation)) {
      return;
    }
    lanes.assemble(width, i -> integerLane(operation, i));
  }

  /** Operations on all lanes of a half at once. */
  private boolean whole(String operation) {
    long top = top();
    switch (operation) {
      // The bits below the top ones can not carry into the next lane; the top ones are xored.
      case "add" -> {
        code.get(A).i64(~top).op(Code.I64_AND).get(B).i64(~top).op(Code.I64_AND).op(Code.I64_ADD);
        code.get(A).get(B).op(Code.I64_XOR).i64(top).op(Code.I64_AND).op(Code.I64_XOR);
      }
      case "sub" -> {
        code.get(A).i64(top).op(Code.I64_OR).get(B).i64(~top).op(Code.I64_AND).op(Code.I64_SUB);
        code.get(A).get(B).op(Code.I64_XOR).i64(-1).op(Code.I64_XOR);
        code.i64(top).op(Code.I64_AND).op(Code.I64_XOR);
      }
      case "eq" -> {
        code.get(A).get(B).op(Code.I64_XOR).set(temporary);
        zeroLanes();
      }
      case "ne" -> {
        code.get(A).get(B).op(Code.I64_XOR).set(temporary);
        zeroLanes();
        code.i64(-1).op(Code.I64_XOR);
      }
      default -> {
        return false;
      }
    }
    return true;
  }

  /** The top bit of every lane. */
  private long top() {
    long top = 0;
    for (int at = width - 1; at < 64; at += width) {
      top |= 1L << at;
    }
    return top;
  }

  /** Leaves all ones in the lanes in which the temporary is zero, and zero in the others. */
  private void zeroLanes() {
    long top = top();
    code.get(temporary).i64(~top).op(Code.I64_AND).i64(~top).op(Code.I64_ADD);
    code.get(temporary).op(Code.I64_OR).i64(-1).op(Code.I64_XOR).i64(top).op(Code.I64_AND);
    code.shift(-(width - 1)).i64(-1L >>> (64 - width)).op(Code.I64_MUL);
  }

  private void integerLane(String operation, int lane) {
    boolean signed = !operation.endsWith("_u");
    String plain = operation.replaceFirst("_[su]$", "");
    Integer comparison = COMPARISONS.get(plain);
    if (comparison != null) {
      both(lane, signed);
      code.op(comparison);
      lanes.spread();
      return;
    }
    switch (plain) {
      case "add" -> arithmetic(lane, signed, Code.I64_ADD);
      case "sub" -> arithmetic(lane, signed, Code.I64_SUB);
      case "mul" -> arithmetic(lane, signed, Code.I64_MUL);
      case "add_sat" -> {
        arithmetic(lane, signed, Code.I64_ADD);
        lanes.saturate(width, signed, temporary);
      }
      case "sub_sat" -> {
        arithmetic(lane, signed, Code.I64_SUB);
        lanes.saturate(width, signed, temporary);
      }
      case "min" -> extreme(lane, signed, Code.I64_LT_S);
      case "max" -> extreme(lane, signed, Code.I64_GT_S);
      case "avgr" -> {
        arithmetic(lane, false, Code.I64_ADD);
        code.i64(1).op(Code.I64_ADD).shift(-1);
      }
      case "q15mulr_sat" -> {
        arithmetic(lane, true, Code.I64_MUL);
        code.i64(0x4000).op(Code.I64_ADD).i64(15).op(Code.I64_SHR_S);
        lanes.saturate(width, true, temporary);
      }
      default -> throw unknown(operation);
    }
  }

  private void both(int lane, boolean signed) {
    lanes.push(A, width, lane, signed);
    lanes.push(B, width, lane, signed);
  }

  private void arithmetic(int lane, boolean signed, int opcode) {
    both(lane, signed);
    code.op(opcode);
  }

  private void extreme(int lane, boolean signed, int comparison) {
    both(lane, signed);
    both(lane, signed);
    code.op(comparison).op(Code.SELECT);
  }

  // ---- between widths -------------------------------------------------------------------------

  /** Sums of neighbouring lanes, which have half the width. */
  void addPairwise(boolean signed) {
    lanes.assemble(
        width,
        i -> {
          lanes.push(A, width / 2, 2 * i, signed);
          lanes.push(A, width / 2, 2 * i + 1, signed);
          code.op(Code.I64_ADD);
        });
  }

  /** Sums of products of neighbouring lanes, which have half the width. */
  void dot() {
    lanes.assemble(
        width,
        i -> {
          for (int j = 2 * i; j <= 2 * i + 1; j++) {
            lanes.push(A, width / 2, j, true);
            lanes.push(B, width / 2, j, true);
            code.op(Code.I64_MUL);
          }
          code.op(Code.I64_ADD);
        });
  }

  /** Lanes of half the width, widened; {@code part} says which half of the half. */
  void extend(int part, boolean signed) {
    int count = 64 / width;
    lanes.assemble(width, i -> lanes.push(A, width / 2, part * count + i, signed));
  }

  /** Products of widened lanes. */
  void extendedProduct(int part, boolean signed) {
    int count = 64 / width;
    lanes.assemble(
        width,
        i -> {
          lanes.push(A, width / 2, part * count + i, signed);
          lanes.push(B, width / 2, part * count + i, signed);
          code.op(Code.I64_MUL);
        });
  }

  /** Two halves with lanes of double the width, saturated into one. */
  void narrow(boolean signed) {
    int count = 64 / (2 * width);
    lanes.assemble(
        width,
        i -> {
          lanes.push(i < count ? A : B, 2 * width, i % count, true);
          lanes.saturate(width, signed, temporary);
        });
  }

  static IllegalStateException unknown(String operation) {
    return new IllegalStateException("vector operation " + operation);
  }
}
