package io.vivarium.wasm.engine;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A module that passed validation, ready to be instantiated any number of times. Immutable to its
 * users and thread-safe; all instances of a module in the JVM share its code.
 */
public interface GuestModule {
  /** What identifies the module. */
  ModuleDigest digest();

  /** The functions the module imports, in order; a function may be listed more than once. */
  List<ImportedFunction> imports();

  /** Whether the module exports a function of this name. */
  boolean exportsFunction(String name);

  /** The type of an exported function, null when there is none of this name. */
  @Nullable Signature exportedFunction(String name);

  /** Bytes of memory that an instance starts with. */
  long initialMemoryBytes();

  /** Whether instances pay for what they do. */
  Metering metering();

  /** Whether the next instance runs compiled code; else it is interpreted. */
  boolean compiled();

  /**
   * Compiles the module now, unless it is compiled already, and keeps the result in the cache of
   * the engine. Takes seconds for large modules.
   *
   * @return whether the module is compiled now; false when the compiler can not, the reason is
   *     logged
   */
  boolean compile();

  /**
   * Whether compiled code of the module was in the cache of the engine when it was loaded or
   * compiled, so that other engines need not compile it. False for an engine without a cache, and
   * when the cache could not be written.
   */
  boolean kept();

  /**
   * Makes an instance: allocates its memory, lays down its segments and runs the start function of
   * the module if it has one ({@code _start} is not that; see {@link GuestInstance#start}).
   *
   * @param imports says what stands behind each import
   * @param limits what the instance may have
   * @param context handed to host functions through {@link GuestInstance#context}
   * @throws LinkFailure when it can not be
   * @throws GuestTrap when the start function traps
   * @throws IllegalArgumentException when the limits limit fuel and the module is not metered
   * @throws GuestInterrupted when the thread is interrupted while the start function runs
   */
  GuestInstance instantiate(ImportResolver imports, InstanceLimits limits, @Nullable Object context)
      throws LinkFailure;
}
