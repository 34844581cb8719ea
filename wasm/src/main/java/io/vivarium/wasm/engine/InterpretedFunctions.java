package io.vivarium.wasm.engine;

import io.vivarium.wasm.engine.binary.ModuleStructure;
import java.util.concurrent.atomic.AtomicReferenceArray;

/** The interpretable functions of a module, prepared when they are first called. Thread-safe. */
final class InterpretedFunctions {
  private final ModuleStructure module;
  private final AtomicReferenceArray<InterpretedFunction> prepared;
  private final InterpretedCodeBuilder builder;

  InterpretedFunctions(ModuleStructure module) {
    this.module = module;
    this.prepared = new AtomicReferenceArray<>(module.bodyCount());
    this.builder = new InterpretedCodeBuilder(module);
  }

  /** A function that is not imported, by its index among all. */
  InterpretedFunction get(int function) {
    int body = function - module.importedFunctions();
    InterpretedFunction present = prepared.get(body);
    return present != null ? present : prepare(body);
  }

  private InterpretedFunction prepare(int body) {
    // The guest may be deep in its stack here, and the builder must not be left half way.
    StackGuard.check();
    synchronized (builder) {
      InterpretedFunction made = builder.build(body);
      prepared.set(body, made);
      return made;
    }
  }
}
