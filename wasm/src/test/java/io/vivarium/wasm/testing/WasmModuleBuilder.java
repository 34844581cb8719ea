package io.vivarium.wasm.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes the binary form of small modules: imports, functions whose bodies are given as
 * instructions, one memory, data. Functions are numbered in the order in which they are added,
 * imports first.
 */
public final class WasmModuleBuilder {
  private static final int I32 = 0x7f;
  private static final int I64 = 0x7e;

  private final List<byte[]> types = new ArrayList<>();
  private final List<byte[]> imports = new ArrayList<>();
  private final List<Integer> functionTypes = new ArrayList<>();
  private final List<byte[]> bodies = new ArrayList<>();
  private final List<byte[]> exports = new ArrayList<>();
  private final List<byte[]> data = new ArrayList<>();
  private int pages = -1;

  /** Declares a memory and exports it as {@code memory}. */
  public WasmModuleBuilder memory(int initialPages) {
    pages = initialPages;
    exports.add(join(name("memory"), bytes(2, 0)));
    return this;
  }

  /**
   * Imports a function.
   *
   * @param type one letter per parameter, i for i32 and I for i64, then a colon, then the results
   * @return its number
   */
  public int imported(String module, String name, String type) {
    imports.add(join(name(module), name(name), bytes(0), unsigned(type(type))));
    return imports.size() - 1;
  }

  /**
   * Adds a function and exports it, unless the name is empty.
   *
   * @param locals how many locals of type i32 it has besides its parameters
   * @return its number
   */
  public int function(String name, String type, int locals, byte[]... instructions) {
    int number = imports.size() + bodies.size();
    functionTypes.add(type(type));
    byte[] declared = locals == 0 ? bytes(0) : join(bytes(1), unsigned(locals), bytes(I32));
    byte[] body = join(declared, join(instructions), bytes(0x0b));
    bodies.add(join(unsigned(body.length), body));
    if (!name.isEmpty()) {
      exports.add(join(name(name), bytes(0), unsigned(number)));
    }
    return number;
  }

  /** Puts text into the memory before the module starts. */
  public WasmModuleBuilder data(int address, String text) {
    byte[] bytes = text.getBytes(UTF_8);
    data.add(join(bytes(0), constant(address), bytes(0x0b), unsigned(bytes.length), bytes));
    return this;
  }

  /** The module. */
  public byte[] build() {
    ByteArrayOutputStream module = new ByteArrayOutputStream();
    module.writeBytes(new byte[] {0, 'a', 's', 'm', 1, 0, 0, 0});
    section(module, 1, types);
    section(module, 2, imports);
    section(module, 3, functionTypes.stream().map(WasmModuleBuilder::unsigned).toList());
    section(module, 5, pages < 0 ? List.of() : List.of(join(bytes(0), unsigned(pages))));
    section(module, 7, exports);
    section(module, 10, bodies);
    section(module, 11, data);
    return module.toByteArray();
  }

  // ---- instructions ----------------------------------------------------------------------------

  /** i32.const. */
  public static byte[] constant(int value) {
    return join(bytes(0x41), signed(value));
  }

  /** i64.const. */
  public static byte[] longConstant(long value) {
    return join(bytes(0x42), signed(value));
  }

  /** call. */
  public static byte[] call(int function) {
    return join(bytes(0x10), unsigned(function));
  }

  /** drop. */
  public static byte[] drop() {
    return bytes(0x1a);
  }

  /** unreachable. */
  public static byte[] unreachable() {
    return bytes(0);
  }

  /** local.get. */
  public static byte[] local(int number) {
    return join(bytes(0x20), unsigned(number));
  }

  /** i32.load at the address on the stack. */
  public static byte[] load() {
    return bytes(0x28, 2, 0);
  }

  /** i32.store of the value on the stack to the address below it. */
  public static byte[] store() {
    return bytes(0x36, 2, 0);
  }

  /** A loop that never ends. */
  public static byte[] forever(byte[]... instructions) {
    return join(bytes(0x03, 0x40), join(instructions), bytes(0x0c, 0, 0x0b));
  }

  /** Instructions one after the other. */
  public static byte[] join(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  // ---- encoding --------------------------------------------------------------------------------

  private int type(String text) {
    int colon = text.indexOf(':');
    byte[] type =
        join(bytes(0x60), values(text.substring(0, colon)), values(text.substring(colon + 1)));
    for (int i = 0; i < types.size(); i++) {
      if (java.util.Arrays.equals(types.get(i), type)) {
        return i;
      }
    }
    types.add(type);
    return types.size() - 1;
  }

  private static byte[] values(String letters) {
    byte[] values = new byte[letters.length()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (byte) (letters.charAt(i) == 'i' ? I32 : I64);
    }
    return join(unsigned(values.length), values);
  }

  private static void section(ByteArrayOutputStream module, int id, List<byte[]> entries) {
    if (entries.isEmpty()) {
      return;
    }
    byte[] contents = join(unsigned(entries.size()), join(entries.toArray(byte[][]::new)));
    module.write(id);
    module.writeBytes(unsigned(contents.length));
    module.writeBytes(contents);
  }

  private static byte[] name(String text) {
    byte[] bytes = text.getBytes(UTF_8);
    return join(unsigned(bytes.length), bytes);
  }

  private static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }

  private static byte[] unsigned(int value) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int rest = value;
    while ((rest & ~0x7f) != 0) {
      out.write((rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    out.write(rest);
    return out.toByteArray();
  }

  private static byte[] signed(long value) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    long rest = value;
    while (true) {
      int low = (int) (rest & 0x7f);
      rest >>= 7;
      boolean last = (rest == 0 && (low & 0x40) == 0) || (rest == -1 && (low & 0x40) != 0);
      out.write(last ? low : low | 0x80);
      if (last) {
        return out.toByteArray();
      }
    }
  }
}
