package io.vivarium.wasm.engine.simd;

import io.vivarium.wasm.engine.binary.BinaryReader;
import io.vivarium.wasm.engine.binary.BinaryWriter;
import io.vivarium.wasm.engine.binary.Effort;
import io.vivarium.wasm.engine.binary.FunctionType;
import io.vivarium.wasm.engine.binary.FunctionValidator;
import io.vivarium.wasm.engine.binary.InstructionVisitor;
import io.vivarium.wasm.engine.binary.ModuleStructure;
import io.vivarium.wasm.engine.binary.WasmType;

/**
 * Lowers function bodies. It rides on the validator, which knows what drop and select are about.
 * Code that can not be reached is left out. A function without vectors stays as it is.
 */
final class FunctionLowering implements InstructionVisitor {
  private static final FunctionType TWO_HALVES =
      new FunctionType(new byte[0], new byte[] {WasmType.I64, WasmType.I64});

  private final ModuleStructure module;
  private final TypeTable types;
  private final Helpers helpers;
  private final int[] highGlobals;
  private final FunctionValidator validator;
  private final Effort effort;

  private BinaryWriter instructions = new BinaryWriter();
  private Code code = new Code(instructions);
  private VectorInstructions vectors;
  private int[] newIndices = {};
  private int unreachableBlocks;
  private boolean lowered;

  /**
   * For the functions of a module.
   *
   * @param highGlobals by global, the index of the one that holds the upper half; 0 if it is no
   *     vector
   */
  FunctionLowering(
      ModuleStructure module, TypeTable types, Helpers helpers, int[] highGlobals, Effort effort) {
    this.effort = effort;
    this.module = module;
    this.types = types;
    this.helpers = helpers;
    this.highGlobals = highGlobals;
    this.validator = new FunctionValidator(module, this, effort);
    this.vectors = new VectorInstructions(code, helpers, 0);
  }

  /** The lowered form of the n-th body: local declarations and instructions. */
  BinaryWriter lower(int body) {
    instructions = new BinaryWriter(effort);
    code = new Code(instructions);
    unreachableBlocks = 0;
    lowered = false;
    newIndices = new int[0];
    validator.validate(body);
    BinaryWriter out = new BinaryWriter(effort);
    if (lowered) {
      declareLocals(out, module.functionType(module.importedFunctions() + body));
      out.append(instructions);
    } else {
      out.bytes(module.bytes(), module.bodyStart(body), module.bodyEnd(body));
    }
    return out;
  }

  private void declareLocals(BinaryWriter out, FunctionType type) {
    int parameters = type.parameters().length;
    byte[] declared = new byte[validator.localCount() - parameters];
    for (int i = 0; i < declared.length; i++) {
      declared[i] = (byte) validator.localType(parameters + i);
    }
    byte[] halves = TypeTable.halves(declared);
    byte[] lent = VectorInstructions.lentTypes();
    out.u32(halves.length + lent.length);
    for (byte[] group : new byte[][] {halves, lent}) {
      for (byte local : group) {
        out.u32(1);
        out.u8(local);
      }
    }
  }

  /** Numbers the local variables anew; at the first instruction, when all are declared. */
  private void numberLocals() {
    int count = validator.localCount();
    newIndices = new int[count + 1];
    for (int i = 0; i < count; i++) {
      boolean vector = validator.localType(i) == WasmType.V128;
      newIndices[i + 1] = newIndices[i] + (vector ? 2 : 1);
      lowered |= vector;
    }
    vectors = new VectorInstructions(code, helpers, newIndices[count]);
  }

  @Override
  public void visit(
      int opcode, int start, int immediates, int end, int operand, boolean reachable) {
    if (newIndices.length == 0) {
      numberLocals();
    }
    boolean opens = opcode >= 0x02 && opcode <= 0x04;
    if (opens && !reachable) {
      unreachableBlocks++;
    } else if (opcode == 0x0b && unreachableBlocks > 0) {
      unreachableBlocks--;
    } else if (opens) {
      block(opcode, start, immediates, end);
    } else if (reachable || (unreachableBlocks == 0 && (opcode == 0x05 || opcode == 0x0b))) {
      instruction(opcode, start, new BinaryReader(module.bytes(), immediates, end), operand);
    }
  }

  private void block(int opcode, int start, int immediates, int end) {
    if ((module.bytes()[immediates] & 0xff) == WasmType.V128) {
      lowered = true;
      instructions.u8(opcode);
      instructions.s64(types.index(TWO_HALVES));
    } else {
      instructions.bytes(module.bytes(), start, end);
    }
  }

  private void instruction(int opcode, int start, BinaryReader in, int operand) {
    if (opcode >> 8 == 0xfd) {
      lowered = true;
      vectors.write(opcode & 0xff, in);
      return;
    }
    boolean vector = operand == WasmType.V128;
    lowered |= vector;
    switch (opcode) {
      case 0x1a -> {
        code.op(opcode);
        if (vector) {
          code.op(opcode);
        }
      }
      case 0x1b, 0x1c -> {
        if (vector) {
          vectors.select();
        } else {
          copy(start, in);
        }
      }
      case 0x20, 0x21, 0x22 -> local(opcode, in.u32());
      case 0x23, 0x24 -> global(opcode, in.u32());
      default -> copy(start, in);
    }
  }

  private void copy(int start, BinaryReader in) {
    instructions.bytes(module.bytes(), start, in.limit());
  }

  private void local(int opcode, int local) {
    int low = newIndices[local];
    if (validator.localType(local) != WasmType.V128) {
      code.index(opcode, low);
      return;
    }
    switch (opcode) {
      case 0x20 -> code.get(low).get(low + 1);
      case 0x21 -> code.set(low + 1).set(low);
      default -> code.set(low + 1).tee(low).get(low + 1);
    }
  }

  private void global(int opcode, int global) {
    int high = highGlobals[global];
    if (high == 0) {
      code.index(opcode, global);
      return;
    }
    lowered = true;
    if (opcode == 0x23) {
      code.index(0x23, global).index(0x23, high);
    } else {
      code.index(0x24, high).index(0x24, global);
    }
  }
}
