package io.vivarium.wasm.engine.simd;

import io.vivarium.wasm.engine.binary.BinaryReader;
import io.vivarium.wasm.engine.binary.FunctionType;
import io.vivarium.wasm.engine.binary.VectorOpcode;
import io.vivarium.wasm.engine.binary.WasmType;
import java.util.Arrays;

/**
 * Writes what stands for a vector instruction. A vector is two i64 on the stack, the low half below
 * the high one. The function it stands in lends some local variables.
 */
final class VectorInstructions {
  /** How many i64 are lent, from the first index on; one i32 follows. */
  static final int LENT_I64 = 6;

  private final Code code;
  private final Helpers helpers;
  private final int t0;
  private final int t1;
  private final int t2;
  private final int t3;
  private final int number;

  /** Writes to {@code code}; {@code lent} is the first local variable that is lent. */
  VectorInstructions(Code code, Helpers helpers, int lent) {
    this.code = code;
    this.helpers = helpers;
    this.t0 = lent;
    this.t1 = lent + 1;
    this.t2 = lent + 2;
    this.t3 = lent + 3;
    this.number = lent + LENT_I64;
  }

  /**
   * The instruction with this number behind the prefix, whose immediates are next in {@code in}.
   */
  void write(int opcode, BinaryReader in) {
    String name = VectorOpcode.name(opcode);
    switch (VectorOpcode.shape(opcode)) {
      case LOAD -> load(opcode, in);
      case STORE -> store(in);
      case LOAD_LANE -> loadLane(opcode, in);
      case STORE_LANE -> storeLane(opcode, in);
      case CONST -> code.i64(in.fixed64()).i64(in.fixed64());
      case SHUFFLE -> shuffle(in);
      case SPLAT -> splat(name);
      case EXTRACT -> extract(opcode, in.u8());
      case REPLACE -> replace(opcode, in.u8());
      case UNARY -> unary(name);
      case BINARY -> binary(name);
      case TERNARY -> bitselect();
      case TEST -> test(name);
      case SHIFT -> shift(name);
    }
  }

  /** select of two vectors. */
  void select() {
    code.set(number);
    popVector(t3, t2);
    code.set(t1);
    code.get(t2).get(number).op(Code.SELECT);
    code.get(t1).get(t3).get(number).op(Code.SELECT);
  }

  private void popVector(int high, int low) {
    code.set(high).set(low);
  }

  /** Bits of a lane, as the part of the name before the x says. */
  private static int width(String name) {
    return Integer.parseInt(name.substring(1, name.indexOf('x')));
  }

  private static boolean floating(String name) {
    return name.charAt(0) == 'f';
  }

  private static String operation(String name) {
    return name.substring(name.indexOf('.') + 1);
  }

  // ---- memory ---------------------------------------------------------------------------------

  private static int offset(BinaryReader in) {
    in.u32();
    return in.u32();
  }

  /** Eight bytes further; an offset that leaves 32 bits is out of bounds as much as the largest. */
  private static int further(int offset) {
    return (int) Math.min((offset & 0xffff_ffffL) + 8, 0xffff_ffffL);
  }

  private void load(int opcode, BinaryReader in) {
    int offset = offset(in);
    String operation = operation(VectorOpcode.name(opcode));
    switch (operation) {
      case "load" -> {
        code.tee(number).access(0x29, offset);
        code.get(number).access(0x29, further(offset));
      }
      case "load32_zero" -> code.access(0x35, offset).i64(0);
      case "load64_zero" -> code.access(0x29, offset).i64(0);
      case "load8_splat" -> loadSplat(0x2d, offset, "i8x16.splat");
      case "load16_splat" -> loadSplat(0x2f, offset, "i16x8.splat");
      case "load32_splat" -> loadSplat(0x28, offset, "i32x4.splat");
      case "load64_splat" -> loadSplat(0x29, offset, "i64x2.splat");
      default -> {
        int from = Integer.parseInt(operation.substring(4, operation.indexOf('x')));
        code.access(0x29, offset).set(t0);
        extendHalf(2 * from, t0, operation.endsWith("_s"));
      }
    }
  }

  private void loadSplat(int load, int offset, String splat) {
    code.access(load, offset);
    splat(splat);
  }

  private void store(BinaryReader in) {
    int offset = offset(in);
    popVector(t1, t0);
    // The high half first: if that is in bounds the low one is too, so nothing is stored in part.
    code.tee(number).get(t1).access(0x37, further(offset));
    code.get(number).get(t0).access(0x37, offset);
  }

  private void loadLane(int opcode, BinaryReader in) {
    int offset = offset(in);
    int lanes = VectorOpcode.lanes(opcode);
    popVector(t1, t0);
    code.access(
        switch (lanes) {
          case 16 -> 0x31;
          case 8 -> 0x33;
          case 4 -> 0x35;
          default -> 0x29;
        },
        offset);
    code.set(t2).get(t0).get(t1);
    replaceBits(128 / lanes, in.u8());
  }

  private void storeLane(int opcode, BinaryReader in) {
    int offset = offset(in);
    int width = 128 / VectorOpcode.lanes(opcode);
    int lane = in.u8();
    popVector(t1, t0);
    int perHalf = 64 / width;
    code.get(lane < perHalf ? t0 : t1).shift(-width * (lane % perHalf));
    code.access(
        switch (width) {
          case 8 -> 0x3c;
          case 16 -> 0x3d;
          case 32 -> 0x3e;
          default -> 0x37;
        },
        offset);
  }

  // ---- lanes ----------------------------------------------------------------------------------

  private void splat(String name) {
    int width = width(name);
    toBits(width, floating(name));
    if (width < 64) {
      // One in every lane, times the value.
      code.mask(width).i64(Long.divideUnsigned(-1, -1L >>> (64 - width))).op(Code.I64_MUL);
    }
    code.tee(t0).get(t0);
  }

  /** Turns the scalar on top into an i64 with its bits below. */
  private void toBits(int width, boolean floating) {
    if (floating) {
      code.op(width == 32 ? Code.I32_REINTERPRET_F32 : Code.I64_REINTERPRET_F64);
    }
    if (width < 64) {
      code.op(Code.I64_EXTEND_I32_U);
    }
  }

  private void extract(int opcode, int lane) {
    String name = VectorOpcode.name(opcode);
    int width = width(name);
    int perHalf = 64 / width;
    if (lane < perHalf) {
      code.op(Code.DROP);
    } else {
      code.set(t0).op(Code.DROP).get(t0);
    }
    code.shift(-width * (lane % perHalf));
    if (width < 64) {
      code.op(Code.I32_WRAP_I64);
    }
    if (floating(name)) {
      code.op(width == 32 ? Code.F32_REINTERPRET_I32 : Code.F64_REINTERPRET_I64);
    } else if (name.endsWith("_s")) {
      code.op(width == 8 ? 0xc0 : 0xc1);
    } else if (name.endsWith("_u")) {
      code.i32((1 << width) - 1).op(Code.I32_AND);
    }
  }

  private void replace(int opcode, int lane) {
    String name = VectorOpcode.name(opcode);
    toBits(width(name), floating(name));
    code.set(t2);
    replaceBits(width(name), lane);
  }

  /** Replaces a lane of the vector on top by the low bits of t2. */
  private void replaceBits(int width, int lane) {
    int perHalf = 64 / width;
    if (lane < perHalf) {
      code.set(t1);
    }
    int at = width * (lane % perHalf);
    if (width == 64) {
      code.op(Code.DROP).get(t2);
    } else {
      code.i64(~((-1L >>> (64 - width)) << at)).op(Code.I64_AND);
      code.get(t2).mask(width).shift(at).op(Code.I64_OR);
    }
    if (lane < perHalf) {
      code.get(t1);
    }
  }

  private void shuffle(BinaryReader in) {
    int[] chosen = new int[16];
    for (int i = 0; i < 16; i++) {
      chosen[i] = in.u8();
    }
    popVector(t3, t2);
    popVector(t1, t0);
    shuffledHalf(chosen, 0);
    shuffledHalf(chosen, 8);
  }

  /** Eight bytes of a shuffle, those that lie together moved together. */
  private void shuffledHalf(int[] chosen, int start) {
    int done = 0;
    while (done < 8) {
      int from = chosen[start + done];
      int length = 1;
      while (done + length < 8
          && chosen[start + done + length] == from + length
          && (from + length) % 8 != 0) {
        length++;
      }
      code.get(t0 + from / 8).shift(-8 * (from % 8)).mask(8 * length).shift(8 * done);
      if (done > 0) {
        code.op(Code.I64_OR);
      }
      done += length;
    }
  }

  // ---- computing ------------------------------------------------------------------------------

  private int helper(String name, FunctionType type, int width, Half half) {
    return helpers.index(
        name,
        type,
        (code, lanes) ->
            half.write(new HalfOperations(code, lanes, width, type.parameters().length)));
  }

  private interface Half {
    void write(HalfOperations operations);
  }

  /** Both halves of the vector on top by the same function. */
  private void eachHalf(int function) {
    code.set(t0).call(function).get(t0).call(function);
  }

  private void unary(String name) {
    String operation = operation(name);
    if (operation.startsWith("extend_")) {
      code.set(t1).set(t0);
      int source = operation.startsWith("extend_high") ? t1 : t0;
      extendHalf(width(name), source, operation.endsWith("_s"));
    } else if (operation.startsWith("extadd_pairwise")) {
      boolean signed = operation.endsWith("_s");
      eachHalf(helper(name, Helpers.UNARY, width(name), half -> half.addPairwise(signed)));
    } else if (operation.equals("not")) {
      code.set(t0).i64(-1).op(Code.I64_XOR).get(t0).i64(-1).op(Code.I64_XOR);
    } else if (Conversions.handles(operation)) {
      new Conversions(code, helpers, t0).write(name);
    } else if (floating(name)) {
      eachHalf(helper(name, Helpers.UNARY, width(name), half -> half.floatUnary(operation)));
    } else {
      eachHalf(helper(name, Helpers.UNARY, width(name), half -> half.integerUnary(operation)));
    }
  }

  /** A vector of lanes of {@code width} from the narrower ones of a half. */
  private void extendHalf(int width, int source, boolean signed) {
    for (int part = 0; part < 2; part++) {
      int which = part;
      String name = "extend" + width + (signed ? "s" : "u") + part;
      code.get(source).call(helper(name, Helpers.UNARY, width, half -> half.extend(which, signed)));
    }
  }

  private void binary(String name) {
    String operation = operation(name);
    switch (operation) {
      case "and" -> bitwise(Code.I64_AND);
      case "or" -> bitwise(Code.I64_OR);
      case "xor" -> bitwise(Code.I64_XOR);
      case "andnot" -> {
        code.i64(-1).op(Code.I64_XOR).set(t3).i64(-1).op(Code.I64_XOR).get(t3);
        bitwise(Code.I64_AND);
      }
      case "swizzle" -> swizzle();
      default -> {
        if (operation.startsWith("narrow")) {
          boolean signed = operation.endsWith("_s");
          int function = helper(name, Helpers.BINARY, width(name), half -> half.narrow(signed));
          popVector(t1, t0);
          code.call(function).get(t0).get(t1).call(function);
        } else if (operation.startsWith("extmul")) {
          extendedProduct(name, operation);
        } else {
          pairHalves(halfBinary(name, operation));
        }
      }
    }
  }

  private int halfBinary(String name, String operation) {
    return helper(
        name,
        Helpers.BINARY,
        width(name),
        half -> {
          if (operation.startsWith("dot")) {
            half.dot();
          } else if (floating(name)) {
            half.floatBinary(operation);
          } else {
            half.integerBinary(operation);
          }
        });
  }

  /** Low with low and high with high, by the same function. */
  private void pairHalves(int function) {
    popVector(t1, t0);
    code.set(t2).get(t0).call(function).get(t2).get(t1).call(function);
  }

  private void bitwise(int opcode) {
    popVector(t1, t0);
    code.set(t2).get(t0).op(opcode).get(t2).get(t1).op(opcode);
  }

  private void extendedProduct(String name, String operation) {
    boolean signed = operation.endsWith("_s");
    boolean high = operation.startsWith("extmul_high");
    popVector(t3, t2);
    popVector(t1, t0);
    for (int part = 0; part < 2; part++) {
      int which = part;
      String helper = "extmul" + width(name) + (signed ? "s" : "u") + part;
      code.get(high ? t1 : t0).get(high ? t3 : t2);
      code.call(
          helper(helper, Helpers.BINARY, width(name), half -> half.extendedProduct(which, signed)));
    }
  }

  private void swizzle() {
    int function =
        helpers.index(
            "swizzle",
            Helpers.TERNARY,
            (code, lanes) ->
                lanes.assemble(
                    8,
                    i -> {
                      // Which of the two halves, shifted by the index, or zero beyond both.
                      code.get(0).get(1);
                      lanes.push(2, 8, i, false);
                      code.tee(3).i64(8).op(Code.I64_LT_S).op(Code.SELECT);
                      code.get(3).i64(7).op(Code.I64_AND).shift(3).op(Code.I64_SHR_U);
                      code.i64(0).get(3).i64(16).op(Code.I64_LT_S).op(Code.SELECT);
                    }));
    popVector(t3, t2);
    popVector(t1, t0);
    code.get(t0).get(t1).get(t2).call(function);
    code.get(t0).get(t1).get(t3).call(function);
  }

  private void bitselect() {
    int function =
        helpers.index(
            "bitselect",
            Helpers.TERNARY,
            (code, lanes) -> {
              code.get(0).get(2).op(Code.I64_AND);
              code.get(1).get(2).i64(-1).op(Code.I64_XOR).op(Code.I64_AND).op(Code.I64_OR);
            });
    popVector(t0 + 5, t0 + 4);
    popVector(t3, t2);
    code.set(t1).get(t2).get(t0 + 4).call(function);
    code.get(t1).get(t3).get(t0 + 5).call(function);
  }

  private void test(String name) {
    switch (operation(name)) {
      case "any_true" -> code.op(Code.I64_OR).i64(0).op(Code.I64_NE);
      case "all_true" -> code.call(allTrue(width(name)));
      default -> code.call(bitmask(width(name)));
    }
  }

  private int allTrue(int width) {
    return helpers.index(
        "all_true" + width,
        Helpers.TEST,
        (code, lanes) -> {
          for (int half = 0; half < 2; half++) {
            for (int i = 0; i < 64 / width; i++) {
              lanes.push(half, width, i, false);
              code.i64(0).op(Code.I64_NE);
              if (half + i > 0) {
                code.op(Code.I32_AND);
              }
            }
          }
        });
  }

  private int bitmask(int width) {
    int perHalf = 64 / width;
    return helpers.index(
        "bitmask" + width,
        Helpers.TEST,
        (code, lanes) -> {
          for (int i = 0; i < 2 * perHalf; i++) {
            lanes.push(i / perHalf, width, i % perHalf, false);
            code.shift(-(width - 1)).op(Code.I32_WRAP_I64).i32(i).op(Code.I32_SHL);
            if (i > 0) {
              code.op(Code.I32_OR);
            }
          }
        });
  }

  private void shift(String name) {
    int width = width(name);
    String operation = operation(name);
    int function =
        helpers.index(
            name,
            Helpers.SHIFT,
            (code, lanes) ->
                lanes.assemble(
                    width,
                    i -> {
                      lanes.push(0, width, i, operation.equals("shr_s"));
                      code.get(1).op(Code.I64_EXTEND_I32_U).i64(width - 1).op(Code.I64_AND);
                      code.op(
                          switch (operation) {
                            case "shl" -> Code.I64_SHL;
                            case "shr_s" -> Code.I64_SHR_S;
                            default -> Code.I64_SHR_U;
                          });
                    }));
    code.set(number).set(t0).get(number).call(function);
    code.get(t0).get(number).call(function);
  }

  /** The types of the local variables that are lent. */
  static byte[] lentTypes() {
    byte[] types = new byte[LENT_I64 + 1];
    Arrays.fill(types, (byte) WasmType.I64);
    types[LENT_I64] = WasmType.I32;
    return types;
  }
}
