package io.vivarium.wasm.engine;

import io.vivarium.wasm.engine.binary.FunctionValidator;
import io.vivarium.wasm.engine.binary.ModuleStructure;

/**
 * What compiling a module will take, told from what is in it.
 *
 * @param bytes of memory, about and rather too many: the compiler makes objects of all instructions
 *     and local variables first
 * @param feasible whether the work grows no faster than the module; else it is not compiled
 */
record CompileCost(long bytes, boolean feasible) {
  /** An instruction with its operands, as the compiler has it, and what it becomes. */
  private static final long INSTRUCTION_BYTES = 120;

  /** A local variable in the list of its function, which exists twice for a moment. */
  private static final long LOCAL_BYTES = 8;

  /** A type, a function, a global, an element. */
  private static final long OBJECT_BYTES = 100;

  /** A function: its object and what it needs in three class files. */
  private static final long FUNCTION_BYTES = 1000;

  /** Most (function types x functions): the compiler looks for the functions of every type. */
  private static final long MOST_CANDIDATES = 500_000_000;

  /** Most (branches x depth) of all functions: the compiler walks from every branch outwards. */
  private static final long MOST_BRANCH_WORK = 1_000_000_000;

  /**
   * The cost of a module.
   *
   * @param validator has validated all of it
   */
  static CompileCost of(ModuleStructure module, FunctionValidator validator) {
    long objects = (long) module.types().size() + module.imports().size() + module.globals().size();
    for (ModuleStructure.ElementSegment segment : module.elements()) {
      objects += segment.values().length;
    }
    long bytes =
        module.bytes().length
            + INSTRUCTION_BYTES * validator.instructions() * (module.isMetered() ? 2 : 1)
            + LOCAL_BYTES * validator.declaredLocals()
            + OBJECT_BYTES * objects
            + FUNCTION_BYTES * module.functionCount();
    long candidates = (long) module.types().size() * module.functionCount();
    boolean feasible = candidates <= MOST_CANDIDATES && validator.branchWork() <= MOST_BRANCH_WORK;
    return new CompileCost(bytes, feasible);
  }
}
