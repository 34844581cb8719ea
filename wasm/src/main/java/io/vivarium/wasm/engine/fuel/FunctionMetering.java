package io.vivarium.wasm.engine.fuel;

import io.vivarium.wasm.engine.binary.BinaryReader;
import io.vivarium.wasm.engine.binary.BinaryWriter;
import io.vivarium.wasm.engine.binary.Effort;
import io.vivarium.wasm.engine.binary.FunctionType;
import io.vivarium.wasm.engine.binary.FunctionValidator;
import io.vivarium.wasm.engine.binary.InstructionVisitor;
import io.vivarium.wasm.engine.binary.ModuleStructure;
import io.vivarium.wasm.engine.binary.WasmType;
import java.util.Arrays;

/**
 * Makes function bodies pay. It rides on the validator, notes where what has to be paid, and then
 * copies the body with the payments in between.
 *
 * <p>To pay is to assign the price to the fuel global; nothing else touches that. It is valid code,
 * which the decoder, the lowering of vectors and the compiler take like any other; only the
 * interpreter and what rewrites compiled classes know better.
 */
final class FunctionMetering implements InstructionVisitor {
  /** The price of what depends on an operand, in {@link #prices}; opcodes are above. */
  private static final int RANGE = Integer.MIN_VALUE;

  private final ModuleStructure module;
  private final int fuelGlobal;
  private final FunctionValidator validator;
  private final Effort effort;

  // Payments in the order of their places: a price, or RANGE | what the range is of.
  private int[] places = new int[64];
  private int[] prices = new int[64];
  private int[] depths = new int[64];
  private int payments;

  /** The payment of the run of instructions we are in; -1 when it has cost nothing so far. */
  private int current;

  // The blocks around us: what opened each, the payment of the run it is in, whether a branch leads
  // behind it, and the outermost block that may be left from in it without getting behind that.
  private int[] openers = new int[64];
  private int[] outer = new int[64];
  private boolean[] targeted = new boolean[64];
  private int[] escapes = new int[64];
  private int depth;

  /** How many of them are loops. */
  private int loops;

  /** Where the instructions start; -1 until the first. */
  private int first;

  private int body;
  private boolean ranges;

  FunctionMetering(ModuleStructure module, int fuelGlobal, Effort effort) {
    this.effort = effort;
    this.module = module;
    this.fuelGlobal = fuelGlobal;
    this.validator = new FunctionValidator(module, this, effort);
  }

  /** The n-th body, metered. */
  BinaryWriter meter(int n) {
    body = n;
    payments = 0;
    current = -1;
    depth = 0;
    loops = 0;
    first = -1;
    ranges = false;
    open(Opcodes.BLOCK, 0);
    validator.validate(body);
    return write(module.bodyStart(body), module.bodyEnd(body));
  }

  // ---- finding what to pay --------------------------------------------------------------------

  @Override
  public void visit(
      int opcode, int start, int immediates, int end, int operand, boolean reachable) {
    if (first < 0) {
      first = start;
      enter(start);
    }
    if (reachable && !FuelCosts.isFree(opcode)) {
      add(start, 1);
    }
    switch (opcode) {
      case Opcodes.BLOCK -> open(opcode, start);
      case Opcodes.IF -> {
        open(opcode, start);
        endRun();
      }
      case Opcodes.LOOP -> {
        open(opcode, start);
        loops++;
        escape(0);
        endRun();
      }
      case Opcodes.ELSE -> endRun();
      case Opcodes.END -> close();
      default -> {
        if (reachable) {
          instruction(opcode, start, new BinaryReader(module.bytes(), immediates, end));
        }
      }
    }
  }

  private void enter(int start) {
    FunctionType type = module.functionType(module.importedFunctions() + body);
    int locals = validator.localCount() - type.parameters().length;
    int price = FuelCosts.entering(locals);
    if (price > 0) {
      add(start, price);
    }
  }

  private void instruction(int opcode, int start, BinaryReader in) {
    switch (opcode) {
      case Opcodes.BR, Opcodes.BR_IF -> {
        target(in.u32());
        endRun();
      }
      case Opcodes.BR_TABLE -> {
        int count = in.u32();
        for (int i = 0; i <= count; i++) {
          target(in.u32());
        }
        endRun();
      }
      // A trap: what was paid stays paid.
      case Opcodes.UNREACHABLE -> endRun();
      case Opcodes.RETURN,
          Opcodes.CALL,
          Opcodes.CALL_INDIRECT,
          Opcodes.RETURN_CALL,
          Opcodes.RETURN_CALL_INDIRECT -> {
        escape(0);
        endRun();
      }
      case Opcodes.MEMORY_INIT,
          Opcodes.MEMORY_COPY,
          Opcodes.MEMORY_FILL,
          Opcodes.TABLE_INIT,
          Opcodes.TABLE_COPY,
          Opcodes.TABLE_FILL,
          Opcodes.TABLE_GROW -> {
        ranges = true;
        pay(start, RANGE | opcode);
      }
      default -> {}
    }
  }

  private void open(int opener, int start) {
    if (depth == openers.length) {
      openers = Arrays.copyOf(openers, 2 * depth);
      outer = Arrays.copyOf(outer, 2 * depth);
      targeted = Arrays.copyOf(targeted, 2 * depth);
      escapes = Arrays.copyOf(escapes, 2 * depth);
    }
    if (current < 0 && depth > 0) {
      // In front of the block, for what comes behind it.
      current = pay(start, 0);
    }
    openers[depth] = opener;
    outer[depth] = current;
    targeted[depth] = false;
    escapes[depth] = Integer.MAX_VALUE;
    depth++;
  }

  private void close() {
    depth--;
    loops -= openers[depth] == Opcodes.LOOP ? 1 : 0;
    if (openers[depth] == Opcodes.IF || targeted[depth]) {
      // Whoever got into such a block gets behind it, so that is paid with what was in front.
      current = escapes[depth] <= depth ? -1 : outer[depth];
    }
    if (depth > 0) {
      escape(escapes[depth]);
    }
  }

  /**
   * The blocks around us from the n-th on may be left in other ways than to behind them, or never.
   */
  private void escape(int outermost) {
    escapes[depth - 1] = Math.min(escapes[depth - 1], outermost);
  }

  private void target(int label) {
    int block = depth - 1 - label;
    // Where a loop starts, a run starts anyway; behind it none does.
    if (openers[block] != Opcodes.LOOP) {
      targeted[block] = true;
    }
    escape(block + 1);
  }

  private void add(int start, int price) {
    if (current < 0) {
      current = pay(start, 0);
    }
    prices[current] += price;
  }

  private void endRun() {
    current = -1;
  }

  private int pay(int place, int price) {
    if (payments == places.length) {
      places = Arrays.copyOf(places, 2 * payments);
      prices = Arrays.copyOf(prices, 2 * payments);
      depths = Arrays.copyOf(depths, 2 * payments);
    }
    places[payments] = place;
    prices[payments] = price;
    depths[payments] = loops;
    return payments++;
  }

  // ---- writing --------------------------------------------------------------------------------

  private BinaryWriter write(int bodyStart, int bodyEnd) {
    BinaryWriter out = new BinaryWriter(effort);
    if (ranges) {
      declareLocals(out, bodyStart);
    } else {
      out.bytes(module.bytes(), bodyStart, first);
    }
    int at = first;
    for (int i = 0; i < payments; i++) {
      if (prices[i] == 0) {
        continue;
      }
      out.bytes(module.bytes(), at, places[i]);
      at = places[i];
      if (prices[i] < 0) {
        range(out, prices[i] & ~RANGE, at);
      } else {
        out.u8(Opcodes.I64_CONST);
        out.s64(Payment.encode(prices[i], depths[i]));
      }
      out.u8(Opcodes.GLOBAL_SET);
      out.u32(fuelGlobal);
    }
    out.bytes(module.bytes(), at, bodyEnd);
    return out;
  }

  /** The declarations there are, and one variable for the lengths of ranges. */
  private void declareLocals(BinaryWriter out, int bodyStart) {
    BinaryReader in = new BinaryReader(module.bytes(), bodyStart, first);
    out.u32(in.u32() + 1);
    out.bytes(module.bytes(), in.position(), first);
    out.u32(1);
    out.u8(WasmType.I32);
  }

  /** Leaves the price of a range, whose length is on top, and the length below it. */
  private void range(BinaryWriter out, int opcode, int place) {
    int length = validator.localCount();
    out.u8(Opcodes.LOCAL_TEE);
    out.u32(length);
    out.u8(Opcodes.LOCAL_GET);
    out.u32(length);
    out.u8(Opcodes.I64_EXTEND_I32_U);
    int shift = FuelCosts.TABLE_SHIFT;
    switch (opcode) {
      case Opcodes.MEMORY_INIT, Opcodes.MEMORY_COPY, Opcodes.MEMORY_FILL ->
          shift = FuelCosts.MEMORY_SHIFT;
      case Opcodes.TABLE_GROW -> {
        BinaryReader in = new BinaryReader(module.bytes(), place + 1, module.bytes().length);
        in.u32(); // the rest of the opcode
        out.u8(Opcodes.TABLE_SIZE >> 8);
        out.u32(Opcodes.TABLE_SIZE & 0xff);
        out.u32(in.u32());
        out.u8(Opcodes.I64_EXTEND_I32_U);
        out.u8(Opcodes.I64_ADD);
      }
      default -> {}
    }
    out.u8(Opcodes.I64_CONST);
    out.s64(shift);
    out.u8(Opcodes.I64_SHR_U);
  }
}
