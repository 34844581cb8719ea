package io.vivarium.wasm.trace;

import io.vivarium.wasm.engine.GuestMemory;

/** Bytes of a guest as a C string literal of printable ASCII: nothing in it commands a terminal. */
final class Quoted {
  /** Most bytes of data and text that are shown, as with strace(1). */
  static final int SHORT = 32;

  /** Most bytes of a path that are shown. */
  static final int LONG = 512;

  private Quoted() {}

  /**
   * Appends what is at an address.
   *
   * @param length bytes; the address is in the memory for as long as that
   * @param limit most bytes that are shown; "..." follows what is cut
   */
  static void append(StringBuilder out, GuestMemory memory, int address, int length, int limit) {
    byte[] bytes = memory.copy(address, Math.min(length, limit));
    out.append('"');
    for (int i = 0; i < bytes.length; i++) {
      boolean beforeDigit = i + 1 < bytes.length && bytes[i + 1] >= '0' && bytes[i + 1] <= '9';
      append(out, bytes[i] & 0xff, beforeDigit);
    }
    out.append('"');
    if (length > limit) {
      out.append("...");
    }
  }

  private static void append(StringBuilder out, int value, boolean beforeDigit) {
    switch (value) {
      case '"' -> out.append("\\\"");
      case '\\' -> out.append("\\\\");
      case '\n' -> out.append("\\n");
      case '\r' -> out.append("\\r");
      case '\t' -> out.append("\\t");
      case 0x0b -> out.append("\\v");
      case '\f' -> out.append("\\f");
      default -> {
        if (value >= ' ' && value < 0x7f) {
          out.append((char) value);
        } else if (beforeDigit) {
          out.append(String.format("\\%03o", value));
        } else {
          out.append('\\').append(Integer.toOctalString(value));
        }
      }
    }
  }
}
