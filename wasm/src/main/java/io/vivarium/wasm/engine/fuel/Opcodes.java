package io.vivarium.wasm.engine.fuel;

/** Instructions that metering looks at or writes. Those with a prefix have it in the upper byte. */
final class Opcodes {
  static final int UNREACHABLE = 0x00;
  static final int BLOCK = 0x02;
  static final int LOOP = 0x03;
  static final int IF = 0x04;
  static final int ELSE = 0x05;
  static final int END = 0x0b;
  static final int BR = 0x0c;
  static final int BR_IF = 0x0d;
  static final int BR_TABLE = 0x0e;
  static final int RETURN = 0x0f;
  static final int CALL = 0x10;
  static final int CALL_INDIRECT = 0x11;
  static final int RETURN_CALL = 0x12;
  static final int RETURN_CALL_INDIRECT = 0x13;
  static final int LOCAL_GET = 0x20;
  static final int LOCAL_TEE = 0x22;
  static final int GLOBAL_SET = 0x24;
  static final int I64_CONST = 0x42;
  static final int I64_ADD = 0x7c;
  static final int I64_SHR_U = 0x88;
  static final int I64_EXTEND_I32_U = 0xad;
  static final int MEMORY_INIT = 0xfc08;
  static final int MEMORY_COPY = 0xfc0a;
  static final int MEMORY_FILL = 0xfc0b;
  static final int TABLE_INIT = 0xfc0c;
  static final int TABLE_COPY = 0xfc0e;
  static final int TABLE_GROW = 0xfc0f;
  static final int TABLE_SIZE = 0xfc10;
  static final int TABLE_FILL = 0xfc11;

  private Opcodes() {}
}
