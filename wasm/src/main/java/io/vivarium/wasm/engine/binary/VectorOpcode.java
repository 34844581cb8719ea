package io.vivarium.wasm.engine.binary;

import java.util.Arrays;

/**
 * What the format says about each vector instruction, by the number that follows the prefix 0xFD
 * (core specification 5.4.9): its name, what it takes and gives, its immediates.
 */
public final class VectorOpcode {
  /** What an instruction takes from the stack and puts there; v is a vector, x a scalar. */
  public enum Shape {
    /** address to v, with a memory argument. */
    LOAD,
    /** address and v to nothing, with a memory argument. */
    STORE,
    /** address and v to v, with a memory argument and a lane. */
    LOAD_LANE,
    /** address and v to nothing, with a memory argument and a lane. */
    STORE_LANE,
    /** nothing to v, with 16 bytes. */
    CONST,
    /** v and v to v, with 16 lanes of 32. */
    SHUFFLE,
    /** x to v. */
    SPLAT,
    /** v to x, with a lane. */
    EXTRACT,
    /** v and x to v, with a lane. */
    REPLACE,
    /** v to v. */
    UNARY,
    /** v and v to v. */
    BINARY,
    /** v, v and v to v. */
    TERNARY,
    /** v to i32. */
    TEST,
    /** v and i32 to v. */
    SHIFT
  }

  /** How many opcodes there are, unassigned ones included. */
  public static final int COUNT = 256;

  private static final String NAMES =
      """
      v128.load v128.load8x8_s v128.load8x8_u v128.load16x4_s v128.load16x4_u v128.load32x2_s \
      v128.load32x2_u v128.load8_splat v128.load16_splat v128.load32_splat v128.load64_splat \
      v128.store v128.const i8x16.shuffle i8x16.swizzle i8x16.splat i16x8.splat i32x4.splat \
      i64x2.splat f32x4.splat f64x2.splat i8x16.extract_lane_s i8x16.extract_lane_u \
      i8x16.replace_lane i16x8.extract_lane_s i16x8.extract_lane_u i16x8.replace_lane \
      i32x4.extract_lane i32x4.replace_lane i64x2.extract_lane i64x2.replace_lane \
      f32x4.extract_lane f32x4.replace_lane f64x2.extract_lane f64x2.replace_lane i8x16.eq \
      i8x16.ne i8x16.lt_s i8x16.lt_u i8x16.gt_s i8x16.gt_u i8x16.le_s i8x16.le_u i8x16.ge_s \
      i8x16.ge_u i16x8.eq i16x8.ne i16x8.lt_s i16x8.lt_u i16x8.gt_s i16x8.gt_u i16x8.le_s \
      i16x8.le_u i16x8.ge_s i16x8.ge_u i32x4.eq i32x4.ne i32x4.lt_s i32x4.lt_u i32x4.gt_s \
      i32x4.gt_u i32x4.le_s i32x4.le_u i32x4.ge_s i32x4.ge_u f32x4.eq f32x4.ne f32x4.lt f32x4.gt \
      f32x4.le f32x4.ge f64x2.eq f64x2.ne f64x2.lt f64x2.gt f64x2.le f64x2.ge v128.not v128.and \
      v128.andnot v128.or v128.xor v128.bitselect v128.any_true v128.load8_lane \
      v128.load16_lane v128.load32_lane v128.load64_lane v128.store8_lane v128.store16_lane \
      v128.store32_lane v128.store64_lane v128.load32_zero v128.load64_zero \
      f32x4.demote_f64x2_zero f64x2.promote_low_f32x4 i8x16.abs i8x16.neg i8x16.popcnt \
      i8x16.all_true i8x16.bitmask i8x16.narrow_i16x8_s i8x16.narrow_i16x8_u f32x4.ceil \
      f32x4.floor f32x4.trunc f32x4.nearest i8x16.shl i8x16.shr_s i8x16.shr_u i8x16.add \
      i8x16.add_sat_s i8x16.add_sat_u i8x16.sub i8x16.sub_sat_s i8x16.sub_sat_u f64x2.ceil \
      f64x2.floor i8x16.min_s i8x16.min_u i8x16.max_s i8x16.max_u f64x2.trunc i8x16.avgr_u \
      i16x8.extadd_pairwise_i8x16_s i16x8.extadd_pairwise_i8x16_u i32x4.extadd_pairwise_i16x8_s \
      i32x4.extadd_pairwise_i16x8_u i16x8.abs i16x8.neg i16x8.q15mulr_sat_s i16x8.all_true \
      i16x8.bitmask i16x8.narrow_i32x4_s i16x8.narrow_i32x4_u i16x8.extend_low_i8x16_s \
      i16x8.extend_high_i8x16_s i16x8.extend_low_i8x16_u i16x8.extend_high_i8x16_u i16x8.shl \
      i16x8.shr_s i16x8.shr_u i16x8.add i16x8.add_sat_s i16x8.add_sat_u i16x8.sub \
      i16x8.sub_sat_s i16x8.sub_sat_u f64x2.nearest i16x8.mul i16x8.min_s i16x8.min_u \
      i16x8.max_s i16x8.max_u - i16x8.avgr_u i16x8.extmul_low_i8x16_s i16x8.extmul_high_i8x16_s \
      i16x8.extmul_low_i8x16_u i16x8.extmul_high_i8x16_u i32x4.abs i32x4.neg - i32x4.all_true \
      i32x4.bitmask - - i32x4.extend_low_i16x8_s i32x4.extend_high_i16x8_s \
      i32x4.extend_low_i16x8_u i32x4.extend_high_i16x8_u i32x4.shl i32x4.shr_s i32x4.shr_u \
      i32x4.add - - i32x4.sub - - - i32x4.mul i32x4.min_s i32x4.min_u i32x4.max_s i32x4.max_u \
      i32x4.dot_i16x8_s - i32x4.extmul_low_i16x8_s i32x4.extmul_high_i16x8_s \
      i32x4.extmul_low_i16x8_u i32x4.extmul_high_i16x8_u i64x2.abs i64x2.neg - i64x2.all_true \
      i64x2.bitmask - - i64x2.extend_low_i32x4_s i64x2.extend_high_i32x4_s \
      i64x2.extend_low_i32x4_u i64x2.extend_high_i32x4_u i64x2.shl i64x2.shr_s i64x2.shr_u \
      i64x2.add - - i64x2.sub - - - i64x2.mul i64x2.eq i64x2.ne i64x2.lt_s i64x2.gt_s i64x2.le_s \
      i64x2.ge_s i64x2.extmul_low_i32x4_s i64x2.extmul_high_i32x4_s i64x2.extmul_low_i32x4_u \
      i64x2.extmul_high_i32x4_u f32x4.abs f32x4.neg - f32x4.sqrt f32x4.add f32x4.sub f32x4.mul \
      f32x4.div f32x4.min f32x4.max f32x4.pmin f32x4.pmax f64x2.abs f64x2.neg - f64x2.sqrt \
      f64x2.add f64x2.sub f64x2.mul f64x2.div f64x2.min f64x2.max f64x2.pmin f64x2.pmax \
      i32x4.trunc_sat_f32x4_s i32x4.trunc_sat_f32x4_u f32x4.convert_i32x4_s \
      f32x4.convert_i32x4_u i32x4.trunc_sat_f64x2_s_zero i32x4.trunc_sat_f64x2_u_zero \
      f64x2.convert_low_i32x4_s f64x2.convert_low_i32x4_u\
      """;

  private static final String[] NAME = NAMES.trim().split("\\s+");
  private static final Shape[] SHAPE = new Shape[COUNT];

  static {
    for (int opcode = 0; opcode < COUNT; opcode++) {
      SHAPE[opcode] = shapeOf(NAME[opcode]);
    }
  }

  private VectorOpcode() {}

  private static Shape shapeOf(String name) {
    String operation = name.substring(name.indexOf('.') + 1);
    if (operation.matches("(load|store).*_lane")) {
      return operation.startsWith("load") ? Shape.LOAD_LANE : Shape.STORE_LANE;
    }
    if (operation.startsWith("load")) {
      return Shape.LOAD;
    }
    if (operation.matches("extend_.*|extadd_.*|trunc.*|convert_.*|demote_.*|promote_.*")) {
      return Shape.UNARY;
    }
    return switch (operation) {
      case "store" -> Shape.STORE;
      case "const" -> Shape.CONST;
      case "shuffle" -> Shape.SHUFFLE;
      case "splat" -> Shape.SPLAT;
      case "extract_lane", "extract_lane_s", "extract_lane_u" -> Shape.EXTRACT;
      case "replace_lane" -> Shape.REPLACE;
      case "bitselect" -> Shape.TERNARY;
      case "any_true", "all_true", "bitmask" -> Shape.TEST;
      case "shl", "shr_s", "shr_u" -> Shape.SHIFT;
      case "not", "abs", "neg", "popcnt", "sqrt", "ceil", "floor", "nearest" -> Shape.UNARY;
      default -> Shape.BINARY;
    };
  }

  /** Whether the number stands for an instruction. */
  public static boolean assigned(int opcode) {
    return opcode >= 0 && opcode < COUNT && !NAME[opcode].equals("-");
  }

  /** The name in the text format. */
  public static String name(int opcode) {
    return NAME[opcode];
  }

  /** All names, at the index of their number; "-" where there is none. */
  public static String[] names() {
    return Arrays.copyOf(NAME, COUNT);
  }

  /** What an assigned opcode takes and gives. */
  public static Shape shape(int opcode) {
    return SHAPE[opcode];
  }

  /** How many lanes its vectors have, as the first part of the name says. */
  public static int lanes(int opcode) {
    return switch (opcode) {
      case 84, 88 -> 16;
      case 85, 89 -> 8;
      case 86, 90 -> 4;
      case 87, 91 -> 2;
      default -> {
        String name = NAME[opcode];
        int x = name.indexOf('x');
        int dot = name.indexOf('.');
        yield x > 0 && x < dot ? Integer.parseInt(name.substring(x + 1, dot)) : 1;
      }
    };
  }

  /** The scalar type that a lane has on the stack. */
  public static int laneType(int opcode) {
    String name = NAME[opcode];
    if (name.startsWith("f32")) {
      return WasmType.F32;
    }
    if (name.startsWith("f64")) {
      return WasmType.F64;
    }
    return name.startsWith("i64") ? WasmType.I64 : WasmType.I32;
  }

  /** The power of two of the bytes that a load or store accesses. */
  public static int naturalAlignment(int opcode) {
    return switch (opcode) {
      case 0, 11 -> 4;
      case 1, 2, 3, 4, 5, 6, 10, 87, 91, 93 -> 3;
      case 9, 86, 90, 92 -> 2;
      case 8, 85, 89 -> 1;
      default -> 0;
    };
  }
}
