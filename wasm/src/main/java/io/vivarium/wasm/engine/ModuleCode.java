package io.vivarium.wasm.engine;

import io.vivarium.wasm.engine.binary.Effort;
import io.vivarium.wasm.engine.binary.EffortExceeded;
import io.vivarium.wasm.engine.binary.ModuleStructure;
import org.jspecify.annotations.Nullable;
import run.endive.wasm.WasmEngineException;
import run.endive.wasm.WasmModule;

/**
 * The code of one module: compiled if it is, else interpreted. That somebody could not afford to
 * compile it keeps nobody from compiling it who may spend more.
 */
final class ModuleCode implements LoadedModule.CodeSource {
  private final CodeKey key;
  private final ModuleStructure structure;
  private final CompileCost cost;
  private final @Nullable CodeCache cache;
  private final Object compiling = new Object();
  private volatile @Nullable ExecutableCode compiled;
  private volatile boolean refused;
  private volatile boolean kept;

  /** The most CPU time that was not enough; 0 while none was too little. */
  private volatile long notEnoughNanos;

  /** The code of a module whose own code is all there. */
  ModuleCode(CodeKey key, ModuleStructure structure, CompileCost cost, @Nullable CodeCache cache) {
    this.key = key;
    this.structure = structure;
    this.cost = cost;
    this.cache = cache;
  }

  /** The code of a module that was compiled before; null when its classes can not be loaded. */
  static @Nullable ModuleCode compiled(CodeKey key, CodeImage image) {
    ModuleCode code = new ModuleCode(key, image.structure(), new CompileCost(0, true), null);
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
  public boolean worthCompiling(CompileAllowance allowance) {
    return compiled == null && !refused && allowance.nanos() > notEnoughNanos;
  }

  @Override
  public boolean compile(CompileAllowance allowance) {
    synchronized (compiling) {
      if (worthCompiling(allowance)) {
        compileWithin(allowance);
      }
    }
    return compiled != null;
  }

  private void compileWithin(CompileAllowance allowance) {
    if (cost.bytes() > allowance.bytes()) {
      allowance.outOfMemory(cost.bytes());
      EngineLog.debug("module {} stays interpreted: compiling it takes too much memory", key);
      return;
    }
    MemoryAdmission memory = allowance.compilerMemory();
    if (!memory.tryAcquire(cost.bytes())) {
      memory.refused(cost.bytes());
      EngineLog.debug("module {} stays interpreted for now: there is no memory to compile it", key);
      return;
    }
    Effort effort = new Effort(allowance.nanos(), Long.MAX_VALUE, more -> true);
    try {
      compiled =
          executable(cache == null ? make(effort) : cache.loadOrMake(key, () -> make(effort)));
      kept = cache != null && cache.contains(key);
      allowance.took(effort.nanos(), cost.bytes());
    } catch (EffortExceeded e) {
      notEnoughNanos = Math.max(notEnoughNanos, allowance.nanos());
      allowance.outOfTime(e.wanted());
      EngineLog.debug("module {} stays interpreted: {}", key, String.valueOf(e.getMessage()));
    } catch (CompilationFailed | ReflectiveOperationException | LinkageError e) {
      refused = true;
      EngineLog.warn("module {} stays interpreted: {}", key, String.valueOf(e.getMessage()));
    } finally {
      memory.release(cost.bytes());
    }
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
    } catch (OutOfMemoryError e) {
      throw new CompilationFailed("not enough memory to compile the module", e);
    }
  }

  private CodeImage make(Effort effort) throws CompilationFailed {
    if (!cost.feasible()) {
      throw new CompilationFailed("it is too entangled", null);
    }
    effort.check();
    WasmModule module = module();
    effort.check();
    CompiledClasses classes = GuestCompiler.compile(module, structure.fuelGlobal(), effort);
    return CodeImage.of(structure, classes);
  }
}
