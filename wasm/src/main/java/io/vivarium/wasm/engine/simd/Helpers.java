package io.vivarium.wasm.engine.simd;

import io.vivarium.wasm.engine.binary.BinaryWriter;
import io.vivarium.wasm.engine.binary.FunctionType;
import io.vivarium.wasm.engine.binary.WasmType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/** The functions that lowering appends to a module, each once, when it is first needed. */
final class Helpers {
  /** A finished helper. */
  record Helper(FunctionType type, BinaryWriter body) {}

  private static final byte I64 = WasmType.I64;
  private static final byte I32 = WasmType.I32;

  /** i64 to i64: half a vector to half a vector. */
  static final FunctionType UNARY = new FunctionType(new byte[] {I64}, new byte[] {I64});

  /** Two halves to a half. */
  static final FunctionType BINARY = new FunctionType(new byte[] {I64, I64}, new byte[] {I64});

  /** Three halves to a half. */
  static final FunctionType TERNARY =
      new FunctionType(new byte[] {I64, I64, I64}, new byte[] {I64});

  /** A half and a count to a half. */
  static final FunctionType SHIFT = new FunctionType(new byte[] {I64, I32}, new byte[] {I64});

  /** Two halves to a number. */
  static final FunctionType TEST = new FunctionType(new byte[] {I64, I64}, new byte[] {I32});

  private final int first;
  private final Map<String, Integer> indices = new HashMap<>();
  private final List<Helper> helpers = new ArrayList<>();

  /** Helpers whose function indices start at {@code first}. */
  Helpers(int first) {
    this.first = first;
  }

  /**
   * The index of a helper.
   *
   * @param name what makes it the same helper
   * @param write writes its instructions; parameters are the first local variables, and one i64
   *     follows them
   */
  int index(String name, FunctionType type, BiConsumer<Code, Lanes> write) {
    Integer present = indices.get(name);
    if (present != null) {
      return present;
    }
    int index = first + helpers.size();
    BinaryWriter body = new BinaryWriter();
    // One group of local variables: the temporary.
    body.u32(1);
    body.u32(1);
    body.u8(WasmType.I64);
    Code code = new Code(body);
    helpers.add(new Helper(type, body));
    indices.put(name, index);
    write.accept(code, new Lanes(code));
    code.op(0x0b);
    return index;
  }

  /** All helpers so far, by index. */
  List<Helper> all() {
    return helpers;
  }
}
