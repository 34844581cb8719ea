package io.vivarium.wasm.engine;

import io.vivarium.wasm.engine.binary.FunctionType;
import io.vivarium.wasm.engine.binary.WasmType;
import java.util.ArrayList;
import java.util.List;

/** Translates function types of the binary format to those of the engine's users. */
final class Signatures {
  private Signatures() {}

  static Signature of(FunctionType type) {
    return new Signature(values(type.parameters()), values(type.results()));
  }

  private static List<ValueType> values(byte[] types) {
    List<ValueType> values = new ArrayList<>(types.length);
    for (byte type : types) {
      values.add(
          switch (type) {
            case WasmType.I32 -> ValueType.I32;
            case WasmType.I64 -> ValueType.I64;
            case WasmType.F32 -> ValueType.F32;
            case WasmType.F64 -> ValueType.F64;
            case WasmType.FUNCREF -> ValueType.FUNCREF;
            default -> throw new IllegalArgumentException(WasmType.name(type));
          });
    }
    return values;
  }
}
