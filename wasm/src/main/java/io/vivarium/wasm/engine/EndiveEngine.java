package io.vivarium.wasm.engine;

import io.vivarium.wasm.engine.binary.Effort;
import io.vivarium.wasm.engine.binary.EffortExceeded;
import io.vivarium.wasm.engine.binary.FunctionValidator;
import io.vivarium.wasm.engine.binary.MalformedModule;
import io.vivarium.wasm.engine.binary.ModuleDecoder;
import io.vivarium.wasm.engine.binary.ModuleStructure;
import io.vivarium.wasm.engine.fuel.FuelMetering;
import io.vivarium.wasm.engine.simd.SimdLowering;
import java.io.IOException;
import java.lang.ref.SoftReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The engine: finds a module in memory, else compiled in the cache, else decodes, validates and
 * interprets it, and has it compiled meanwhile.
 *
 * <p>Modules are held softly: a module nobody uses stays until the JVM wants the memory, and then
 * goes with its classes.
 */
final class EndiveEngine implements WasmEngine {
  /** From so many modules on, those that are gone are forgotten. */
  private static final int MOST_SLOTS = 1_000;

  private final EngineOptions options;
  private final @Nullable CodeCache cache;
  private final @Nullable BackgroundCompiler compiler;
  private final ConcurrentHashMap<CodeKey, Slot> modules = new ConcurrentHashMap<>();

  /** Where a module is kept; loading happens under its monitor, once. */
  private static final class Slot {
    private @Nullable SoftReference<LoadedModule> module;

    @Nullable LoadedModule get() {
      return module == null ? null : module.get();
    }

    synchronized boolean empty() {
      return get() == null;
    }
  }

  EndiveEngine(EngineOptions options) throws IOException {
    this.options = options;
    Path directory = options.cacheDirectory();
    this.cache = directory == null ? null : CodeCache.open(directory, options.cacheBytes());
    this.compiler = options.compileInBackground() ? new BackgroundCompiler() : null;
    StackGuard.check();
  }

  @Override
  public GuestModule load(byte[] bytes) throws InvalidModule {
    try {
      return load(ModuleDigest.of(bytes), () -> bytes);
    } catch (IOException e) {
      throw new AssertionError("nothing is read", e);
    }
  }

  @Override
  public GuestModule load(Path file) throws InvalidModule, IOException {
    if (Files.size(file) > options.maxModuleBytes()) {
      throw tooLarge(Files.size(file));
    }
    return load(Files.readAllBytes(file));
  }

  @Override
  public GuestModule load(
      ModuleDigest digest, ModuleBytes bytes, Metering metering, CompileAllowance allowance)
      throws InvalidModule, ModuleTooCostly, IOException {
    CodeKey key = new CodeKey(digest, metering);
    Slot slot = slot(key);
    synchronized (slot) {
      LoadedModule module = slot.get();
      if (module == null) {
        module = load(key, bytes, allowance);
        slot.module = new SoftReference<>(module);
      }
      if (compiler != null && module.worthCompiling(allowance)) {
        compiler.submit(module, allowance);
      }
      return module;
    }
  }

  private Slot slot(CodeKey key) {
    Slot present = modules.get(key);
    if (present != null) {
      return present;
    }
    if (modules.size() >= MOST_SLOTS) {
      modules.values().removeIf(Slot::empty);
    }
    Slot added = new Slot();
    Slot raced = modules.putIfAbsent(key, added);
    return raced == null ? added : raced;
  }

  private LoadedModule load(CodeKey key, ModuleBytes source, CompileAllowance allowance)
      throws InvalidModule, ModuleTooCostly, IOException {
    if (cache != null) {
      CodeImage image = cache.load(key);
      ModuleCode code = image == null ? null : ModuleCode.compiled(key, image);
      if (image != null && code != null) {
        return new LoadedModule(key, image.structure(), code);
      }
    }
    byte[] bytes = source.read();
    if (bytes.length > options.maxModuleBytes()) {
      throw tooLarge(bytes.length);
    }
    if (!ModuleDigest.of(bytes).equals(key.digest())) {
      throw new IOException("the module's bytes do not have the digest " + key.digest());
    }
    MemoryAdmission memory = allowance.memory();
    Effort effort = new Effort(allowance.nanos(), allowance.bytes(), memory::tryAcquire);
    try {
      LoadedModule module = make(key, bytes, effort);
      effort.check();
      allowance.took(effort.nanos(), effort.bytes());
      return module;
    } catch (EffortExceeded e) {
      throw tooCostly(e, allowance);
    } catch (MalformedModule e) {
      throw new InvalidModule(String.valueOf(e.getMessage()), e);
    } catch (OutOfMemoryError e) {
      throw new InvalidModule("not enough memory to load the module", e);
    } finally {
      if (effort.bytes() > 0) {
        memory.release(effort.bytes());
      }
    }
  }

  private LoadedModule make(CodeKey key, byte[] bytes, Effort effort) {
    ModuleStructure structure = ModuleDecoder.decode(bytes, effort);
    FunctionValidator validator = validate(structure, effort);
    boolean vectors = validator.usesVectors() || SimdLowering.hasVectorTypes(structure);
    if (key.metered()) {
      // Ahead of the lowering: what a guest pays for is what it wrote.
      structure = FuelMetering.meter(structure, effort);
    }
    if (vectors) {
      byte[] lowered = SimdLowering.lower(structure, effort);
      structure = ModuleDecoder.decodeMetered(lowered, structure.fuelGlobal(), effort);
      validator = validate(structure, effort);
    }
    CompileCost cost = CompileCost.of(structure, validator);
    return new LoadedModule(key, structure, new ModuleCode(key, structure, cost, cache));
  }

  private static ModuleTooCostly tooCostly(EffortExceeded why, CompileAllowance allowance) {
    switch (why.kind()) {
      case TIME -> allowance.outOfTime(why.wanted());
      case MEMORY -> allowance.outOfMemory(why.wanted());
      case NO_MEMORY -> allowance.memory().refused(why.wanted());
    }
    return new ModuleTooCostly(
        String.valueOf(why.getMessage()), why.kind() != EffortExceeded.Kind.TIME);
  }

  private static FunctionValidator validate(ModuleStructure structure, Effort effort) {
    FunctionValidator validator = new FunctionValidator(structure, null, effort);
    validator.validateAll();
    return validator;
  }

  private InvalidModule tooLarge(long size) {
    return new InvalidModule(
        "the module has " + size + " bytes, the limit is " + options.maxModuleBytes());
  }

  @Override
  public void close() {
    if (compiler != null) {
      compiler.close();
    }
  }
}
