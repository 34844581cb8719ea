package io.vivarium.wasm.engine;

import io.vivarium.wasm.engine.binary.VectorOpcode;
import io.vivarium.wasm.engine.binary.WasmType;
import io.vivarium.wasm.testing.ModuleBuilder;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.StringJoiner;

/**
 * A module with a function for every vector instruction, and one for every lane where there is a
 * lane, and the operands to try them with. A function takes its operands from addresses 0, 16 and
 * 32 of the memory and leaves its result at 48.
 */
final class VectorCases {
  /** How many times each function is called. */
  static final int ROUNDS = 400;

  /** Bytes of operands of one call. */
  static final int OPERANDS = 48;

  /** Bytes of result of one call. */
  static final int RESULT = 16;

  private static final long SEED = 20_260_101;
  private static final int SHUFFLES = 12;

  /** Numbers at which one type or another turns, as bits. */
  private static final long[] EDGES = {
    0,
    1,
    -1,
    Long.MIN_VALUE,
    Long.MAX_VALUE,
    0x7fff_ffff_8000_0000L,
    0x7fff_8000_7fff_8000L,
    0x7f80_7f80_7f80_7f80L,
    0x8000_0000_8000_0000L,
    0x0000_0001_ffff_ffffL,
    bits(-0.0f),
    bits(0.5f),
    bits(-1.5f),
    bits(2.5f),
    bits(Float.POSITIVE_INFINITY),
    bits(Float.NaN),
    bits(Float.MIN_VALUE),
    bits(Float.MAX_VALUE),
    bits(0x1p31f),
    bits(-0x1.000002p31f),
    bits(0x1p32f),
    0xffc0_1234_7fa0_0001L,
    Double.doubleToRawLongBits(-0.0),
    Double.doubleToRawLongBits(0.5),
    Double.doubleToRawLongBits(-2.5),
    Double.doubleToRawLongBits(Double.NEGATIVE_INFINITY),
    Double.doubleToRawLongBits(Double.NaN),
    Double.doubleToRawLongBits(Double.MIN_VALUE),
    Double.doubleToRawLongBits(Double.MAX_VALUE),
    Double.doubleToRawLongBits(1e300),
    Double.doubleToRawLongBits(2_147_483_647.5),
    Double.doubleToRawLongBits(-2_147_483_648.9),
    Double.doubleToRawLongBits(4_294_967_295.5),
    0x7ff0_0000_0000_0001L,
    0xfff8_0000_0000_1234L
  };

  private VectorCases() {}

  private static long bits(float value) {
    return Integer.toUnsignedLong(Float.floatToRawIntBits(value)) * 0x1_0000_0001L;
  }

  // ---- functions ------------------------------------------------------------------------------

  /** Code by function name, in a fixed order. */
  static Map<String, String> functions() {
    Map<String, String> functions = new LinkedHashMap<>();
    for (int opcode = 0; opcode < VectorOpcode.COUNT; opcode++) {
      if (VectorOpcode.assigned(opcode)) {
        add(functions, opcode);
      }
    }
    addPlumbing(functions);
    return functions;
  }

  /** The module of all functions. */
  static byte[] module() {
    ModuleBuilder module = new ModuleBuilder().memory(1);
    module.global("kept", "v128", "v128.const 0 0");
    module.function("swap", "v128 v128 -> v128 v128", "local.get 1 local.get 0");
    functions().forEach((name, code) -> module.function(name, "->", "v128 v128 i32", code));
    return module.build();
  }

  private static void add(Map<String, String> functions, int opcode) {
    String name = VectorOpcode.name(opcode);
    String scalar = scalar(VectorOpcode.laneType(opcode));
    String load = "i32.const 0 v128.load ";
    String pair = load + "i32.const 16 v128.load ";
    switch (VectorOpcode.shape(opcode)) {
      case LOAD -> functions.put(name, stored("i32.const 0 " + name));
      case STORE -> functions.put(name, stored(load));
      case SPLAT -> functions.put(name, stored("i32.const 0 " + scalar + ".load " + name));
      case UNARY -> functions.put(name, stored(load + name));
      case BINARY -> functions.put(name, stored(pair + name));
      case TERNARY -> functions.put(name, stored(pair + "i32.const 32 v128.load " + name));
      case TEST -> functions.put(name, "i32.const 48 " + load + name + " i32.store");
      case SHIFT -> functions.put(name, stored(load + "i32.const 16 i32.load " + name));
      case CONST -> {
        functions.put(name + " 0", stored("v128.const 0 -1"));
        functions.put(name + " 1", stored("v128.const 0x8000000000000001 0x0123456789abcdef"));
      }
      case SHUFFLE -> addShuffles(functions, pair + name);
      case LOAD_LANE, STORE_LANE, EXTRACT, REPLACE -> addLanes(functions, opcode, name, scalar);
    }
  }

  private static void addLanes(
      Map<String, String> functions, int opcode, String name, String scalar) {
    for (int i = 0; i < VectorOpcode.lanes(opcode); i++) {
      String lane = name + " lane=" + i;
      functions.put(
          lane,
          switch (VectorOpcode.shape(opcode)) {
            case LOAD_LANE -> stored("i32.const 0 i32.const 16 v128.load " + lane);
            case STORE_LANE -> "i32.const 48 i32.const 16 v128.load " + lane;
            case EXTRACT -> "i32.const 48 i32.const 0 v128.load " + lane + " " + scalar + ".store";
            default -> stored("i32.const 0 v128.load i32.const 16 " + scalar + ".load " + lane);
          });
    }
  }

  private static void addShuffles(Map<String, String> functions, String code) {
    Random random = new Random(SEED);
    for (int k = 0; k < SHUFFLES; k++) {
      StringJoiner lanes = new StringJoiner(" ");
      int start = random.nextInt(17);
      for (int i = 0; i < 16; i++) {
        lanes.add(Integer.toString(k < 4 ? start + i : random.nextInt(32)));
      }
      functions.put("i8x16.shuffle " + k, stored(code + " " + lanes));
    }
  }

  /** What moves vectors without looking at them. */
  private static void addPlumbing(Map<String, String> functions) {
    String a = "i32.const 0 v128.load ";
    String b = "i32.const 16 v128.load ";
    String choice = "i32.const 32 i32.load8_u i32.const 1 i32.and ";
    functions.put("select", stored(a + b + choice + "select"));
    functions.put("select_typed", stored(a + b + choice + "select_typed v128"));
    functions.put("local", stored(a + "local.set 0 " + b + "local.tee 1 drop local.get 0"));
    functions.put(
        "global",
        stored(a + "global.set kept " + b + "drop global.get kept global.get kept i8x16.add"));
    functions.put("call", stored(a + b + "call swap i8x16.sub"));
    functions.put("if", stored(choice + "if v128 " + a + "else " + b + "end"));
    functions.put("branch", stored("block v128 " + a + choice + "br_if 0 " + b + "i16x8.add end"));
    functions.put(
        "table",
        stored("block v128 block v128 " + a + choice + "br_table 0 1 end " + b + "v128.xor end"));
    functions.put(
        "loop",
        stored(
            a
                + "local.set 0 i32.const 5 local.set 2 loop local.get 0 "
                + b
                + "i32x4.mul local.set 0 local.get 2 i32.const 1 i32.sub local.tee 2 br_if 0 end"
                + " local.get 0"));
    functions.put("offset", "i32.const 40 i32.const 1 v128.load offset=15 v128.store offset=8");
  }

  private static String stored(String code) {
    return "i32.const 48 " + code + " v128.store";
  }

  private static String scalar(int type) {
    return switch (type) {
      case WasmType.F32 -> "f32";
      case WasmType.F64 -> "f64";
      case WasmType.I64 -> "i64";
      default -> "i32";
    };
  }

  // ---- operands and results -------------------------------------------------------------------

  /** The operands of all rounds, one after the other. */
  static byte[] operands() {
    Random random = new Random(SEED);
    ByteBuffer out = ByteBuffer.allocate(ROUNDS * OPERANDS).order(ByteOrder.LITTLE_ENDIAN);
    while (out.hasRemaining()) {
      switch (random.nextInt(4)) {
        case 0 -> out.putLong(random.nextLong());
        case 1 -> out.putLong(random.nextLong() & 0x0f0f_0f0f_0f0f_0f0fL);
        case 2 -> {
          long mix = EDGES[random.nextInt(EDGES.length)] & 0xffff_ffffL;
          out.putLong(mix | EDGES[random.nextInt(EDGES.length)] << 32);
        }
        default -> out.putLong(EDGES[random.nextInt(EDGES.length)]);
      }
    }
    return out.array();
  }

  /**
   * A result with every NaN that the specification leaves open made the same: arithmetic may give
   * any.
   */
  static void canonicalize(String function, ByteBuffer result) {
    if (!function.matches(
        "f(32x4|64x2)\\.(ceil|floor|trunc|nearest|sqrt|add|sub|mul|div|min|max|demote.*|promote.*)")) {
      return;
    }
    if (function.startsWith("f32")) {
      for (int at = 0; at < RESULT; at += 4) {
        if (Float.isNaN(Float.intBitsToFloat(result.getInt(at)))) {
          result.putInt(at, 0x7fc0_0000);
        }
      }
    } else {
      for (int at = 0; at < RESULT; at += 8) {
        if (Double.isNaN(Double.longBitsToDouble(result.getLong(at)))) {
          result.putLong(at, 0x7ff8_0000_0000_0000L);
        }
      }
    }
  }
}
