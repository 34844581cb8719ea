package io.vivarium.wasm.engine.simd;

import io.vivarium.wasm.engine.binary.BinaryWriter;
import io.vivarium.wasm.engine.binary.Constant;
import io.vivarium.wasm.engine.binary.Effort;
import io.vivarium.wasm.engine.binary.FunctionType;
import io.vivarium.wasm.engine.binary.MalformedModule;
import io.vivarium.wasm.engine.binary.ModuleStructure;
import io.vivarium.wasm.engine.binary.ModuleStructure.Global;
import io.vivarium.wasm.engine.binary.ModuleStructure.Import;
import io.vivarium.wasm.engine.binary.ModuleStructure.Kind;
import io.vivarium.wasm.engine.binary.ModuleStructure.Section;
import io.vivarium.wasm.engine.binary.WasmType;
import java.util.List;

/**
 * Lowers a whole module.
 *
 * <p>Two things differ from the original: functions whose types differ only in one having a vector
 * where the other has two i64 pass each other's type check when called indirectly, and a call from
 * the host sees two i64.
 */
public final class SimdLowering {
  private static final int CUSTOM = 0;
  private static final int TYPE = 1;
  private static final int FUNCTION = 3;
  private static final int GLOBAL = 6;
  private static final int CODE = 10;

  private final ModuleStructure module;
  private final Effort effort;
  private final TypeTable types;
  private final Helpers helpers;
  private final int[] highGlobals;
  private int vectorGlobals;

  private SimdLowering(ModuleStructure module, Effort effort) {
    this.effort = effort;
    this.module = module;
    this.types = new TypeTable(module.types());
    this.helpers = new Helpers(module.functionCount());
    this.highGlobals = new int[module.globals().size()];
  }

  /**
   * Whether the types of a module, as opposed to its code, have vectors.
   *
   * @param module a valid module
   */
  public static boolean hasVectorTypes(ModuleStructure module) {
    for (FunctionType type : module.types()) {
      if (hasVector(type)) {
        return true;
      }
    }
    for (Global global : module.globals()) {
      if (global.type() == WasmType.V128) {
        return true;
      }
    }
    return false;
  }

  private static boolean hasVector(FunctionType type) {
    return hasVector(type.parameters()) || hasVector(type.results());
  }

  private static boolean hasVector(byte[] types) {
    for (byte type : types) {
      if (type == WasmType.V128) {
        return true;
      }
    }
    return false;
  }

  /**
   * The same module without vectors and without custom sections.
   *
   * @param module a valid module
   * @param effort what that may take
   * @throws MalformedModule when vectors are part of what it imports
   */
  public static byte[] lower(ModuleStructure module, Effort effort) {
    return new SimdLowering(module, effort).lower();
  }

  private byte[] lower() {
    refuseVectorImports();
    for (int i = 0; i < highGlobals.length; i++) {
      if (module.globals().get(i).type() == WasmType.V128) {
        highGlobals[i] = highGlobals.length + vectorGlobals++;
      }
    }
    BinaryWriter code = code();
    BinaryWriter functions = functions();
    BinaryWriter out = new BinaryWriter(effort);
    out.bytes(module.bytes(), 0, 8);
    for (Section section : module.sections()) {
      switch (section.id()) {
        case CUSTOM -> {}
        case TYPE -> out.section(TYPE, types.section());
        case FUNCTION -> out.section(FUNCTION, functions);
        case GLOBAL -> out.section(GLOBAL, globals());
        case CODE -> out.section(CODE, code);
        default -> {
          BinaryWriter contents = new BinaryWriter(effort);
          contents.bytes(module.bytes(), section.start(), section.end());
          out.section(section.id(), contents);
        }
      }
    }
    return out.toByteArray();
  }

  private void refuseVectorImports() {
    for (Import imported : module.imports()) {
      if (imported.kind() == Kind.FUNCTION && hasVector(module.types().get(imported.type()))) {
        throw new MalformedModule(
            "vectors can not be passed to the host, as "
                + imported.module()
                + "."
                + imported.name()
                + " wants");
      }
    }
    List<Global> globals = module.globals();
    for (int i = 0; i < module.importedGlobals(); i++) {
      if (globals.get(i).type() == WasmType.V128) {
        throw new MalformedModule("vectors can not be imported");
      }
    }
  }

  private BinaryWriter functions() {
    BinaryWriter out = new BinaryWriter(effort);
    out.u32(module.bodyCount() + helpers.all().size());
    for (int i = 0; i < module.bodyCount(); i++) {
      out.u32(module.functionTypes()[module.importedFunctions() + i]);
    }
    for (Helpers.Helper helper : helpers.all()) {
      out.u32(types.index(helper.type()));
    }
    return out;
  }

  private BinaryWriter code() {
    FunctionLowering lowering = new FunctionLowering(module, types, helpers, highGlobals, effort);
    BinaryWriter bodies = new BinaryWriter(effort);
    for (int body = 0; body < module.bodyCount(); body++) {
      append(bodies, lowering.lower(body));
    }
    for (Helpers.Helper helper : helpers.all()) {
      append(bodies, helper.body());
    }
    BinaryWriter out = new BinaryWriter(effort);
    out.u32(module.bodyCount() + helpers.all().size());
    out.append(bodies);
    return out;
  }

  private static void append(BinaryWriter bodies, BinaryWriter body) {
    bodies.u32(body.size());
    bodies.append(body);
  }

  // ---- globals --------------------------------------------------------------------------------

  private BinaryWriter globals() {
    BinaryWriter out = new BinaryWriter(effort);
    List<Global> globals = module.globals();
    out.u32(globals.size() - module.importedGlobals() + vectorGlobals);
    for (int i = module.importedGlobals(); i < globals.size(); i++) {
      global(out, globals.get(i), false);
    }
    for (Global global : globals) {
      if (global.type() == WasmType.V128) {
        global(out, global, true);
      }
    }
    return out;
  }

  private static void global(BinaryWriter out, Global global, boolean high) {
    Constant initial = global.initial();
    if (initial == null || !initial.known()) {
      throw new MalformedModule("a global that depends on an imported one can not be lowered");
    }
    out.u8(global.type() == WasmType.V128 ? WasmType.I64 : global.type());
    out.u8(global.mutable() ? 1 : 0);
    constant(out, initial, high ? initial.high() : initial.low());
    out.u8(0x0b);
  }

  private static void constant(BinaryWriter out, Constant initial, long bits) {
    switch (initial.type()) {
      case WasmType.I32 -> {
        out.u8(0x41);
        out.s64(bits);
      }
      case WasmType.I64, WasmType.V128 -> {
        out.u8(0x42);
        out.s64(bits);
      }
      case WasmType.F32 -> {
        out.u8(0x43);
        out.fixed(bits, 4);
      }
      case WasmType.F64 -> {
        out.u8(0x44);
        out.fixed(bits, 8);
      }
      default -> {
        if (initial.isNull()) {
          out.u8(0xd0);
          out.u8(initial.type());
        } else {
          out.u8(0xd2);
          out.u32((int) bits);
        }
      }
    }
  }
}
