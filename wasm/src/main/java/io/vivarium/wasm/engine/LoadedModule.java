package io.vivarium.wasm.engine;

import io.vivarium.wasm.engine.binary.ModuleStructure;
import io.vivarium.wasm.engine.binary.ModuleStructure.Export;
import io.vivarium.wasm.engine.binary.ModuleStructure.Import;
import io.vivarium.wasm.engine.binary.ModuleStructure.Kind;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A module that is decoded and valid, with whatever way to run it there is by now: interpreted at
 * first, compiled once somebody compiled it.
 */
final class LoadedModule implements GuestModule {
  private final CodeKey key;
  private final ModuleStructure structure;
  private final CodeSource source;
  private final List<ImportedFunction> imports;
  private final UsualMemory usualMemory = new UsualMemory();
  private @Nullable InterpretedFunctions interpreted;

  /** Gives a module its code. */
  interface CodeSource {
    /** The code to run now; cheap to ask. */
    ExecutableCode current();

    /** Whether that is compiled code. */
    boolean compiled();

    /** Whether compiling could succeed for somebody who may spend so much; cheap to ask. */
    boolean worthCompiling(CompileAllowance allowance);

    /** Compiles if necessary and possible; says whether there is compiled code now. */
    boolean compile(CompileAllowance allowance);

    /** Whether the compiled code is in the cache of the engine. */
    boolean kept();
  }

  LoadedModule(CodeKey key, ModuleStructure structure, CodeSource source) {
    this.key = key;
    this.structure = structure;
    this.source = source;
    List<ImportedFunction> functions = new ArrayList<>();
    for (Import imported : structure.imports()) {
      if (imported.kind() == Kind.FUNCTION) {
        functions.add(
            new ImportedFunction(
                imported.module(),
                imported.name(),
                Signatures.of(structure.types().get(imported.type()))));
      }
    }
    this.imports = List.copyOf(functions);
  }

  /** The functions of this module that can be interpreted. */
  synchronized InterpretedFunctions interpretedFunctions() {
    InterpretedFunctions present = interpreted;
    if (present == null) {
      present = new InterpretedFunctions(structure);
      interpreted = present;
    }
    return present;
  }

  UsualMemory usualMemory() {
    return usualMemory;
  }

  ModuleStructure structure() {
    return structure;
  }

  @Override
  public ModuleDigest digest() {
    return key.digest();
  }

  @Override
  public Metering metering() {
    return key.metering();
  }

  @Override
  public List<ImportedFunction> imports() {
    return imports;
  }

  @Override
  public boolean exportsFunction(String name) {
    Export export = structure.exports().get(name);
    return export != null && export.kind() == Kind.FUNCTION;
  }

  @Override
  public @Nullable Signature exportedFunction(String name) {
    Export export = structure.exports().get(name);
    return export != null && export.kind() == Kind.FUNCTION
        ? Signatures.of(structure.functionType(export.index()))
        : null;
  }

  @Override
  public long initialMemoryBytes() {
    ModuleStructure.Memory memory = structure.memory();
    return memory == null ? 0 : (long) memory.minimum() * InstanceLimits.PAGE;
  }

  @Override
  public boolean compiled() {
    return source.compiled();
  }

  @Override
  public boolean compile() {
    return compile(CompileAllowance.unlimited());
  }

  /** Whether {@link #compile(CompileAllowance)} could do something. */
  boolean worthCompiling(CompileAllowance allowance) {
    return source.worthCompiling(allowance);
  }

  /** Compiles if that is affordable. */
  boolean compile(CompileAllowance allowance) {
    return source.compile(allowance);
  }

  @Override
  public boolean kept() {
    return source.kept();
  }

  @Override
  public GuestInstance instantiate(
      ImportResolver imports, InstanceLimits limits, @Nullable Object context) throws LinkFailure {
    if (limits.fuel() != null && !key.metered()) {
      throw new IllegalArgumentException("the module is not metered, so its fuel has no limit");
    }
    return LiveInstance.create(this, source.current(), imports, limits, context);
  }
}
