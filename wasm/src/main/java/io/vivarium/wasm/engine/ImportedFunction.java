package io.vivarium.wasm.engine;

/**
 * A function that a module expects its host to provide.
 *
 * @param module such as {@code wasi_snapshot_preview1}
 * @param name such as {@code fd_write}
 * @param type the type the module declares for it
 */
public record ImportedFunction(String module, String name, Signature type) {
  @Override
  public String toString() {
    return module + "." + name + " " + type;
  }
}
