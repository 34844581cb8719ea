package io.vivarium.wasm.wasi;

import io.vivarium.wasm.engine.HostFunction;
import io.vivarium.wasm.engine.ImportedFunction;
import io.vivarium.wasm.engine.ValueType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What stands behind an import that nobody provides: a function that answers ENOSYS, where the type
 * of the import can carry that. So a program runs for as long as it does not need what is missing.
 */
final class UnknownImport {
  private static final HostFunction ENOSYS = (guest, arguments) -> WasiErrno.NOSYS;

  private UnknownImport() {}

  /** The function, or null when the import has to fail. */
  static @Nullable HostFunction standIn(ImportedFunction imported) {
    return imported.type().results().equals(List.of(ValueType.I32)) ? ENOSYS : null;
  }
}
