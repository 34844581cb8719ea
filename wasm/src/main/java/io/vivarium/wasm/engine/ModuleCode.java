package io.vivarium.wasm.engine;

import io.vivarium.wasm.engine.binary.ModuleStructure;
import org.jspecify.annotations.Nullable;
import run.endive.wasm.WasmEngineException;
import run.endive.wasm.WasmModule;

/** The code of one module: compiled if it is, else interpreted. */
final class ModuleCode implements LoadedModule.CodeSource {
  private final CodeKey key;
  private final ModuleStructure structure;
  private final @Nullable CodeCache cache;
  private final Object compiling = new Object();
  private volatile @Nullable ExecutableCode compiled;
  private volatile boolean refused;
  private volatile boolean kept;

  /** The code of a module whose own code is all there. */
  ModuleCode(CodeKey key, ModuleStructure structure, @Nullable CodeCache cache) {
    this.key = key;
    this.structure = structure;
    this.cache = cache;
  }

  /** The code of a module that was compiled before; null when its classes can not be loaded. */
  static @Nullable ModuleCode compiled(CodeKey key, CodeImage image) {
    ModuleCode code = new ModuleCode(key, image.structure(), null);
    try {
      code.compiled = executable(image);
      code.kept = true;
      return code;
    } catch (ReflectiveOperationException | LinkageError e) {
      EngineLog.failure(e, "the kept code of {} can not be loaded", key);
      return null;
    }
  }

  private static ExecutableCode executable(CodeImage image) throws ReflectiveOperationException {
    return new ExecutableCode(new GuestClassLoader(image.classes()).machines(), true);
  }

  @Override
  public ExecutableCode current() {
    ExecutableCode fast = compiled;
    return fast != null ? fast : ExecutableCode.INTERPRETED;
  }

  @Override
  public boolean compiled() {
    return compiled != null;
  }

  @Override
  public boolean compile() {
    synchronized (compiling) {
      if (compiled == null && !refused) {
        try {
          compiled = executable(cache == null ? make() : cache.loadOrMake(key, this::make));
          kept = cache != null && cache.contains(key);
        } catch (CompilationFailed | ReflectiveOperationException | LinkageError e) {
          refused = true;
          EngineLog.warn("module {} stays interpreted: {}", key, String.valueOf(e.getMessage()));
        }
      }
    }
    return compiled != null;
  }

  @Override
  public boolean kept() {
    return kept;
  }

  private WasmModule module() throws CompilationFailed {
    try {
      return EndiveModules.of(structure);
    } catch (WasmEngineException e) {
      throw new CompilationFailed("the compiler does not read the module: " + e.getMessage(), e);
    }
  }

  private CodeImage make() throws CompilationFailed {
    CompiledClasses classes = GuestCompiler.compile(module(), structure.fuelGlobal());
    return CodeImage.of(structure, classes);
  }
}
