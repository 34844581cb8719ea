package io.vivarium.wasm.engine;

import io.vivarium.wasm.engine.binary.BinaryReader;
import io.vivarium.wasm.engine.binary.BinaryWriter;
import io.vivarium.wasm.engine.binary.FunctionType;
import io.vivarium.wasm.engine.binary.FunctionValidator;
import io.vivarium.wasm.engine.binary.ModuleDecoder;
import io.vivarium.wasm.engine.binary.ModuleStructure;
import io.vivarium.wasm.engine.binary.ModuleStructure.Section;
import java.util.ArrayList;
import java.util.List;

/**
 * Counts executed instructions in the plainest way there is, to hold metering against: in front of
 * every single instruction that is not free, ordinary code adds 1 to an ordinary global. Knows
 * nothing of runs, branches and calls.
 */
final class InstructionCount {
  private static final int GLOBAL = 6;
  private static final int CODE = 10;

  private final ModuleStructure module;
  private final int counter;

  private InstructionCount(ModuleStructure module) {
    this.module = module;
    this.counter = module.globals().size();
  }

  /** The module, counting; what it counts is in its last global. */
  static byte[] instrument(byte[] bytes) {
    return new InstructionCount(ModuleDecoder.decode(bytes)).write();
  }

  /** What an instance of such a module has counted. */
  static long of(GuestInstance instance) {
    LiveInstance live = (LiveInstance) instance;
    return live.globals[live.globals.length - 1];
  }

  private byte[] write() {
    BinaryWriter out = new BinaryWriter();
    out.bytes(module.bytes(), 0, 8);
    boolean globals = false;
    for (Section section : module.sections()) {
      if (section.id() >= GLOBAL && !globals) {
        out.section(GLOBAL, globals());
        globals = true;
      }
      if (section.id() == CODE) {
        out.section(CODE, code());
      } else if (section.id() != GLOBAL && section.id() != 0) {
        BinaryWriter contents = new BinaryWriter();
        contents.bytes(module.bytes(), section.start(), section.end());
        out.section(section.id(), contents);
      }
    }
    return out.toByteArray();
  }

  private BinaryWriter globals() {
    BinaryWriter out = new BinaryWriter();
    out.u32(counter + 1);
    for (Section section : module.sections()) {
      if (section.id() == GLOBAL) {
        BinaryReader in = new BinaryReader(module.bytes(), section.start(), section.end());
        in.u32();
        out.bytes(module.bytes(), in.position(), section.end());
      }
    }
    out.raw(0x7e, 1, 0x42, 0, 0x0b);
    return out;
  }

  private record Instruction(int opcode, int start, int end) {}

  private BinaryWriter code() {
    List<Instruction> instructions = new ArrayList<>();
    FunctionValidator walk =
        new FunctionValidator(
            module,
            (opcode, start, immediates, end, operand, reachable) ->
                instructions.add(new Instruction(opcode, start, end)));
    BinaryWriter out = new BinaryWriter();
    out.u32(module.bodyCount());
    for (int body = 0; body < module.bodyCount(); body++) {
      instructions.clear();
      walk.validate(body);
      FunctionType type = module.functionType(module.importedFunctions() + body);
      BinaryWriter counting = body(body, walk.localCount(), type, instructions);
      out.u32(counting.size());
      out.append(counting);
    }
    return out;
  }

  private BinaryWriter body(
      int body, int locals, FunctionType type, List<Instruction> instructions) {
    BinaryWriter out = new BinaryWriter();
    int first = instructions.getFirst().start();
    BinaryReader declarations = new BinaryReader(module.bytes(), module.bodyStart(body), first);
    out.u32(declarations.u32() + 1);
    out.bytes(module.bytes(), declarations.position(), first);
    out.raw(1, 0x7f);
    add((locals - type.parameters().length) / 64, out);
    for (Instruction instruction : instructions) {
      switch (instruction.opcode()) {
        case 0x02, 0x03, 0x05, 0x0b -> {}
        default -> add(1, out);
      }
      switch (instruction.opcode()) {
        case 0xfc08, 0xfc0a, 0xfc0b -> addRange(6, -1, locals, out);
        case 0xfc0c, 0xfc0e, 0xfc11 -> addRange(4, -1, locals, out);
        case 0xfc0f -> addRange(4, module.bytes()[instruction.end() - 1], locals, out);
        default -> {}
      }
      out.bytes(module.bytes(), instruction.start(), instruction.end());
    }
    return out;
  }

  private void add(int amount, BinaryWriter out) {
    if (amount > 0) {
      out.u8(0x42);
      out.s64(amount);
      count(out);
    }
  }

  private void addRange(int shift, int table, int local, BinaryWriter out) {
    out.u8(0x22);
    out.u32(local);
    out.u8(0x20);
    out.u32(local);
    out.u8(0xad);
    if (table >= 0) {
      out.raw(0xfc, 0x10, table, 0xad, 0x7c);
    }
    out.raw(0x42, shift, 0x88);
    count(out);
  }

  private void count(BinaryWriter out) {
    out.u8(0x23);
    out.u32(counter);
    out.u8(0x7c);
    out.u8(0x24);
    out.u32(counter);
  }
}
