package io.vivarium.wasm.engine;

import io.vivarium.wasm.engine.binary.ModuleStructure;
import org.jspecify.annotations.Nullable;

/** The code of one module: compiled if it is, else interpreted. */
final class ModuleCode implements LoadedModule.CodeSource {
  private final ModuleDigest digest;
  private final ModuleStructure structure;
  private final @Nullable CodeCache cache;
  private final Object compiling = new Object();
  private volatile @Nullable ExecutableCode compiled;
  private volatile boolean refused;
  private volatile boolean kept;

  /** The code of a module whose own code is all there. */
  ModuleCode(ModuleDigest digest, ModuleStructure structure, @Nullable CodeCache cache) {
    this.digest = digest;
    this.structure = structure;
    this.cache = cache;
  }

  /** The code of a module that was compiled before; null when its classes can not be loaded. */
  static @Nullable ModuleCode compiled(ModuleDigest digest, CodeImage image) {
    ModuleCode code = new ModuleCode(digest, image.structure(), null);
    try {
      code.compiled = executable(image);
      code.kept = true;
      return code;
    } catch (ReflectiveOperationException | LinkageError e) {
      EngineLog.failure(e, "the kept code of {} can not be loaded", digest);
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
          compiled = executable(cache == null ? make() : cache.loadOrMake(digest, this::make));
          kept = cache != null && cache.contains(digest);
        } catch (CompilationFailed | ReflectiveOperationException | LinkageError e) {
          refused = true;
          EngineLog.warn("module {} stays interpreted: {}", digest, String.valueOf(e.getMessage()));
        }
      }
    }
    return compiled != null;
  }

  @Override
  public boolean kept() {
    return kept;
  }

  private CodeImage make() throws CompilationFailed {
    CompiledClasses classes = GuestCompiler.compile(EndiveModules.of(structure));
    return CodeImage.of(structure, classes);
  }
}
