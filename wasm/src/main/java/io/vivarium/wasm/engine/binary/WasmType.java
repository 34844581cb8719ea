package io.vivarium.wasm.engine.binary;

/** The value types that are supported, as the bytes that encode them. */
public final class WasmType {
  public static final int I32 = 0x7f;
  public static final int I64 = 0x7e;
  public static final int F32 = 0x7d;
  public static final int F64 = 0x7c;
  public static final int V128 = 0x7b;
  public static final int FUNCREF = 0x70;

  private WasmType() {}

  /** Whether the byte is one of the above. */
  public static boolean isValue(int type) {
    return (type >= V128 && type <= I32) || isReference(type);
  }

  /** Whether it is a reference type. */
  public static boolean isReference(int type) {
    return type == FUNCREF;
  }

  /** Says what is wrong with a byte that is no type from above. */
  static String refusal(int type) {
    return switch (type) {
      case 0x6f -> "references to host objects (externref) are not supported";
      case 0x69 -> "exception handling is not supported";
      case 0x63, 0x64 -> "typed references are not supported";
      case 0x6a, 0x6b, 0x6c, 0x6d, 0x6e, 0x71, 0x72, 0x73 ->
          "garbage-collected types are not supported";
      default -> "malformed type 0x" + Integer.toHexString(type);
    };
  }

  /** The name the text format uses. */
  public static String name(int type) {
    return switch (type) {
      case I32 -> "i32";
      case I64 -> "i64";
      case F32 -> "f32";
      case F64 -> "f64";
      case V128 -> "v128";
      case FUNCREF -> "funcref";
      default -> "type 0x" + Integer.toHexString(type);
    };
  }
}
