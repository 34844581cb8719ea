package io.vivarium.wasm.testing;

import io.vivarium.wasm.engine.binary.BinaryWriter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes modules for tests. Functions are exported under their names; types are written {@code "i32
 * i64 -> i32"}. Imports come first.
 */
public final class ModuleBuilder {
  private record Function(String name, int type, List<Integer> locals, String code) {}

  private final List<String> types = new ArrayList<>();
  private final Map<String, Integer> names = new HashMap<>();
  private final List<Function> functions = new ArrayList<>();
  private final BinaryWriter imports = new BinaryWriter();
  private int importCount;
  private int importedFunctions;
  private final BinaryWriter tables = new BinaryWriter();
  private int tableCount;
  private final BinaryWriter memory = new BinaryWriter();
  private final BinaryWriter globals = new BinaryWriter();
  private int globalCount;
  private final List<String> elements = new ArrayList<>();
  private final BinaryWriter data = new BinaryWriter();
  private int dataCount;
  private String start = "";

  /** The index of a function type. */
  public int type(String type) {
    String normal = type.trim().replaceAll("\\s+", " ");
    int index = types.indexOf(normal);
    if (index < 0) {
      types.add(normal);
      index = types.size() - 1;
    }
    return index;
  }

  /** Imports a function, which code calls by its name. */
  public ModuleBuilder importFunction(String module, String name, String type) {
    imports.name(module);
    imports.name(name);
    imports.u8(0);
    imports.u32(type(type));
    importCount++;
    names.put(name, importedFunctions++);
    return this;
  }

  /** Imports a memory. */
  public ModuleBuilder importMemory(String module, String name) {
    imports.name(module);
    imports.name(name);
    imports.raw(2, 0, 1);
    importCount++;
    return this;
  }

  /** A function; locals are written {@code "i32 i64"}. */
  public ModuleBuilder function(String name, String type, String locals, String code) {
    List<Integer> localTypes = new ArrayList<>();
    for (String local : locals.trim().split("\\s+", -1)) {
      if (!local.isEmpty()) {
        localTypes.add(Assembler.type(local));
      }
    }
    names.put(name, importedFunctions + functions.size());
    functions.add(new Function(name, type(type), localTypes, code));
    return this;
  }

  /** A function without locals. */
  public ModuleBuilder function(String name, String type, String code) {
    return function(name, type, "", code);
  }

  /** A table of functions. */
  public ModuleBuilder table(int minimum, int maximum) {
    tables.raw(0x70, 1);
    tables.u32(minimum);
    tables.u32(maximum);
    tableCount++;
    return this;
  }

  /** A memory, exported as {@code memory}, that may grow without bound. */
  public ModuleBuilder memory(int minimum) {
    memory.raw(1, 0);
    memory.u32(minimum);
    return this;
  }

  /** A memory, exported as {@code memory}. */
  public ModuleBuilder memory(int minimum, int maximum) {
    memory.raw(1, 1);
    memory.u32(minimum);
    memory.u32(maximum);
    return this;
  }

  /** A mutable global with a constant expression. */
  public ModuleBuilder global(String name, String type, String initial) {
    names.put(name, globalCount++);
    globals.u8(Assembler.type(type));
    globals.u8(1);
    globals.append(Assembler.assemble(initial + " end", Map.of()));
    return this;
  }

  /** An active element segment. */
  public ModuleBuilder elements(int offset, String... functionNames) {
    elements.add("active " + offset + " " + String.join(" ", functionNames));
    return this;
  }

  /** A passive element segment. */
  public ModuleBuilder passiveElements(String... functionNames) {
    elements.add("passive 0 " + String.join(" ", functionNames));
    return this;
  }

  /** An active data segment. */
  public ModuleBuilder data(int offset, byte... bytes) {
    data.u8(0);
    data.u8(0x41);
    data.s64(offset);
    data.u8(0x0b);
    return dataBytes(bytes);
  }

  /** A passive data segment. */
  public ModuleBuilder passiveData(byte... bytes) {
    data.u8(1);
    return dataBytes(bytes);
  }

  private ModuleBuilder dataBytes(byte[] bytes) {
    data.u32(bytes.length);
    data.bytes(bytes, 0, bytes.length);
    dataCount++;
    return this;
  }

  /** The start function. */
  public ModuleBuilder start(String function) {
    start = function;
    return this;
  }

  /** The module. */
  public byte[] build() {
    BinaryWriter out = new BinaryWriter();
    out.raw(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
    section(out, 1, types.size(), typeSection());
    section(out, 2, importCount, imports);
    BinaryWriter indices = new BinaryWriter();
    functions.forEach(function -> indices.u32(function.type()));
    section(out, 3, functions.size(), indices);
    section(out, 4, tableCount, tables);
    if (memory.size() > 0) {
      out.section(5, memory);
    }
    section(out, 6, globalCount, globals);
    section(out, 7, functions.size() + (memory.size() > 0 ? 1 : 0), exportSection());
    if (!start.isEmpty()) {
      BinaryWriter index = new BinaryWriter();
      index.u32(names.get(start));
      out.section(8, index);
    }
    section(out, 9, elements.size(), elementSection());
    if (dataCount > 0) {
      BinaryWriter count = new BinaryWriter();
      count.u32(dataCount);
      out.section(12, count);
    }
    section(out, 10, functions.size(), codeSection());
    section(out, 11, dataCount, data);
    return out.toByteArray();
  }

  private static void section(BinaryWriter out, int id, int count, BinaryWriter contents) {
    if (count > 0) {
      BinaryWriter all = new BinaryWriter();
      all.u32(count);
      all.append(contents);
      out.section(id, all);
    }
  }

  private BinaryWriter typeSection() {
    BinaryWriter out = new BinaryWriter();
    for (String type : types) {
      out.u8(0x60);
      String[] sides = type.split("->", -1);
      for (String side : sides) {
        List<Integer> list = new ArrayList<>();
        for (String word : side.trim().split("\\s+", -1)) {
          if (!word.isEmpty()) {
            list.add(Assembler.type(word));
          }
        }
        out.u32(list.size());
        list.forEach(out::u8);
      }
    }
    return out;
  }

  private BinaryWriter exportSection() {
    BinaryWriter out = new BinaryWriter();
    if (memory.size() > 0) {
      out.name("memory");
      out.raw(2, 0);
    }
    for (Function function : functions) {
      out.name(function.name());
      out.u8(0);
      out.u32(names.get(function.name()));
    }
    return out;
  }

  private BinaryWriter elementSection() {
    BinaryWriter out = new BinaryWriter();
    for (String element : elements) {
      String[] words = element.split(" ", -1);
      if (words[0].equals("active")) {
        out.raw(0, 0x41);
        out.s64(Integer.parseInt(words[1]));
        out.u8(0x0b);
      } else {
        out.raw(1, 0);
      }
      out.u32(words.length - 2);
      for (int i = 2; i < words.length; i++) {
        out.u32(names.get(words[i]));
      }
    }
    return out;
  }

  private BinaryWriter codeSection() {
    BinaryWriter out = new BinaryWriter();
    for (Function function : functions) {
      BinaryWriter body = new BinaryWriter();
      body.u32(function.locals().size());
      for (int local : function.locals()) {
        body.u32(1);
        body.u8(local);
      }
      body.append(Assembler.assemble(function.code() + " end", names));
      out.u32(body.size());
      out.append(body);
    }
    return out;
  }
}
