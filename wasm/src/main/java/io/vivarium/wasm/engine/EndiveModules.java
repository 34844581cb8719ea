package io.vivarium.wasm.engine;

import io.vivarium.wasm.engine.binary.ModuleStructure;
import java.io.ByteArrayInputStream;
import run.endive.wasm.Parser;
import run.endive.wasm.WasmModule;
import run.endive.wasm.types.CodeSection;
import run.endive.wasm.types.ElementSection;
import run.endive.wasm.types.FunctionSection;
import run.endive.wasm.types.GlobalSection;
import run.endive.wasm.types.ImportSection;
import run.endive.wasm.types.MemorySection;
import run.endive.wasm.types.SectionId;
import run.endive.wasm.types.TableSection;
import run.endive.wasm.types.TypeSection;

/**
 * Makes what the compiler takes from a module that is validated already, so it is not validated
 * again. Data and exports are left out, the compiler does not look at them.
 */
final class EndiveModules {
  private static final int[] SECTIONS = {
    SectionId.TYPE,
    SectionId.IMPORT,
    SectionId.FUNCTION,
    SectionId.TABLE,
    SectionId.MEMORY,
    SectionId.GLOBAL,
    SectionId.ELEMENT,
    SectionId.CODE
  };

  private EndiveModules() {}

  static WasmModule of(ModuleStructure structure) {
    WasmModule.Builder module = WasmModule.builder().withValidation(false);
    Parser.Builder parser = Parser.builder();
    for (int section : SECTIONS) {
      parser.includeSectionId(section);
    }
    parser
        .build()
        .parse(
            new ByteArrayInputStream(structure.bytes()),
            section -> {
              switch (section) {
                case TypeSection types -> module.setTypeSection(types);
                case ImportSection imports -> module.setImportSection(imports);
                case FunctionSection functions -> module.setFunctionSection(functions);
                case TableSection tables -> module.setTableSection(tables);
                case MemorySection memories -> module.setMemorySection(memories);
                case GlobalSection globals -> module.setGlobalSection(globals);
                case ElementSection elements -> module.setElementSection(elements);
                case CodeSection code -> module.setCodeSection(code);
                default -> throw new IllegalStateException("unexpected section");
              }
            });
    return module.build();
  }
}
