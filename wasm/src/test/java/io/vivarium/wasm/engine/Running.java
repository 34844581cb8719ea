package io.vivarium.wasm.engine;

import io.vivarium.wasm.testing.ModuleBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Runs modules in tests, interpreted or compiled. */
enum Running {
  INTERPRETED,
  COMPILED;

  /** Host functions for modules that import none. */
  static final ImportResolver NO_IMPORTS = imported -> null;

  GuestModule load(byte[] module) throws InvalidModule {
    return load(module, Metering.NONE);
  }

  GuestModule load(byte[] module, Metering metering) throws InvalidModule {
    EngineOptions options = EngineOptions.DEFAULT.withCompileInBackground(false);
    try (WasmEngine engine = WasmEngine.open(options)) {
      GuestModule loaded = engine.load(ModuleDigest.of(module), () -> module, metering);
      if (this == COMPILED && !loaded.compile()) {
        throw new AssertionError("the module does not compile");
      }
      return loaded;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  GuestInstance instantiate(ModuleBuilder module) {
    return instantiate(module, NO_IMPORTS, InstanceLimits.DEFAULT);
  }

  GuestInstance instantiate(ModuleBuilder module, ImportResolver imports, InstanceLimits limits) {
    try {
      return load(module.build()).instantiate(imports, limits, null);
    } catch (InvalidModule | LinkFailure e) {
      throw new AssertionError(e);
    }
  }
}
