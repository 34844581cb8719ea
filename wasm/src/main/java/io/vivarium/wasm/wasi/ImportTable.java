package io.vivarium.wasm.wasi;

import io.vivarium.wasm.engine.HostFunction;
import io.vivarium.wasm.engine.ImportResolver;
import io.vivarium.wasm.engine.ImportedFunction;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Everything guests can import. A function is bound only to an import of exactly its type; unknown
 * ones answer ENOSYS where their type allows it. Immutable and thread-safe; one serves every guest.
 */
public final class ImportTable implements ImportResolver {
  private final Map<String, ImportModule> modules = new HashMap<>();

  /** A table of these modules. */
  public ImportTable(List<ImportModule> modules) {
    for (ImportModule module : modules) {
      this.modules.put(module.name(), module);
    }
  }

  /** The modules, in no particular order. */
  public Collection<ImportModule> modules() {
    return modules.values();
  }

  /** {@inheritDoc} Null also for a known function that is imported with another type. */
  @Override
  public @Nullable HostFunction resolve(ImportedFunction imported) {
    ImportModule module = modules.get(imported.module());
    SystemFunction function = module == null ? null : module.find(imported.name());
    if (function == null) {
      return UnknownImport.standIn(imported);
    }
    return function.type().equals(imported.type()) ? function : null;
  }
}
