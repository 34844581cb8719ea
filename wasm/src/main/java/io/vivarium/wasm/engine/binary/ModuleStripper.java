package io.vivarium.wasm.engine.binary;

import io.vivarium.wasm.engine.binary.ModuleStructure.Section;
import java.util.Set;

/**
 * Reduces a module to what instantiating its compiled code takes: without custom sections, and with
 * empty bodies for compiled functions. The result decodes like any module but must not be
 * validated.
 */
public final class ModuleStripper {
  private static final int CUSTOM = 0;
  private static final int CODE = 10;

  private ModuleStripper() {}

  /**
   * The reduced module.
   *
   * @param keep functions, by index, whose bodies stay
   */
  public static byte[] strip(ModuleStructure module, Set<Integer> keep) {
    BinaryWriter out = new BinaryWriter();
    out.bytes(module.bytes, 0, 8);
    for (Section section : module.sections) {
      if (section.id() == CODE) {
        out.section(CODE, code(module, keep));
      } else if (section.id() != CUSTOM) {
        BinaryWriter contents = new BinaryWriter();
        contents.bytes(module.bytes, section.start(), section.end());
        out.section(section.id(), contents);
      }
    }
    return out.toByteArray();
  }

  private static BinaryWriter code(ModuleStructure module, Set<Integer> keep) {
    BinaryWriter code = new BinaryWriter();
    code.u32(module.bodyCount());
    for (int body = 0; body < module.bodyCount(); body++) {
      if (keep.contains(module.importedFunctions + body)) {
        code.u32(module.bodyEnds[body] - module.bodyStarts[body]);
        code.bytes(module.bytes, module.bodyStarts[body], module.bodyEnds[body]);
      } else {
        code.u32(2);
        code.u8(0);
        code.u8(0x0b);
      }
    }
    return code;
  }

  /**
   * A module that has nothing but the given functions, with the types of {@code module}: for a
   * decoder that takes only whole modules.
   *
   * @param functions indices of functions that are not imported, in the order they are to come in
   */
  public static byte[] extract(ModuleStructure module, Iterable<Integer> functions) {
    BinaryWriter types = new BinaryWriter();
    BinaryWriter bodies = new BinaryWriter();
    int count = 0;
    for (int function : functions) {
      int body = function - module.importedFunctions;
      types.u32(module.functionTypes[function]);
      bodies.u32(module.bodyEnds[body] - module.bodyStarts[body]);
      bodies.bytes(module.bytes, module.bodyStarts[body], module.bodyEnds[body]);
      count++;
    }
    BinaryWriter out = new BinaryWriter();
    out.bytes(module.bytes, 0, 8);
    for (Section section : module.sections) {
      if (section.id() == 1) {
        BinaryWriter contents = new BinaryWriter();
        contents.bytes(module.bytes, section.start(), section.end());
        out.section(1, contents);
      }
    }
    out.section(3, counted(count, types));
    out.section(CODE, counted(count, bodies));
    return out.toByteArray();
  }

  private static BinaryWriter counted(int count, BinaryWriter elements) {
    BinaryWriter all = new BinaryWriter();
    all.u32(count);
    all.append(elements);
    return all;
  }
}
