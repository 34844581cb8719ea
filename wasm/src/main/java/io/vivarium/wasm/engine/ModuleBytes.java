package io.vivarium.wasm.engine;

import java.io.IOException;

/** Where the bytes of a module come from, should they be needed: a cached module never asks. */
@FunctionalInterface
public interface ModuleBytes {
  /** All bytes of the module. Called at most once per load, on the loading thread. */
  byte[] read() throws IOException;
}
