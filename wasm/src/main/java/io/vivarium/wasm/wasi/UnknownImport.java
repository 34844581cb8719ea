package io.vivarium.wasm.wasi;

import io.vivarium.wasm.engine.HostFunction;
import io.vivarium.wasm.engine.ImportedFunction;
import io.vivarium.wasm.engine.ValueType;
import io.vivarium.wasm.trace.CallObserver;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What stands behind an import that nobody provides: a function that answers ENOSYS, where the type
 * of the import can carry that. So a program runs for as long as it does not need what is missing.
 */
final class UnknownImport {
  private UnknownImport() {}

  /** The function, or null when the import has to fail. */
  static @Nullable HostFunction standIn(ImportedFunction imported) {
    return imported.type().results().equals(List.of(ValueType.I32))
        ? noSuchCall(imported.module() + "." + imported.name())
        : null;
  }

  private static HostFunction noSuchCall(String name) {
    return (guest, arguments) -> {
      CallObserver observer = GuestContext.of(guest).observer();
      if (observer != null) {
        observer.unknown(name, guest.memory(), arguments);
      }
      return WasiErrno.NOSYS;
    };
  }
}
