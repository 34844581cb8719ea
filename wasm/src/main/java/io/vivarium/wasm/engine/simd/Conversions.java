package io.vivarium.wasm.engine.simd;

import io.vivarium.wasm.engine.binary.FunctionType;

/** Writes what stands for conversions between integer and floating-point lanes of a vector. */
final class Conversions {
  private static final int F32_CONVERT_I32_S = 0xb2;
  private static final int F32_CONVERT_I32_U = 0xb3;
  private static final int F64_CONVERT_I32_S = 0xb7;
  private static final int F64_CONVERT_I32_U = 0xb8;
  private static final int F32_DEMOTE_F64 = 0xb6;
  private static final int F64_PROMOTE_F32 = 0xbb;

  private final Code code;
  private final Helpers helpers;
  private final int temporary;

  Conversions(Code code, Helpers helpers, int temporary) {
    this.code = code;
    this.helpers = helpers;
    this.temporary = temporary;
  }

  static boolean handles(String operation) {
    return operation.startsWith("trunc_sat")
        || operation.startsWith("convert")
        || operation.startsWith("demote")
        || operation.startsWith("promote");
  }

  void write(String name) {
    switch (name) {
      case "i32x4.trunc_sat_f32x4_s" -> eachHalf(name, 32, true, 0);
      case "i32x4.trunc_sat_f32x4_u" -> eachHalf(name, 32, true, 1);
      case "f32x4.convert_i32x4_s" -> eachHalf(name, 32, false, F32_CONVERT_I32_S);
      case "f32x4.convert_i32x4_u" -> eachHalf(name, 32, false, F32_CONVERT_I32_U);
      case "i32x4.trunc_sat_f64x2_s_zero" -> narrow(name, 2);
      case "i32x4.trunc_sat_f64x2_u_zero" -> narrow(name, 3);
      case "f32x4.demote_f64x2_zero" -> narrow(name, -1);
      case "f64x2.convert_low_i32x4_s" -> widen(name, F64_CONVERT_I32_S);
      case "f64x2.convert_low_i32x4_u" -> widen(name, F64_CONVERT_I32_U);
      case "f64x2.promote_low_f32x4" -> widen(name, F64_PROMOTE_F32);
      default -> throw HalfOperations.unknown(name);
    }
  }

  /** Lanes of 32 bits to lanes of 32 bits. */
  private void eachHalf(String name, int width, boolean truncate, int opcode) {
    int function =
        helpers.index(
            name,
            Helpers.UNARY,
            (code, lanes) ->
                lanes.assemble(
                    width,
                    i -> {
                      if (truncate) {
                        lanes.pushFloat(0, width, i);
                        code.prefixed(opcode).op(Code.I64_EXTEND_I32_U);
                      } else {
                        lanes.push(0, width, i, false);
                        code.op(Code.I32_WRAP_I64).op(opcode);
                        lanes.bits(width);
                      }
                    }));
    code.set(temporary).call(function).get(temporary).call(function);
  }

  /** Two lanes of 64 bits to two of 32, and zero above them. A negative number means demotion. */
  private void narrow(String name, int saturating) {
    FunctionType type = Helpers.BINARY;
    int function =
        helpers.index(
            name,
            type,
            (code, lanes) ->
                lanes.assemble(
                    32,
                    i -> {
                      lanes.pushFloat(i, 64, 0);
                      if (saturating >= 0) {
                        code.prefixed(saturating).op(Code.I64_EXTEND_I32_U);
                      } else {
                        code.op(F32_DEMOTE_F64);
                        lanes.bits(32);
                      }
                    }));
    code.call(function).i64(0);
  }

  /** The two low lanes of 32 bits to two of 64. */
  private void widen(String name, int opcode) {
    code.op(Code.DROP).set(temporary);
    for (int part = 0; part < 2; part++) {
      int lane = part;
      int function =
          helpers.index(
              name + part,
              Helpers.UNARY,
              (code, lanes) -> {
                if (opcode == F64_PROMOTE_F32) {
                  lanes.pushFloat(0, 32, lane);
                } else {
                  lanes.push(0, 32, lane, false);
                  code.op(Code.I32_WRAP_I64);
                }
                code.op(opcode);
                lanes.bits(64);
              });
      code.get(temporary).call(function);
    }
  }
}
