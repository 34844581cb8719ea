package io.vivarium.wasm.engine.simd;

import io.vivarium.wasm.engine.binary.BinaryWriter;
import io.vivarium.wasm.engine.binary.FunctionType;
import io.vivarium.wasm.engine.binary.WasmType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The function types of the lowered module: those of the original, lowered, and new ones. */
final class TypeTable {
  private final List<FunctionType> types = new ArrayList<>();
  private final Map<FunctionType, Integer> indices = new HashMap<>();

  TypeTable(List<FunctionType> originals) {
    for (FunctionType original : originals) {
      FunctionType lowered =
          new FunctionType(halves(original.parameters()), halves(original.results()));
      indices.putIfAbsent(lowered, types.size());
      types.add(lowered);
    }
  }

  /** The same types with two i64 for each vector. */
  static byte[] halves(byte[] types) {
    int vectors = 0;
    for (byte type : types) {
      if (type == WasmType.V128) {
        vectors++;
      }
    }
    byte[] halves = new byte[types.length + vectors];
    int next = 0;
    for (byte type : types) {
      if (type == WasmType.V128) {
        halves[next++] = WasmType.I64;
        halves[next++] = WasmType.I64;
      } else {
        halves[next++] = type;
      }
    }
    return halves;
  }

  /** The index of a type, which is added if it is not there. */
  int index(FunctionType type) {
    return indices.computeIfAbsent(
        type,
        added -> {
          types.add(added);
          return types.size() - 1;
        });
  }

  /** The contents of the type section. */
  BinaryWriter section() {
    BinaryWriter out = new BinaryWriter();
    out.u32(types.size());
    for (FunctionType type : types) {
      out.u8(0x60);
      out.u32(type.parameters().length);
      out.bytes(type.parameters(), 0, type.parameters().length);
      out.u32(type.results().length);
      out.bytes(type.results(), 0, type.results().length);
    }
    return out;
  }
}
