package io.vivarium.wasm.engine;

import run.endive.runtime.OpcodeImpl;

/**
 * The numeric instructions that the {@link Interpreter} does not do itself. What Java has no
 * operator for is done by the methods that compiled code calls, so both agree.
 */
final class InterpretedNumbers {
  private InterpretedNumbers() {}

  /** Executes one instruction on the top of the stack; says how high the stack is then. */
  static int apply(int opcode, long[] s, int sp) {
    long top = s[sp - 1];
    if (isBinary(opcode)) {
      long below = s[sp - 2];
      boolean floating =
          (opcode >= 0x5b && opcode <= 0x66)
              || (opcode >= 0x92 && opcode <= 0x98)
              || (opcode >= 0xa0 && opcode <= 0xa6);
      s[sp - 2] = floating ? floats(opcode, below, top) : integers(opcode, below, top);
      return sp - 1;
    }
    boolean conversion = opcode >= 0x100 || (opcode >= 0xa8 && opcode <= 0xbf);
    s[sp - 1] = conversion ? convert(opcode, top) : unary(opcode, top);
    return sp;
  }

  private static boolean isBinary(int opcode) {
    return (opcode >= 0x51 && opcode <= 0x66)
        || (opcode >= 0x6a && opcode <= 0x78)
        || (opcode >= 0x7c && opcode <= 0x8a)
        || (opcode >= 0x92 && opcode <= 0x98)
        || (opcode >= 0xa0 && opcode <= 0xa6);
  }

  private static float f32(long bits) {
    return Float.intBitsToFloat((int) bits);
  }

  private static double f64(long bits) {
    return Double.longBitsToDouble(bits);
  }

  private static long bits(float value) {
    return Float.floatToRawIntBits(value);
  }

  private static long bits(double value) {
    return Double.doubleToRawLongBits(value);
  }

  private static long bit(boolean condition) {
    return condition ? 1 : 0;
  }

  private static IllegalStateException unknown(int opcode) {
    return new IllegalStateException("opcode 0x" + Integer.toHexString(opcode));
  }

  private static long integers(int opcode, long a, long b) {
    return switch (opcode) {
      case 0x51 -> bit(a == b);
      case 0x52 -> bit(a != b);
      case 0x53 -> bit(a < b);
      case 0x54 -> bit(Long.compareUnsigned(a, b) < 0);
      case 0x55 -> bit(a > b);
      case 0x56 -> bit(Long.compareUnsigned(a, b) > 0);
      case 0x57 -> bit(a <= b);
      case 0x58 -> bit(Long.compareUnsigned(a, b) <= 0);
      case 0x59 -> bit(a >= b);
      case 0x5a -> bit(Long.compareUnsigned(a, b) >= 0);
      case 0x6d -> OpcodeImpl.I32_DIV_S((int) a, (int) b);
      case 0x6e -> OpcodeImpl.I32_DIV_U((int) a, (int) b);
      case 0x6f -> OpcodeImpl.I32_REM_S((int) a, (int) b);
      case 0x70 -> OpcodeImpl.I32_REM_U((int) a, (int) b);
      case 0x77 -> Integer.rotateLeft((int) a, (int) b);
      case 0x78 -> Integer.rotateRight((int) a, (int) b);
      case 0x7f -> OpcodeImpl.I64_DIV_S(a, b);
      case 0x80 -> OpcodeImpl.I64_DIV_U(a, b);
      case 0x81 -> OpcodeImpl.I64_REM_S(a, b);
      case 0x82 -> OpcodeImpl.I64_REM_U(a, b);
      case 0x89 -> Long.rotateLeft(a, (int) b);
      case 0x8a -> Long.rotateRight(a, (int) b);
      default -> throw unknown(opcode);
    };
  }

  private static long floats(int opcode, long a, long b) {
    return switch (opcode) {
      case 0x5b -> bit(f32(a) == f32(b));
      case 0x5c -> bit(f32(a) != f32(b));
      case 0x5d -> bit(f32(a) < f32(b));
      case 0x5e -> bit(f32(a) > f32(b));
      case 0x5f -> bit(f32(a) <= f32(b));
      case 0x60 -> bit(f32(a) >= f32(b));
      case 0x61 -> bit(f64(a) == f64(b));
      case 0x62 -> bit(f64(a) != f64(b));
      case 0x63 -> bit(f64(a) < f64(b));
      case 0x64 -> bit(f64(a) > f64(b));
      case 0x65 -> bit(f64(a) <= f64(b));
      case 0x66 -> bit(f64(a) >= f64(b));
      case 0x92 -> bits(f32(a) + f32(b));
      case 0x93 -> bits(f32(a) - f32(b));
      case 0x94 -> bits(f32(a) * f32(b));
      case 0x95 -> bits(f32(a) / f32(b));
      case 0x96 -> bits(OpcodeImpl.F32_MIN(f32(a), f32(b)));
      case 0x97 -> bits(OpcodeImpl.F32_MAX(f32(a), f32(b)));
      case 0x98 -> bits(OpcodeImpl.F32_COPYSIGN(f32(a), f32(b)));
      case 0xa0 -> bits(f64(a) + f64(b));
      case 0xa1 -> bits(f64(a) - f64(b));
      case 0xa2 -> bits(f64(a) * f64(b));
      case 0xa3 -> bits(f64(a) / f64(b));
      case 0xa4 -> bits(OpcodeImpl.F64_MIN(f64(a), f64(b)));
      case 0xa5 -> bits(OpcodeImpl.F64_MAX(f64(a), f64(b)));
      case 0xa6 -> bits(OpcodeImpl.F64_COPYSIGN(f64(a), f64(b)));
      default -> throw unknown(opcode);
    };
  }

  private static long unary(int opcode, long a) {
    return switch (opcode) {
      case 0x67 -> Integer.numberOfLeadingZeros((int) a);
      case 0x68 -> Integer.numberOfTrailingZeros((int) a);
      case 0x69 -> Integer.bitCount((int) a);
      case 0x79 -> Long.numberOfLeadingZeros(a);
      case 0x7a -> Long.numberOfTrailingZeros(a);
      case 0x7b -> Long.bitCount(a);
      case 0x8b -> (int) a & 0x7fff_ffff;
      case 0x8c -> (int) a ^ 0x8000_0000;
      case 0x8d -> bits(OpcodeImpl.F32_CEIL(f32(a)));
      case 0x8e -> bits(OpcodeImpl.F32_FLOOR(f32(a)));
      case 0x8f -> bits(OpcodeImpl.F32_TRUNC(f32(a)));
      case 0x90 -> bits(OpcodeImpl.F32_NEAREST(f32(a)));
      case 0x91 -> bits(OpcodeImpl.F32_SQRT(f32(a)));
      case 0x99 -> a & 0x7fff_ffff_ffff_ffffL;
      case 0x9a -> a ^ 0x8000_0000_0000_0000L;
      case 0x9b -> bits(OpcodeImpl.F64_CEIL(f64(a)));
      case 0x9c -> bits(OpcodeImpl.F64_FLOOR(f64(a)));
      case 0x9d -> bits(OpcodeImpl.F64_TRUNC(f64(a)));
      case 0x9e -> bits(OpcodeImpl.F64_NEAREST(f64(a)));
      case 0x9f -> bits(OpcodeImpl.F64_SQRT(f64(a)));
      case 0xc0 -> (byte) a;
      case 0xc1 -> (short) a;
      case 0xc2 -> (byte) a;
      case 0xc3 -> (short) a;
      case 0xc4 -> (int) a;
      default -> throw unknown(opcode);
    };
  }

  private static long convert(int opcode, long a) {
    return switch (opcode) {
      case 0xa8 -> OpcodeImpl.I32_TRUNC_F32_S(f32(a));
      case 0xa9 -> OpcodeImpl.I32_TRUNC_F32_U(f32(a));
      case 0xaa -> OpcodeImpl.I32_TRUNC_F64_S(f64(a));
      case 0xab -> OpcodeImpl.I32_TRUNC_F64_U(f64(a));
      case 0xae -> OpcodeImpl.I64_TRUNC_F32_S(f32(a));
      case 0xaf -> OpcodeImpl.I64_TRUNC_F32_U(f32(a));
      case 0xb0 -> OpcodeImpl.I64_TRUNC_F64_S(f64(a));
      case 0xb1 -> OpcodeImpl.I64_TRUNC_F64_U(f64(a));
      case 0xb2 -> bits((float) (int) a);
      case 0xb3 -> bits(OpcodeImpl.F32_CONVERT_I32_U((int) a));
      case 0xb4 -> bits((float) a);
      case 0xb5 -> bits(OpcodeImpl.F32_CONVERT_I64_U(a));
      case 0xb6 -> bits((float) f64(a));
      case 0xb7 -> bits((double) (int) a);
      case 0xb8 -> bits((double) (a & 0xffff_ffffL));
      case 0xb9 -> bits((double) a);
      case 0xba -> bits(OpcodeImpl.F64_CONVERT_I64_U(a));
      case 0xbb -> bits((double) f32(a));
      case 0xbc -> (int) a;
      case 0xbd -> a;
      case 0xbe -> (int) a;
      case 0xbf -> a;
      case 0x100 -> OpcodeImpl.I32_TRUNC_SAT_F32_S(f32(a));
      case 0x101 -> OpcodeImpl.I32_TRUNC_SAT_F32_U(f32(a));
      case 0x102 -> OpcodeImpl.I32_TRUNC_SAT_F64_S(f64(a));
      case 0x103 -> OpcodeImpl.I32_TRUNC_SAT_F64_U(f64(a));
      case 0x104 -> OpcodeImpl.I64_TRUNC_SAT_F32_S(f32(a));
      case 0x105 -> OpcodeImpl.I64_TRUNC_SAT_F32_U(f32(a));
      case 0x106 -> OpcodeImpl.I64_TRUNC_SAT_F64_S(f64(a));
      case 0x107 -> OpcodeImpl.I64_TRUNC_SAT_F64_U(f64(a));
      default -> throw unknown(opcode);
    };
  }
}
