package io.vivarium.wasm.engine.fuel;

import io.vivarium.wasm.engine.binary.BinaryReader;
import io.vivarium.wasm.engine.binary.BinaryWriter;
import io.vivarium.wasm.engine.binary.Effort;
import io.vivarium.wasm.engine.binary.ModuleDecoder;
import io.vivarium.wasm.engine.binary.ModuleStructure;
import io.vivarium.wasm.engine.binary.ModuleStructure.Section;
import io.vivarium.wasm.engine.binary.WasmType;

/**
 * Meters a whole module: it gets one more global behind all others, which no index of its own leads
 * to, and its functions pay there for what they do ({@link FuelCosts}).
 *
 * <p>A body grows to at most seven times its size: a payment takes up to 11 bytes and needs a
 * branch or call of at least two, one for a range takes up to 19 and needs an instruction of three.
 * Compiled code of published commands grows by 12 to 31 %.
 */
public final class FuelMetering {
  private static final int CUSTOM = 0;
  private static final int MEMORY = 5;
  private static final int GLOBAL = 6;
  private static final int CODE = 10;

  private final ModuleStructure module;
  private final int fuelGlobal;
  private final Effort effort;

  private FuelMetering(ModuleStructure module, Effort effort) {
    this.effort = effort;
    this.module = module;
    this.fuelGlobal = module.globals().size();
  }

  /**
   * The same module, metered, without custom sections.
   *
   * @param module a valid module
   * @param effort what that may take
   */
  public static ModuleStructure meter(ModuleStructure module, Effort effort) {
    FuelMetering metering = new FuelMetering(module, effort);
    return ModuleDecoder.decodeMetered(metering.write(), metering.fuelGlobal, effort);
  }

  private byte[] write() {
    BinaryWriter out = new BinaryWriter(effort);
    out.bytes(module.bytes(), 0, 8);
    boolean globals = false;
    for (Section section : module.sections()) {
      if (section.id() > MEMORY && !globals) {
        out.section(GLOBAL, globals());
        globals = true;
      }
      switch (section.id()) {
        case CUSTOM, GLOBAL -> {}
        case CODE -> out.section(CODE, code());
        default -> {
          BinaryWriter contents = new BinaryWriter(effort);
          contents.bytes(module.bytes(), section.start(), section.end());
          out.section(section.id(), contents);
        }
      }
    }
    if (!globals) {
      out.section(GLOBAL, globals());
    }
    return out.toByteArray();
  }

  private BinaryWriter globals() {
    BinaryWriter out = new BinaryWriter(effort);
    out.u32(fuelGlobal - module.importedGlobals() + 1);
    for (Section section : module.sections()) {
      if (section.id() == GLOBAL) {
        BinaryReader in = new BinaryReader(module.bytes(), section.start(), section.end());
        in.u32();
        out.bytes(module.bytes(), in.position(), section.end());
      }
    }
    out.raw(WasmType.I64, 1, Opcodes.I64_CONST, 0, Opcodes.END);
    return out;
  }

  private BinaryWriter code() {
    FunctionMetering metering = new FunctionMetering(module, fuelGlobal, effort);
    BinaryWriter out = new BinaryWriter(effort);
    out.u32(module.bodyCount());
    for (int body = 0; body < module.bodyCount(); body++) {
      BinaryWriter metered = metering.meter(body);
      out.u32(metered.size());
      out.append(metered);
    }
    return out;
  }
}
