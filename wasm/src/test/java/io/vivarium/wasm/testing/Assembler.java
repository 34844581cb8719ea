package io.vivarium.wasm.testing;

import io.vivarium.wasm.engine.binary.BinaryWriter;
import io.vivarium.wasm.engine.binary.VectorOpcode;
import io.vivarium.wasm.engine.binary.WasmType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Turns instructions in the words of the text format into bytes: one after the other, with their
 * immediates behind them, separated by white space. {@code offset=} and {@code lane=} are optional.
 * Blocks are written {@code block}, {@code block i32} or {@code block type=3}, and closed by {@code
 * end}. Functions and globals are numbers, or names the module builder knows.
 */
final class Assembler {
  private static final Map<String, Integer> OPCODES = new HashMap<>();

  private static void opcodes(int first, String names) {
    int opcode = first;
    for (String name : names.trim().split("\\s+", -1)) {
      OPCODES.put(name, opcode++);
    }
  }

  static {
    opcodes(0x00, "unreachable nop block loop if else");
    opcodes(0x0b, "end br br_if br_table return call call_indirect return_call");
    opcodes(0x13, "return_call_indirect");
    opcodes(0x1a, "drop select select_typed");
    opcodes(0x20, "local.get local.set local.tee global.get global.set table.get table.set");
    opcodes(
        0x28,
        """
        i32.load i64.load f32.load f64.load i32.load8_s i32.load8_u i32.load16_s i32.load16_u
        i64.load8_s i64.load8_u i64.load16_s i64.load16_u i64.load32_s i64.load32_u i32.store
        i64.store f32.store f64.store i32.store8 i32.store16 i64.store8 i64.store16 i64.store32
        memory.size memory.grow i32.const i64.const f32.const f64.const
        """);
    for (String type : new String[] {"i32", "i64"}) {
      opcodes(
          type.equals("i32") ? 0x45 : 0x50,
          "T.eqz T.eq T.ne T.lt_s T.lt_u T.gt_s T.gt_u T.le_s T.le_u T.ge_s T.ge_u"
              .replace("T", type));
      opcodes(
          type.equals("i32") ? 0x67 : 0x79,
          """
          T.clz T.ctz T.popcnt T.add T.sub T.mul T.div_s T.div_u T.rem_s T.rem_u T.and T.or T.xor
          T.shl T.shr_s T.shr_u T.rotl T.rotr
          """
              .replace("T", type));
    }
    for (String type : new String[] {"f32", "f64"}) {
      opcodes(type.equals("f32") ? 0x5b : 0x61, "T.eq T.ne T.lt T.gt T.le T.ge".replace("T", type));
      opcodes(
          type.equals("f32") ? 0x8b : 0x99,
          """
          T.abs T.neg T.ceil T.floor T.trunc T.nearest T.sqrt T.add T.sub T.mul T.div T.min T.max
          T.copysign
          """
              .replace("T", type));
    }
    opcodes(
        0xa7,
        """
        i32.wrap_i64 i32.trunc_f32_s i32.trunc_f32_u i32.trunc_f64_s i32.trunc_f64_u
        i64.extend_i32_s i64.extend_i32_u i64.trunc_f32_s i64.trunc_f32_u i64.trunc_f64_s
        i64.trunc_f64_u f32.convert_i32_s f32.convert_i32_u f32.convert_i64_s f32.convert_i64_u
        f32.demote_f64 f64.convert_i32_s f64.convert_i32_u f64.convert_i64_s f64.convert_i64_u
        f64.promote_f32 i32.reinterpret_f32 i64.reinterpret_f64 f32.reinterpret_i32
        f64.reinterpret_i64 i32.extend8_s i32.extend16_s i64.extend8_s i64.extend16_s
        i64.extend32_s
        """);
    opcodes(0xd0, "ref.null ref.is_null ref.func");
    opcodes(
        0xfc00,
        """
        i32.trunc_sat_f32_s i32.trunc_sat_f32_u i32.trunc_sat_f64_s i32.trunc_sat_f64_u
        i64.trunc_sat_f32_s i64.trunc_sat_f32_u i64.trunc_sat_f64_s i64.trunc_sat_f64_u
        memory.init data.drop memory.copy memory.fill table.init elem.drop table.copy table.grow
        table.size table.fill
        """);
    String[] vectors = VectorOpcode.names();
    for (int i = 0; i < vectors.length; i++) {
      if (!vectors[i].equals("-")) {
        OPCODES.put(vectors[i], 0xfd00 + i);
      }
    }
  }

  private final List<String> words;
  private final Map<String, Integer> names;
  private final BinaryWriter out = new BinaryWriter();
  private int at;

  private Assembler(String text, Map<String, Integer> names) {
    this.words = new ArrayList<>(List.of(text.trim().split("\\s+", -1)));
    this.words.remove("");
    this.names = names;
  }

  /** The byte of a value type. */
  static int type(String name) {
    return switch (name) {
      case "i32" -> WasmType.I32;
      case "i64" -> WasmType.I64;
      case "f32" -> WasmType.F32;
      case "f64" -> WasmType.F64;
      case "v128" -> WasmType.V128;
      case "funcref", "func" -> WasmType.FUNCREF;
      default -> throw new IllegalArgumentException(name);
    };
  }

  /** Whether a word is a value type. */
  static boolean isType(String word) {
    return word.matches("i32|i64|f32|f64|v128|funcref");
  }

  /** Assembles; {@code names} are those of functions and globals. */
  static BinaryWriter assemble(String text, Map<String, Integer> names) {
    Assembler assembler = new Assembler(text, names);
    while (assembler.at < assembler.words.size()) {
      assembler.instruction();
    }
    return assembler.out;
  }

  private String next() {
    return words.get(at++);
  }

  private boolean more() {
    return at < words.size();
  }

  private int index() {
    String word = next();
    Integer named = names.get(word);
    return named != null ? named : Integer.parseInt(word);
  }

  private void u32() {
    out.u32(index());
  }

  private void instruction() {
    String name = next();
    Integer opcode = OPCODES.get(name);
    if (opcode == null) {
      throw new IllegalArgumentException("no instruction " + name);
    }
    if (opcode > 0xff) {
      out.u8(opcode >> 8);
      out.u32(opcode & 0xff);
      if (opcode >> 8 == 0xfd) {
        vectorImmediates(opcode & 0xff);
      } else {
        bulkImmediates(opcode & 0xff);
      }
      return;
    }
    out.u8(opcode);
    if (opcode >= 0x28 && opcode <= 0x3e) {
      memoryArgument();
      return;
    }
    switch (opcode) {
      case 0x02, 0x03, 0x04 -> blockType();
      case 0x0e -> branchTable();
      case 0x0c, 0x0d, 0x10, 0x12, 0x20, 0x21, 0x22, 0x23, 0x24, 0x25, 0x26, 0xd2 -> u32();
      case 0x11, 0x13 -> {
        u32();
        out.u32(0);
      }
      case 0x1c -> {
        out.u32(1);
        out.u8(type(next()));
      }
      case 0x3f, 0x40 -> out.u8(0);
      case 0x41 -> {
        int wrapped = (int) number(next());
        out.s64(wrapped);
      }
      case 0x42 -> out.s64(number(next()));
      case 0x43 -> out.fixed(Float.floatToRawIntBits(Float.parseFloat(next())), 4);
      case 0x44 -> out.fixed(Double.doubleToRawLongBits(Double.parseDouble(next())), 8);
      case 0xd0 -> out.u8(type(next()));
      default -> {}
    }
  }

  private static long number(String word) {
    String digits = word.toLowerCase(Locale.ROOT).replace("_", "");
    return digits.startsWith("0x")
        ? Long.parseUnsignedLong(digits.substring(2), 16)
        : Long.parseLong(digits);
  }

  private void blockType() {
    if (more() && isType(words.get(at))) {
      out.u8(type(next()));
    } else if (more() && words.get(at).startsWith("type=")) {
      out.s64(Integer.parseInt(next().substring(5)));
    } else {
      out.u8(0x40);
    }
  }

  private void branchTable() {
    List<Integer> targets = new ArrayList<>();
    while (more() && words.get(at).matches("\\d+")) {
      targets.add(Integer.parseInt(next()));
    }
    out.u32(targets.size() - 1);
    targets.forEach(out::u32);
  }

  private void memoryArgument() {
    out.u32(0);
    out.u32(
        more() && words.get(at).startsWith("offset=")
            ? Integer.parseUnsignedInt(next().substring(7))
            : 0);
  }

  private void lane() {
    out.u8(more() && words.get(at).startsWith("lane=") ? Integer.parseInt(next().substring(5)) : 0);
  }

  private void bulkImmediates(int number) {
    switch (number) {
      case 8 -> {
        u32();
        out.u8(0);
      }
      case 10 -> out.raw(0, 0);
      case 11 -> out.u8(0);
      case 12 -> {
        u32();
        out.u32(0);
      }
      case 9, 13, 15, 16, 17 -> u32();
      case 14 -> {
        u32();
        u32();
      }
      default -> {}
    }
  }

  private void vectorImmediates(int number) {
    switch (VectorOpcode.shape(number)) {
      case LOAD, STORE -> memoryArgument();
      case LOAD_LANE, STORE_LANE -> {
        memoryArgument();
        lane();
      }
      case EXTRACT, REPLACE -> lane();
      case CONST -> {
        out.fixed(number(next()), 8);
        out.fixed(number(next()), 8);
      }
      case SHUFFLE -> {
        for (int i = 0; i < 16; i++) {
          out.u8(Integer.parseInt(next()));
        }
      }
      default -> {}
    }
  }
}
