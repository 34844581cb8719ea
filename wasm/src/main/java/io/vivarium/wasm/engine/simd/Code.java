package io.vivarium.wasm.engine.simd;

import io.vivarium.wasm.engine.binary.BinaryWriter;

/** Writes instructions. */
final class Code {
  static final int I64_EQZ = 0x50;
  static final int I64_EQ = 0x51;
  static final int I64_NE = 0x52;
  static final int I64_LT_S = 0x53;
  static final int I64_GT_S = 0x55;
  static final int I64_LE_S = 0x57;
  static final int I64_GE_S = 0x59;
  static final int I64_ADD = 0x7c;
  static final int I64_SUB = 0x7d;
  static final int I64_MUL = 0x7e;
  static final int I64_AND = 0x83;
  static final int I64_OR = 0x84;
  static final int I64_XOR = 0x85;
  static final int I64_SHL = 0x86;
  static final int I64_SHR_S = 0x87;
  static final int I64_SHR_U = 0x88;
  static final int I32_AND = 0x71;
  static final int I32_OR = 0x72;
  static final int I32_SHL = 0x74;
  static final int I32_WRAP_I64 = 0xa7;
  static final int I64_EXTEND_I32_S = 0xac;
  static final int I64_EXTEND_I32_U = 0xad;
  static final int I32_REINTERPRET_F32 = 0xbc;
  static final int I64_REINTERPRET_F64 = 0xbd;
  static final int F32_REINTERPRET_I32 = 0xbe;
  static final int F64_REINTERPRET_I64 = 0xbf;
  static final int SELECT = 0x1b;
  static final int DROP = 0x1a;

  private final BinaryWriter out;

  /** Appends to {@code out}. */
  Code(BinaryWriter out) {
    this.out = out;
  }

  /** An instruction without immediates. */
  Code op(int opcode) {
    out.u8(opcode);
    return this;
  }

  /** An instruction with the prefix 0xFC and without further immediates. */
  Code prefixed(int number) {
    out.u8(0xfc);
    out.u32(number);
    return this;
  }

  Code get(int local) {
    return index(0x20, local);
  }

  Code set(int local) {
    return index(0x21, local);
  }

  Code tee(int local) {
    return index(0x22, local);
  }

  Code call(int function) {
    return index(0x10, function);
  }

  Code index(int opcode, int index) {
    out.u8(opcode);
    out.u32(index);
    return this;
  }

  Code i64(long value) {
    out.u8(0x42);
    out.s64(value);
    return this;
  }

  Code i32(int value) {
    out.u8(0x41);
    out.s64(value);
    return this;
  }

  /** A load or store, not aligned. */
  Code access(int opcode, int offset) {
    out.u8(opcode);
    out.u32(0);
    out.u32(offset);
    return this;
  }

  /** Shifts the i64 on top left by a constant; by a negative one, right with zeros. */
  Code shift(int bits) {
    if (bits > 0) {
      i64(bits).op(I64_SHL);
    } else if (bits < 0) {
      i64(-bits).op(I64_SHR_U);
    }
    return this;
  }

  /** Keeps the low bits of the i64 on top. */
  Code mask(int bits) {
    return bits == 64 ? this : i64(-1L >>> (64 - bits)).op(I64_AND);
  }
}
