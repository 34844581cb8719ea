package io.vivarium.wasm.engine;

import io.vivarium.wasm.testing.ModuleBuilder;
import java.util.Random;

/**
 * Modules of random functions that end: nested blocks, bounded loops, branches of every kind, calls
 * of every kind, loads and stores that may trap, ranges of memory and tables.
 */
final class RandomProgram {
  private static final int FUNCTIONS = 5;
  private static final int PAGES = 1;

  // Local variables: the parameter, two for values, and one for each level of loops.
  private static final int VALUES = 3;
  private static final int LOOPS = 2;

  private final Random random;
  private final StringBuilder code = new StringBuilder();
  private int function;
  private int loops;
  private int labels;
  private int statements;

  private RandomProgram(Random random) {
    this.random = random;
  }

  /** A module that exports {@code run}, which takes and returns an i32, and calls {@code tick}. */
  static byte[] module(long seed) {
    return new RandomProgram(new Random(seed)).build();
  }

  private byte[] build() {
    ModuleBuilder module =
        new ModuleBuilder()
            .importFunction("env", "tick", "->")
            .memory(PAGES)
            .table(FUNCTIONS, 200)
            .global("g", "i32", "i32.const 0")
            .passiveData(new byte[300])
            .passiveElements("f0", "f1", "f0");
    int type = module.type("i32 -> i32");
    for (int i = 0; i < FUNCTIONS; i++) {
      function = i;
      code.setLength(0);
      loops = 0;
      labels = 0;
      statements = 30;
      block(4);
      value(2);
      boolean last = i == FUNCTIONS - 1;
      String locals = "i32 ".repeat(VALUES - 1 + LOOPS + (i == 2 ? 130 : 0));
      module.function(
          last ? "run" : "f" + i,
          "i32 -> i32",
          locals,
          code.toString().replace("INDIRECT", "call_indirect " + type));
    }
    String[] others = new String[FUNCTIONS - 1];
    for (int i = 0; i < others.length; i++) {
      others[i] = "f" + i;
    }
    return module.elements(0, others).build();
  }

  private void emit(String words) {
    code.append(words).append(' ');
  }

  private boolean oneOf(int count) {
    return random.nextInt(count) == 0;
  }

  // ---- statements: leave the stack as it was ----------------------------------------------------

  private void block(int depth) {
    int count = 1 + random.nextInt(4);
    for (int i = 0; i < count && statements-- > 0; i++) {
      statement(depth);
    }
  }

  private void statement(int depth) {
    switch (random.nextInt(depth > 0 ? 14 : 7)) {
      case 0, 1 -> {
        value(2);
        emit("local.set " + random.nextInt(VALUES));
      }
      case 2 -> {
        address();
        value(1);
        emit("i32.store");
      }
      case 3 -> {
        value(1);
        emit("global.set g");
      }
      case 4 -> range();
      case 5 -> emit(oneOf(2) ? "nop" : "call tick");
      case 6 -> branch();
      case 7, 8 -> nested("block", depth);
      case 9, 10 -> {
        value(1);
        nested("if", depth);
      }
      case 11 -> {
        value(1);
        emit("if");
        labels++;
        block(depth - 1);
        emit("else");
        block(depth - 1);
        labels--;
        emit("end");
      }
      default -> loop(depth);
    }
  }

  private void nested(String opener, int depth) {
    emit(opener);
    labels++;
    block(depth - 1);
    labels--;
    emit("end");
  }

  /** Whatever is in it, it goes round at most four times: its counter only ever grows. */
  private void loop(int depth) {
    if (loops == LOOPS) {
      return;
    }
    int counter = VALUES + loops++;
    emit("i32.const 0 local.set " + counter + " block loop");
    labels += 2;
    emit("local.get " + counter + " i32.const 1 i32.add local.tee " + counter);
    emit("i32.const 3 i32.gt_u br_if 1");
    block(depth - 1);
    emit(oneOf(2) ? "br 0" : "local.get 0 br_if 0");
    labels -= 2;
    emit("end end");
    loops--;
  }

  private void branch() {
    if (labels == 0) {
      return;
    }
    int label = random.nextInt(labels);
    switch (random.nextInt(8)) {
      case 0 -> emit("br " + label);
      case 1 -> {
        value(1);
        emit("i32.const 3 i32.and br_table 0 " + label + " " + random.nextInt(labels));
      }
      case 2 -> {
        value(1);
        emit("return");
      }
      case 3 -> {
        if (oneOf(10)) {
          emit("unreachable");
        }
      }
      case 4 -> {
        if (function > 0) {
          value(1);
          emit("return_call f" + random.nextInt(function));
        }
      }
      default -> {
        value(1);
        emit("br_if " + label);
      }
    }
  }

  private void range() {
    int length = random.nextInt(500);
    emit(
        switch (random.nextInt(8)) {
          case 0 -> "i32.const 3000 i32.const 77 i32.const " + length + " memory.fill";
          case 1 -> "i32.const 5000 i32.const 3100 i32.const " + length + " memory.copy";
          case 2 -> "i32.const 100 i32.const 1 i32.const " + length / 2 + " memory.init 0";
          case 3 -> "i32.const 1 i32.const 0 i32.const 3 table.init 0";
          case 4 -> "i32.const 1 i32.const 2 i32.const 1 table.copy 0 0";
          case 5 -> "i32.const 1 ref.func f0 i32.const 2 table.fill 0";
          case 6 -> "ref.null func i32.const " + length / 10 + " table.grow 0 drop";
          default -> oneOf(10) ? "data.drop 0 elem.drop 0" : "nop";
        });
  }

  // ---- values: leave an i32 ---------------------------------------------------------------------

  private void value(int depth) {
    switch (random.nextInt(depth > 0 ? 10 : 3)) {
      case 0 -> emit("i32.const " + (random.nextInt(40) - 5));
      case 1, 2 -> emit("local.get " + random.nextInt(VALUES));
      case 3 -> emit("global.get g");
      case 4 -> {
        address();
        emit("i32.load");
      }
      case 5 -> {
        if (function > 0) {
          value(depth - 1);
          emit("call f" + random.nextInt(function));
        } else {
          value(depth - 1);
        }
      }
      case 6 -> {
        value(depth - 1);
        if (function == FUNCTIONS - 1) {
          emit("i32.const " + random.nextInt(function) + " INDIRECT");
        }
      }
      case 7 -> {
        value(depth - 1);
        value(depth - 1);
        emit(oneOf(8) ? "i32.div_u" : "i32.add");
      }
      case 8 -> {
        value(depth - 1);
        emit("if i32 i32.const 1 else");
        value(depth - 1);
        emit("end");
      }
      default -> {
        value(depth - 1);
        value(depth - 1);
        emit("i32.xor");
      }
    }
  }

  private void address() {
    value(0);
    emit(oneOf(50) ? "i32.const 8 i32.shl" : "i32.const 4095 i32.and");
  }
}
