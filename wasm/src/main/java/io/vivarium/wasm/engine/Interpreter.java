package io.vivarium.wasm.engine;

import static io.vivarium.wasm.engine.InterpretedFunction.BRANCH;
import static io.vivarium.wasm.engine.InterpretedFunction.BRANCH_IF;
import static io.vivarium.wasm.engine.InterpretedFunction.BRANCH_TABLE;
import static io.vivarium.wasm.engine.InterpretedFunction.JUMP;
import static io.vivarium.wasm.engine.InterpretedFunction.JUMP_UNLESS;
import static io.vivarium.wasm.engine.InterpretedFunction.PAY;
import static io.vivarium.wasm.engine.InterpretedFunction.PAY_TOP;
import static io.vivarium.wasm.engine.InterpretedFunction.PREFIXED;
import static io.vivarium.wasm.engine.InterpretedFunction.RETURN;

import io.vivarium.wasm.engine.binary.FunctionType;
import io.vivarium.wasm.engine.binary.ModuleStructure;
import java.util.Arrays;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * Runs functions that are not compiled: all of a module that is new, or the few of a compiled
 * module that are too large for a method of the JVM. Public only because compiled code makes one.
 *
 * <p>All values of all frames are on one stack of longs, which grows within a bound and is admitted
 * like memory. Numbers of 32 bits are sign-extended. A call is a call in Java too, so recursion
 * ends at the bound of the stack or where the Java stack ends, whatever comes first.
 */
public final class Interpreter implements Machine {
  private static final int FIRST_VALUES = 4 << 10;

  /** Operands that the interpreter keeps for one guest; more are a stack overflow. */
  private static final int MOST_VALUES = 4 << 20;

  private final LiveInstance instance;
  private final ModuleStructure module;
  private final InterpretedFunctions functions;

  /** What is interpreted; null for everything. */
  private final @Nullable BitSet interpreted;

  private long[] stack = {};

  /** Where the next call from outside may put its frame. */
  private int free;

  Interpreter(LiveInstance instance) {
    this(instance, (BitSet) null);
  }

  /** For compiled code that leaves out {@code interpreted}. */
  public Interpreter(LiveInstance instance, int[] interpreted) {
    this(instance, Arrays.stream(interpreted).collect(BitSet::new, BitSet::set, BitSet::or));
  }

  private Interpreter(LiveInstance instance, @Nullable BitSet interpreted) {
    this.instance = instance;
    this.module = instance.structure();
    this.functions = instance.interpretedFunctions();
    this.interpreted = interpreted;
  }

  @Override
  public long[] call(int function, long[] arguments) {
    if (function < module.importedFunctions()) {
      return instance.callImport(function, arguments);
    }
    int base = free;
    int results = module.functionType(function).results().length;
    reserve(base + Math.max(arguments.length, results));
    System.arraycopy(arguments, 0, stack, base, arguments.length);
    try {
      execute(functions.get(function), base);
      return Arrays.copyOfRange(stack, base, base + results);
    } finally {
      free = base;
    }
  }

  /** Makes the stack so long. */
  private void reserve(int length) {
    if (length <= stack.length) {
      return;
    }
    int larger =
        (int) Math.max(length, Math.min(MOST_VALUES, Math.max(FIRST_VALUES, 2L * stack.length)));
    if (length > MOST_VALUES || !instance.acquire((larger - (long) stack.length) * Long.BYTES)) {
      throw new GuestTrap(TrapKind.STACK_OVERFLOW, "call stack exhausted");
    }
    stack = Arrays.copyOf(stack, larger);
  }

  /**
   * Executes a function whose arguments are at {@code base}, where its results will be.
   *
   * <p>One large switch on purpose: the just-in-time compiler turns it into a jump table and keeps
   * {@code s}, {@code sp} and {@code pc} in registers. What is rare or long is in other methods, to
   * stay below the size up to which the JVM compiles methods by default.
   */
  @SuppressWarnings({"IntLongMath", "NarrowCalculation"}) // i32 wraps, then is sign-extended
  private void execute(InterpretedFunction first, int base) {
    InterpretedFunction function = first;
    GuestCode.checkInterruption();
    int[] code = function.code();
    int operands = enter(function, base);
    long[] s = stack;
    LinearMemory memory = instance.memory();
    int sp = operands;
    int pc = 0;
    while (true) {
      int opcode = code[pc++];
      switch (opcode) {
        case 0x00 -> throw new GuestTrap(TrapKind.UNREACHABLE, "unreachable");
        case JUMP_UNLESS -> pc = (int) s[--sp] == 0 ? code[pc] : pc + 1;
        case JUMP -> pc = code[pc];
        case BRANCH -> {
          sp = unwind(s, sp, code[pc + 1], operands + code[pc + 2]);
          pc = jump(pc, code[pc]);
        }
        case BRANCH_IF -> {
          if ((int) s[--sp] != 0) {
            sp = unwind(s, sp, code[pc + 1], operands + code[pc + 2]);
            pc = jump(pc, code[pc]);
          } else {
            pc += 3;
          }
        }
        case BRANCH_TABLE -> {
          int index = (int) s[--sp];
          int count = code[pc];
          int chosen = pc + 1 + 3 * (Integer.compareUnsigned(index, count) < 0 ? index : count);
          sp = unwind(s, sp, code[chosen + 1], operands + code[chosen + 2]);
          pc = jump(pc, code[chosen]);
        }
        case RETURN -> {
          unwind(s, sp, function.results(), base);
          return;
        }
        case 0x10 -> {
          sp = invoke(code[pc++], sp);
          s = stack;
        }
        case 0x11 -> {
          int callee = instance.indirectCallee((int) s[--sp], code[pc], code[pc + 1]);
          pc += 2;
          sp = invoke(callee, sp);
          s = stack;
        }
        case 0x12, 0x13 -> {
          int callee = code[pc];
          if (opcode == 0x13) {
            callee = instance.indirectCallee((int) s[--sp], code[pc], code[pc + 1]);
          }
          int count = module.functionType(callee).parameters().length;
          unwind(s, sp, count, base);
          if (!interprets(callee)) {
            invoke(callee, base + count);
            return;
          }
          GuestCode.checkInterruption();
          function = functions.get(callee);
          code = function.code();
          operands = enter(function, base);
          s = stack;
          sp = operands;
          pc = 0;
        }
        case PAY -> instance.pay(code[pc++]);
        case 0x1a -> sp--;
        case 0x1b -> {
          sp -= 2;
          if ((int) s[sp + 1] == 0) {
            s[sp - 1] = s[sp];
          }
        }
        case 0x20 -> s[sp++] = s[base + code[pc++]];
        case 0x21 -> s[base + code[pc++]] = s[--sp];
        case 0x22 -> s[base + code[pc++]] = s[sp - 1];
        case 0x23 -> s[sp++] = instance.globals[code[pc++]];
        case 0x24 -> instance.globals[code[pc++]] = s[--sp];
        case 0x28, 0x2a -> s[sp - 1] = GuestCode.memoryReadInt((int) s[sp - 1], code[pc++], memory);
        case 0x29, 0x2b ->
            s[sp - 1] = GuestCode.memoryReadLong((int) s[sp - 1], code[pc++], memory);
        case 0x2c, 0x30 ->
            s[sp - 1] = GuestCode.memoryReadByte((int) s[sp - 1], code[pc++], memory);
        case 0x2d, 0x31 ->
            s[sp - 1] = GuestCode.memoryReadByte((int) s[sp - 1], code[pc++], memory) & 0xff;
        case 0x2e, 0x32 ->
            s[sp - 1] = GuestCode.memoryReadShort((int) s[sp - 1], code[pc++], memory);
        case 0x2f, 0x33 ->
            s[sp - 1] = GuestCode.memoryReadShort((int) s[sp - 1], code[pc++], memory) & 0xffff;
        case 0x34 -> s[sp - 1] = GuestCode.memoryReadInt((int) s[sp - 1], code[pc++], memory);
        case 0x35 ->
            s[sp - 1] = GuestCode.memoryReadInt((int) s[sp - 1], code[pc++], memory) & 0xffff_ffffL;
        case 0x36, 0x38, 0x3e -> {
          sp -= 2;
          GuestCode.memoryWriteInt((int) s[sp], (int) s[sp + 1], code[pc++], memory);
        }
        case 0x37, 0x39 -> {
          sp -= 2;
          GuestCode.memoryWriteLong((int) s[sp], s[sp + 1], code[pc++], memory);
        }
        case 0x3a, 0x3c -> {
          sp -= 2;
          GuestCode.memoryWriteByte((int) s[sp], (byte) s[sp + 1], code[pc++], memory);
        }
        case 0x3b, 0x3d -> {
          sp -= 2;
          GuestCode.memoryWriteShort((int) s[sp], (short) s[sp + 1], code[pc++], memory);
        }
        case 0x41 -> s[sp++] = code[pc++];
        case 0x42 -> {
          s[sp++] = (code[pc] & 0xffff_ffffL) | (long) code[pc + 1] << 32;
          pc += 2;
        }
        case 0x45 -> s[sp - 1] = (int) s[sp - 1] == 0 ? 1 : 0;
        case 0x46 -> s[--sp - 1] = (int) s[sp - 1] == (int) s[sp] ? 1 : 0;
        case 0x47 -> s[--sp - 1] = (int) s[sp - 1] != (int) s[sp] ? 1 : 0;
        case 0x48 -> s[--sp - 1] = (int) s[sp - 1] < (int) s[sp] ? 1 : 0;
        case 0x49 -> s[--sp - 1] = (int) s[sp - 1] + MIN < (int) s[sp] + MIN ? 1 : 0;
        case 0x4a -> s[--sp - 1] = (int) s[sp - 1] > (int) s[sp] ? 1 : 0;
        case 0x4b -> s[--sp - 1] = (int) s[sp - 1] + MIN > (int) s[sp] + MIN ? 1 : 0;
        case 0x4c -> s[--sp - 1] = (int) s[sp - 1] <= (int) s[sp] ? 1 : 0;
        case 0x4d -> s[--sp - 1] = (int) s[sp - 1] + MIN <= (int) s[sp] + MIN ? 1 : 0;
        case 0x4e -> s[--sp - 1] = (int) s[sp - 1] >= (int) s[sp] ? 1 : 0;
        case 0x4f -> s[--sp - 1] = (int) s[sp - 1] + MIN >= (int) s[sp] + MIN ? 1 : 0;
        case 0x50 -> s[sp - 1] = s[sp - 1] == 0 ? 1 : 0;
        case 0x6a -> s[--sp - 1] = (int) s[sp - 1] + (int) s[sp];
        case 0x6b -> s[--sp - 1] = (int) s[sp - 1] - (int) s[sp];
        case 0x6c -> s[--sp - 1] = (int) s[sp - 1] * (int) s[sp];
        case 0x71 -> s[--sp - 1] &= s[sp];
        case 0x72 -> s[--sp - 1] |= s[sp];
        case 0x73 -> s[--sp - 1] ^= s[sp];
        case 0x74 -> s[--sp - 1] = (int) s[sp - 1] << (int) s[sp];
        case 0x75 -> s[--sp - 1] = (int) s[sp - 1] >> (int) s[sp];
        case 0x76 -> s[--sp - 1] = (int) s[sp - 1] >>> (int) s[sp];
        case 0x7c -> s[--sp - 1] += s[sp];
        case 0x7d -> s[--sp - 1] -= s[sp];
        case 0x7e -> s[--sp - 1] *= s[sp];
        case 0x83 -> s[--sp - 1] &= s[sp];
        case 0x84 -> s[--sp - 1] |= s[sp];
        case 0x85 -> s[--sp - 1] ^= s[sp];
        case 0x86 -> s[--sp - 1] <<= (int) s[sp];
        case 0x87 -> s[--sp - 1] >>= (int) s[sp];
        case 0x88 -> s[--sp - 1] >>>= (int) s[sp];
        case 0xa7 -> s[sp - 1] = (int) s[sp - 1];
        case 0xac -> {}
        case 0xad -> s[sp - 1] &= 0xffff_ffffL;
        default -> {
          if (opcode >= 0x51 && opcode <= 0xc4) {
            sp = InterpretedNumbers.apply(opcode, s, sp);
          } else {
            sp = rare(opcode, code, pc, s, sp);
            pc += operandCount(opcode);
          }
        }
      }
    }
  }

  /** Added to both sides, it turns a signed comparison into an unsigned one. */
  private static final int MIN = Integer.MIN_VALUE;

  /** Makes room for a frame and clears its local variables; says where its operands start. */
  private int enter(InterpretedFunction function, int base) {
    reserve(base + function.frame());
    int operands = base + function.locals();
    Arrays.fill(stack, base + function.parameters(), operands, 0);
    return operands;
  }

  /** Moves the values on top down to a height. */
  private static int unwind(long[] s, int sp, int count, int height) {
    if (sp - count != height) {
      for (int i = 0; i < count; i++) {
        s[height + i] = s[sp - count + i];
      }
    }
    return height + count;
  }

  private static int jump(int from, int to) {
    if (to < from) {
      GuestCode.checkInterruption();
    }
    return to;
  }

  private boolean interprets(int function) {
    return function >= module.importedFunctions()
        && (interpreted == null || interpreted.get(function));
  }

  /** Calls with the arguments on top of the stack, which its results replace. */
  private int invoke(int function, int sp) {
    FunctionType type = module.functionType(function);
    int count = type.parameters().length;
    int base = sp - count;
    if (interprets(function)) {
      execute(functions.get(function), base);
      return base + type.results().length;
    }
    long[] arguments = Arrays.copyOfRange(stack, base, sp);
    int before = free;
    free = base;
    long[] results;
    try {
      results =
          function < module.importedFunctions()
              ? instance.callImport(function, arguments)
              : instance.machine().call(function, arguments);
    } finally {
      free = before;
    }
    int resultCount = type.results().length;
    if (resultCount > 0) {
      System.arraycopy(results, 0, stack, base, resultCount);
    }
    return base + resultCount;
  }

  private static int operandCount(int opcode) {
    return switch (opcode) {
      case 0x25, 0x26, 0xd2, PREFIXED + 8, PREFIXED + 9, PREFIXED + 13 -> 1;
      case PREFIXED + 15, PREFIXED + 16, PREFIXED + 17 -> 1;
      case PREFIXED + 12, PREFIXED + 14 -> 2;
      default -> 0;
    };
  }

  private int rare(int opcode, int[] code, int pc, long[] s, int sp) {
    LinearMemory memory = instance.memory();
    switch (opcode) {
      case 0x25 -> s[sp - 1] = instance.table(code[pc]).get((int) s[sp - 1]);
      case 0x26 -> {
        instance.table(code[pc]).set((int) s[sp - 2], (int) s[sp - 1]);
        return sp - 2;
      }
      case PAY_TOP -> {
        instance.pay(s[sp - 1]);
        return sp - 1;
      }
      case 0x3f -> {
        s[sp] = memory.pages();
        return sp + 1;
      }
      case 0x40 -> s[sp - 1] = memory.grow((int) s[sp - 1]);
      case 0xd1 -> s[sp - 1] = (int) s[sp - 1] == GuestTable.NULL ? 1 : 0;
      case 0xd2 -> {
        s[sp] = code[pc];
        return sp + 1;
      }
      default -> {
        return opcode >= PREFIXED && opcode < PREFIXED + 8
            ? InterpretedNumbers.apply(opcode, s, sp)
            : bulk(opcode - PREFIXED, code, pc, s, sp);
      }
    }
    return sp;
  }

  private int bulk(int number, int[] code, int pc, long[] s, int sp) {
    LinearMemory memory = instance.memory();
    int a = sp >= 3 ? (int) s[sp - 3] : 0;
    int b = sp >= 2 ? (int) s[sp - 2] : 0;
    int c = sp >= 1 ? (int) s[sp - 1] : 0;
    switch (number) {
      case 8 -> memory.init(code[pc], a, b, c);
      case 10 -> memory.copy(a, b, c);
      case 11 -> memory.fill(a, (byte) b, c);
      case 12 -> instance.table(code[pc + 1]).init(instance.elementSegment(code[pc]), a, b, c);
      case 14 -> instance.table(code[pc]).copy(instance.table(code[pc + 1]), a, b, c);
      case 17 -> instance.table(code[pc]).fill(a, b, c);
      case 9 -> {
        memory.drop(code[pc]);
        return sp;
      }
      case 13 -> {
        instance.setElement(code[pc], null);
        return sp;
      }
      case 15 -> {
        s[sp - 2] = instance.table(code[pc]).grow(c, b);
        return sp - 1;
      }
      case 16 -> {
        s[sp] = instance.table(code[pc]).size();
        return sp + 1;
      }
      default -> throw new IllegalStateException("opcode 0xfc " + number);
    }
    return sp - 3;
  }
}
