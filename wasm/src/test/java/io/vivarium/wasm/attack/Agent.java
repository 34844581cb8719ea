package io.vivarium.wasm.attack;

import io.vivarium.wasm.engine.ValueType;
import io.vivarium.wasm.testing.ModuleBuilder;
import io.vivarium.wasm.testing.TestGuest;
import io.vivarium.wasm.wasi.SystemFunction;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A WebAssembly program that makes the calls it is told to make. It imports every function there is
 * and reads commands from its standard input: put bytes into memory, show bytes of memory, or make
 * a row of calls so many times, as fast as a guest can. So what a test attacks with goes through a
 * module's imports, and a test can still look at the machine between two calls.
 *
 * <p>A command is four words: what to do, and up to three numbers. A call is a record in memory,
 * see {@link #RECORD}. What each call answered last is in {@link #ANSWERS}; how often it answered
 * what, in {@link #COUNTS}.
 */
@SuppressWarnings("InlineFormatString") // code of the module, apart from the code that builds it
final class Agent {
  /** Command: ends with status {@code a}. */
  static final int EXIT = 0;

  /** Command: the {@code b} bytes that follow go to address {@code a}. */
  static final int PUT = 1;

  /** Command: writes {@code b} bytes from address {@code a}. */
  static final int SHOW = 2;

  /** Command: makes the first {@code a} calls, {@code b} times; writes nothing. */
  static final int RUN = 3;

  /** Where counters are: for each call of a row, 256 words; larger answers count as 255. */
  static final int COUNTS = 0x4000;

  /** Where records of calls are. */
  static final int CALLS = 0x8000;

  /**
   * Size of a record: function u32 at 0; at 4 a bit for each argument that is an address, at which
   * the real one (u32) is; answer that ends everything at 8, {@link #NEVER} for none; at 12 whether
   * another answer than 0 ends the row; arguments u64 from 16 on.
   */
  static final int RECORD = 192;

  /** No answer. */
  static final int NEVER = Integer.MIN_VALUE;

  /** The most calls in a row. */
  static final int MOST_CALLS = 16;

  /** Where the last answers are, u64 each. */
  static final int ANSWERS = 0xa000;

  /** Where results of calls can go. */
  static final int CELLS = 0x1000;

  /** Where what tests pass begins. */
  static final int DATA = 0x10000;

  /** Where memory ends at first. */
  static final int END = 0x100000;

  private static final List<SystemFunction> IMPORTS =
      TestGuest.all().stream().filter(f -> !f.name().startsWith("wasi_unstable.")).toList();

  /** Functions of the module itself that can be called like imports. */
  private static final Map<String, String> OWN =
      Map.of(
          // grow(pages): memory.grow
          "grow",
          "local.get 0 i32.const 0 call arg i32.wrap_i64 memory.grow i64.extend_i32_u",
          // same(address, value): 1 when the word at an address is a value
          "same",
          "local.get 0 i32.const 0 call arg i32.wrap_i64 i32.load"
              + " local.get 0 i32.const 1 call arg i32.wrap_i64 i32.eq i64.extend_i32_u",
          // set(address, value): stores a word
          "set",
          "local.get 0 i32.const 0 call arg i32.wrap_i64"
              + " local.get 0 i32.const 1 call arg i32.wrap_i64 i32.store i64.const 0",
          // next(address): counts with four letters at an address; its number is behind them
          "next",
          next());

  private static final Map<String, Integer> INDICES = indices();

  private Agent() {}

  private static String next() {
    StringBuilder code =
        new StringBuilder(
            "local.get 0 i32.const 0 call arg i32.wrap_i64 local.set 1"
                + " local.get 1 local.get 1 i32.load offset=4 i32.const 1 i32.add local.tee 2"
                + " i32.store offset=4");
    for (int i = 0; i < 4; i++) {
      code.append(" local.get 1 local.get 2 i32.const ")
          .append(4 * i)
          .append(" i32.shr_u i32.const 15 i32.and i32.const 97 i32.add i32.store8 offset=")
          .append(i);
    }
    return code + " i64.const 0";
  }

  /** The number of a function; {@code MODULE.NAME}, or the name alone where it is the only one. */
  static int function(String name) {
    Integer index = INDICES.get(name);
    if (index == null) {
      throw new AssertionError("no function " + name);
    }
    return index;
  }

  private static Map<String, Integer> indices() {
    Map<String, Integer> indices = new HashMap<>();
    Map<String, Long> uses =
        IMPORTS.stream().collect(Collectors.groupingBy(Agent::shortName, Collectors.counting()));
    for (int i = 0; i < IMPORTS.size(); i++) {
      String name = IMPORTS.get(i).name();
      indices.put(name, i);
      if (uses.get(shortName(IMPORTS.get(i))) == 1) {
        indices.put(shortName(IMPORTS.get(i)), i);
      }
    }
    int next = IMPORTS.size();
    for (String name : OWN.keySet().stream().sorted().toList()) {
      if (indices.put(name, next++) != null) {
        throw new AssertionError(name);
      }
    }
    return Map.copyOf(indices);
  }

  private static String shortName(SystemFunction function) {
    return function.name().substring(function.name().indexOf('.') + 1);
  }

  private static byte[] build() {
    ModuleBuilder module = new ModuleBuilder();
    for (SystemFunction function : IMPORTS) {
      String name = function.name();
      int dot = name.indexOf('.');
      String type = words(function.type().parameters()) + "->" + words(function.type().results());
      module.importFunction(name.substring(0, dot), name.substring(dot + 1), type);
    }
    module.memory(END >> 16);
    module.function("take", "i32 i32 ->", transfer(0, "fd_read"));
    module.function("give", "i32 i32 ->", transfer(1, "fd_write"));
    module.function("arg", "i32 i32 -> i64", "i64", ARGUMENT);
    List<String> table = new ArrayList<>();
    for (int i = 0; i < IMPORTS.size(); i++) {
      table.add("call" + i);
      module.function("call" + i, "i32 -> i64", wrapper(i));
    }
    for (String name : OWN.keySet().stream().sorted().toList()) {
      table.add("own_" + name);
      module.function("own_" + name, "i32 -> i64", "i32 i32", OWN.get(name));
    }
    module.table(table.size(), table.size());
    module.elements(0, table.toArray(String[]::new));
    module.function(
        "row", "i32 i32 ->", "i32 i32 i64 i32", ROW.formatted(module.type("i32 -> i64")));
    module.function("_start", "->", COMMANDS.formatted(function("proc_exit")));
    return module.build();
  }

  private static String words(List<ValueType> types) {
    return types.stream()
        .map(t -> t == ValueType.I64 ? "i64" : "i32")
        .collect(Collectors.joining(" ", " ", " "));
  }

  /** Moves all bytes from an address through a standard stream; ends with 99 when it is over. */
  private static String transfer(int stream, String call) {
    return """
    block loop
      local.get 1 i32.eqz br_if 1
      i32.const 0 local.get 0 i32.store
      i32.const 0 local.get 1 i32.store offset=4
      i32.const 0 i32.const 0 i32.store offset=8
      i32.const %d i32.const 0 i32.const 1 i32.const 8 call %d
      i32.const 0 i32.load offset=8 i32.eqz i32.or
      if i32.const 99 call %d end
      local.get 0 i32.const 0 i32.load offset=8 i32.add local.set 0
      local.get 1 i32.const 0 i32.load offset=8 i32.sub local.set 1
      br 0
    end end
    """
        .formatted(stream, function(call), function("proc_exit"));
  }

  /** Argument {@code i} of a record. */
  private static final String ARGUMENT =
      """
      local.get 0 local.get 1 i32.const 3 i32.shl i32.add i64.load offset=16 local.set 2
      local.get 0 i32.load offset=4 local.get 1 i32.shr_u i32.const 1 i32.and
      if local.get 2 i32.wrap_i64 i64.load32_u local.set 2 end
      local.get 2
      """;

  private static String wrapper(int index) {
    SystemFunction function = IMPORTS.get(index);
    List<ValueType> parameters = function.type().parameters();
    StringBuilder code = new StringBuilder();
    for (int i = 0; i < parameters.size(); i++) {
      code.append("local.get 0 i32.const ").append(i).append(" call arg ");
      code.append(parameters.get(i) == ValueType.I32 ? "i32.wrap_i64 " : "");
    }
    code.append("call ").append(index);
    List<ValueType> results = function.type().results();
    if (results.isEmpty()) {
      return code + " i64.const 0";
    }
    return results.getFirst() == ValueType.I32 ? code + " i64.extend_i32_u" : code.toString();
  }

  /** Parameters: calls, times. Locals: number of the call, its record, answer, what is counted. */
  private static final String ROW =
      """
      block loop
        local.get 1 i32.eqz br_if 1
        local.get 1 i32.const 1 i32.sub local.set 1
        i32.const 0 local.set 2
        block loop
          local.get 2 local.get 0 i32.ge_u br_if 1
          local.get 2 i32.const 192 i32.mul i32.const 0x8000 i32.add local.set 3
          local.get 3 local.get 3 i32.load call_indirect %d local.set 4
          local.get 2 i32.const 3 i32.shl local.get 4 i64.store offset=0xa000
          i32.const 255 local.get 4 i32.wrap_i64 local.get 4 i64.const 255 i64.gt_u select
          local.set 5
          local.get 2 i32.const 8 i32.shl local.get 5 i32.add i32.const 2 i32.shl local.tee 5
          local.get 5 i32.load offset=0x4000 i32.const 1 i32.add i32.store offset=0x4000
          local.get 3 i32.load offset=8 local.get 4 i32.wrap_i64 i32.eq br_if 3
          local.get 3 i32.load offset=12 local.get 4 i64.eqz i32.eqz i32.and br_if 1
          local.get 2 i32.const 1 i32.add local.set 2
          br 0
        end end
        br 0
      end end
      """
          .replace("offset=0xa000", "offset=" + ANSWERS)
          .replace("offset=0x4000", "offset=" + COUNTS);

  /** Reads commands of 16 bytes to address 16 and follows them. */
  private static final String COMMANDS =
      """
      loop
        i32.const 16 i32.const 16 call take
        i32.const 16 i32.load i32.eqz
        if i32.const 16 i32.load offset=4 call %d end
        i32.const 16 i32.load i32.const 1 i32.eq
        if i32.const 16 i32.load offset=4 i32.const 16 i32.load offset=8 call take end
        i32.const 16 i32.load i32.const 2 i32.eq
        if i32.const 16 i32.load offset=4 i32.const 16 i32.load offset=8 call give end
        i32.const 16 i32.load i32.const 3 i32.eq
        if i32.const 16 i32.load offset=4 i32.const 16 i32.load offset=8 call row end
        br 0
      end
      """;

  /** The module. */
  static final byte[] MODULE = build();
}
