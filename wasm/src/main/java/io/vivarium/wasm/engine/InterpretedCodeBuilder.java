package io.vivarium.wasm.engine;

import io.vivarium.wasm.engine.binary.BinaryReader;
import io.vivarium.wasm.engine.binary.FunctionType;
import io.vivarium.wasm.engine.binary.FunctionValidator;
import io.vivarium.wasm.engine.binary.InstructionVisitor;
import io.vivarium.wasm.engine.binary.ModuleStructure;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/**
 * Prepares functions for the {@link Interpreter}. It rides on the validator, which knows the height
 * of the stack at every instruction; code that can not be reached is left out.
 */
final class InterpretedCodeBuilder implements InstructionVisitor {
  /** A block that is open. */
  private static final class Block {
    /** Where a loop starts; -1 for other blocks. */
    final int start;

    /** Where the end has to be filled in. */
    final List<Integer> exits = new ArrayList<>();

    /** Where the else part has to be filled in; -1 when there is none, or not any more. */
    int otherwise = -1;

    Block(int start) {
      this.start = start;
    }
  }

  private final ModuleStructure module;
  private final FunctionValidator validator;
  private final Deque<Block> blocks = new ArrayDeque<>();
  private int[] code = new int[256];
  private int size;
  private int highest;
  private int unreachableBlocks;

  /** Where the latest i64 constant is, which may turn out to be a price. */
  private int price = -1;

  InterpretedCodeBuilder(ModuleStructure module) {
    this.module = module;
    this.validator = new FunctionValidator(module, this);
  }

  /** Prepares the n-th body. */
  InterpretedFunction build(int body) {
    FunctionType type = module.functionType(module.importedFunctions() + body);
    size = 0;
    highest = 0;
    unreachableBlocks = 0;
    price = -1;
    blocks.clear();
    blocks.push(new Block(-1));
    validator.validate(body);
    int locals = validator.localCount();
    return new InterpretedFunction(
        Arrays.copyOf(code, size),
        type.parameters().length,
        locals,
        type.results().length,
        locals + highest + 1);
  }

  private void emit(int value) {
    if (size == code.length) {
      code = Arrays.copyOf(code, 2 * size);
    }
    code[size++] = value;
  }

  private void emit(long value) {
    emit((int) value);
    emit((int) (value >>> 32));
  }

  @Override
  public void visit(
      int opcode, int start, int immediates, int end, int operand, boolean reachable) {
    highest = Math.max(highest, validator.height());
    BinaryReader in = new BinaryReader(module.bytes(), immediates, end);
    switch (opcode) {
      case 0x02, 0x03, 0x04 -> open(opcode, reachable);
      case 0x05 -> otherwise(reachable);
      case 0x0b -> close(reachable);
      default -> {
        if (reachable) {
          instruction(opcode, in);
        }
      }
    }
  }

  // ---- blocks ---------------------------------------------------------------------------------

  private void open(int opcode, boolean reachable) {
    if (!reachable) {
      unreachableBlocks++;
      return;
    }
    Block block = new Block(opcode == 0x03 ? size : -1);
    if (opcode == 0x04) {
      emit(InterpretedFunction.JUMP_UNLESS);
      block.otherwise = size;
      emit(-1);
    }
    blocks.push(block);
  }

  private void otherwise(boolean reachable) {
    if (unreachableBlocks > 0) {
      return;
    }
    Block block = blocks.element();
    if (reachable) {
      emit(InterpretedFunction.JUMP);
      block.exits.add(size);
      emit(-1);
    }
    code[block.otherwise] = size;
    block.otherwise = -1;
  }

  private void close(boolean reachable) {
    if (unreachableBlocks > 0) {
      unreachableBlocks--;
      return;
    }
    Block block = blocks.pop();
    if (block.otherwise >= 0) {
      code[block.otherwise] = size;
    }
    for (int exit : block.exits) {
      code[exit] = size;
    }
    if (blocks.isEmpty() && (reachable || !block.exits.isEmpty())) {
      emit(InterpretedFunction.RETURN);
    }
  }

  private void target(int label) {
    Block block = null;
    int left = label;
    for (Block candidate : blocks) {
      if (left-- == 0) {
        block = candidate;
        break;
      }
    }
    if (block == null) {
      throw new IllegalStateException("no block " + label);
    }
    if (block.start >= 0) {
      emit(block.start);
    } else {
      block.exits.add(size);
      emit(-1);
    }
    emit(validator.labelArity(label));
    emit(validator.labelHeight(label));
  }

  // ---- instructions ---------------------------------------------------------------------------

  private void instruction(int opcode, BinaryReader in) {
    switch (opcode) {
      case 0x01 -> {}
      case 0x0c, 0x0d -> {
        emit(opcode);
        target(in.u32());
      }
      case 0x0e -> {
        int count = in.u32();
        emit(opcode);
        emit(count);
        for (int i = 0; i <= count; i++) {
          target(in.u32());
        }
      }
      case 0x1c -> emit(0x1b);
      case 0x24 -> assign(in.u32());
      case 0x10, 0x12, 0x20, 0x21, 0x22, 0x23, 0x25, 0x26, 0xd2 -> {
        emit(opcode);
        emit(in.u32());
      }
      case 0x11, 0x13 -> {
        emit(opcode);
        emit(in.u32());
        emit(in.u32());
      }
      case 0x41 -> constant(in.s32());
      case 0x42 -> constant(in.s64());
      case 0x43 -> constant(in.fixed32());
      case 0x44 -> constant(in.fixed64());
      case 0xd0 -> constant(GuestTable.NULL);
      default -> {
        if (opcode >> 8 == 0xfc) {
          prefixed(opcode & 0xff, in);
        } else if (opcode >> 8 == 0xfd) {
          throw new IllegalStateException("vector instructions are lowered before");
        } else {
          emit(opcode);
          if (opcode >= 0x28 && opcode <= 0x3e) {
            in.u32();
            emit(in.u32());
          }
        }
      }
    }
  }

  private void assign(int global) {
    if (global != module.fuelGlobal()) {
      emit(0x24);
      emit(global);
    } else if (price == size - 3) {
      // In place of the constant that was just emitted; its lower half is the price.
      code[price] = InterpretedFunction.PAY;
      size--;
    } else {
      emit(InterpretedFunction.PAY_TOP);
    }
  }

  private void constant(int value) {
    emit(0x41);
    emit(value);
  }

  private void constant(long value) {
    price = size;
    emit(0x42);
    emit(value);
  }

  private void prefixed(int number, BinaryReader in) {
    emit(InterpretedFunction.PREFIXED + number);
    switch (number) {
      case 8, 9, 13, 15, 16, 17 -> emit(in.u32());
      case 12, 14 -> {
        emit(in.u32());
        emit(in.u32());
      }
      default -> {}
    }
  }
}
