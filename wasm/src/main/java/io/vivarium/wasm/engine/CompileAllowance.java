package io.vivarium.wasm.engine;

/**
 * What it may cost the host to make modules ready on behalf of somebody: to read, check and rewrite
 * one when it is loaded, and to compile it. One object stands for one machine. Thread-safe.
 */
public interface CompileAllowance {
  /** Most CPU time of loading a module, and again of compiling it, nanoseconds. */
  long nanos();

  /** Most bytes that loading a module takes, and again compiling it. */
  long bytes();

  /** Asked for the memory of loading. */
  MemoryAdmission memory();

  /** Asked for the memory of compiling, which goes on while guests run and after they ended. */
  MemoryAdmission compilerMemory();

  /** Hears what a module took that is loaded or compiled now. */
  default void took(long nanos, long bytes) {}

  /** Hears that a module was given up after so much CPU time. */
  default void outOfTime(long nanos) {}

  /** Hears that a module was given up that needs more than {@link #bytes}. */
  default void outOfMemory(long bytes) {}

  /** As much as it takes. */
  static CompileAllowance unlimited() {
    return UnlimitedCompilation.INSTANCE;
  }
}
