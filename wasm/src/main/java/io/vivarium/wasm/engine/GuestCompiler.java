package io.vivarium.wasm.engine;

import io.vivarium.wasm.engine.binary.Effort;
import io.vivarium.wasm.engine.binary.EffortExceeded;
import io.vivarium.wasm.engine.binary.ModuleStructure;
import java.util.Collections;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.objectweb.asm.MethodTooLargeException;
import run.endive.compiler.InterpreterFallback;
import run.endive.compiler.internal.ClassCollector;
import run.endive.compiler.internal.Compiler;
import run.endive.compiler.internal.CompilerResult;
import run.endive.compiler.internal.Shaded;
import run.endive.wasm.WasmEngineException;
import run.endive.wasm.WasmModule;
import run.endive.wasm.types.FunctionBody;

/**
 * Compiles a module to class files: many small classes, so that a program loads and verifies only
 * those whose functions it calls.
 */
final class GuestCompiler {
  /** The same for all modules: each has a class loader of its own. */
  static final String MAIN_CLASS = "io.vivarium.guest.Code";

  private static final String SUPPORT_COPY = MAIN_CLASS.replace('.', '/') + "Shaded";

  /** How many functions share a class. */
  static final int FUNCTIONS_PER_CLASS = Integer.getInteger("vivarium.x.group", 64);

  /**
   * Functions with more (local variables x branch targets) stay interpreted: computing their stack
   * maps takes memory in proportion.
   */
  private static final long MOST_FRAME_CELLS = 20_000_000;

  /**
   * Functions with more instructions stay interpreted: their code is longer than a method of the
   * JVM can be, and to find that out by compiling them costs as much as compiling the module.
   */
  private static final int MOST_INSTRUCTIONS = 100_000;

  private GuestCompiler() {}

  /**
   * Compiles.
   *
   * @param module with all its code, validated
   * @param fuelGlobal as {@link ModuleStructure#fuelGlobal} says
   * @param effort what that may take; looked at for each class
   */
  static CompiledClasses compile(WasmModule module, int fuelGlobal, Effort effort)
      throws CompilationFailed {
    SortedSet<Integer> interpreted = tooComplex(module, effort);
    while (true) {
      try {
        CompilerResult result = compiler(module, interpreted, fuelGlobal, effort).compile();
        Collector collector = (Collector) result.collector();
        return new CompiledClasses(
            collector.rewritten(), new TreeSet<>(result.interpretedFunctions()));
      } catch (WasmEngineException e) {
        if (!(e.getCause() instanceof MethodTooLargeException tooLarge)
            || !interpreted.add(functionOf(tooLarge))) {
          throw new CompilationFailed("the compiler refuses the module: " + e.getMessage(), e);
        }
      } catch (EffortExceeded e) {
        throw e;
      } catch (RuntimeException | StackOverflowError e) {
        throw new CompilationFailed("the compiler fails: " + e, e);
      } catch (OutOfMemoryError e) {
        throw new CompilationFailed("not enough memory to compile the module", e);
      }
    }
  }

  private static Compiler compiler(
      WasmModule module, SortedSet<Integer> interpreted, int fuelGlobal, Effort effort) {
    Compiler.Builder builder =
        Compiler.builder(module)
            .withClassName(MAIN_CLASS)
            .withMaxFunctionsPerClass(FUNCTIONS_PER_CLASS)
            .withClassCollectorFactory(() -> new Collector(fuelGlobal, effort));
    // The compiler takes a set of functions or finds them itself, but not both.
    return interpreted.isEmpty()
        ? builder.withInterpreterFallback(InterpreterFallback.SILENT).build()
        : builder.withInterpretedFunctions(interpreted).build();
  }

  private static int functionOf(MethodTooLargeException tooLarge) {
    String method = tooLarge.getMethodName();
    return method.startsWith("func_") ? Integer.parseInt(method.substring("func_".length())) : -1;
  }

  private static SortedSet<Integer> tooComplex(WasmModule module, Effort effort) {
    SortedSet<Integer> functions = new TreeSet<>();
    int bodies = module.codeSection().functionBodyCount();
    int imported = module.importSection().count(run.endive.wasm.types.ExternalType.FUNCTION);
    for (int i = 0; i < bodies; i++) {
      FunctionBody body = module.codeSection().getFunctionBody(i);
      effort.step(1 + body.instructions().size());
      long targets =
          body.instructions().stream()
              .filter(instruction ->
                  switch (instruction.opcode()) {
                    case BLOCK, LOOP, IF, ELSE, BR_IF -> true;
                    default -> false;
                  })
              .count();
      if (body.instructions().size() > MOST_INSTRUCTIONS
          || targets * (body.localTypes().size() + 8) > MOST_FRAME_CELLS) {
        functions.add(imported + i);
      }
    }
    return functions;
  }

  /** Takes class files from the compiler. */
  private static final class Collector implements ClassCollector {
    private final Map<String, byte[]> classes = new TreeMap<>();
    private final GuestClassRewriter rewriter;
    private final Effort effort;

    Collector(int fuelGlobal, Effort effort) {
      this.effort = effort;
      this.rewriter = new GuestClassRewriter(MAIN_CLASS.replace('.', '/'), fuelGlobal);
    }

    @Override
    public String mainClassName() {
      return MAIN_CLASS;
    }

    @Override
    public void putMainClass(String name, byte[] bytes) {
      put(name, bytes);
    }

    @Override
    public void put(String name, byte[] bytes) {
      effort.check();
      if (!name.equals(SUPPORT_COPY)) {
        classes.put(name.replace('/', '.'), bytes);
      }
    }

    @Override
    public void putAll(ClassCollector other) {
      other.classBytes().forEach(this::put);
    }

    @Override
    public Map<String, byte[]> classBytes() {
      return Collections.unmodifiableMap(classes);
    }

    @Override
    public byte[] resolve(Class<?> type) {
      if (type != Shaded.class) {
        throw new IllegalArgumentException("the compiler asks for " + type);
      }
      return SupportClass.BYTES;
    }

    /** All classes, changed to call what all modules share. */
    Map<String, byte[]> rewritten() {
      classes.replaceAll((name, bytes) -> {
        effort.check();
        return rewriter.rewrite(bytes);
      });
      return classes;
    }
  }
}
