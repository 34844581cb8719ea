package io.vivarium.wasm.engine;

import org.jspecify.annotations.Nullable;

/**
 * A module come to life: its memory, tables and globals, bound to the host functions it calls.
 *
 * <p>Used by one thread at a time. A host function may call back into the instance that called it.
 */
public interface GuestInstance extends AutoCloseable {
  /** What this is an instance of. */
  GuestModule module();

  /** The memory the module defines; of size 0 when it defines none, or after {@link #close}. */
  GuestMemory memory();

  /**
   * Whatever was given to {@link GuestModule#instantiate}; how host functions find their process.
   */
  @Nullable Object context();

  /** Whether the module exports a function of this name. */
  boolean hasExport(String name);

  /**
   * Calls an exported function and stays until it returns. Interrupting the thread stops guest code
   * within milliseconds; host functions look after themselves.
   *
   * @param arguments one per parameter, encoded as {@link ValueType} says
   * @return the results; empty when there are none
   * @throws GuestTrap when the guest traps
   * @throws GuestInterrupted when the thread is or gets interrupted
   * @throws IllegalArgumentException when no such function is exported or the number of arguments
   *     is wrong
   * @throws IllegalStateException after {@link #close}
   * @throws RuntimeException whatever a host function threw, unchanged
   */
  long[] call(String export, long... arguments);

  /** Calls {@code _start}: runs a command until it returns from main or a host function throws. */
  default void start() {
    call("_start");
  }

  /**
   * What it has paid so far for what it did, in units of {@link
   * io.vivarium.wasm.engine.fuel.FuelCosts}; 0 when its module is not metered. Own thread.
   */
  long fuelUsed();

  /** Gives the memory back at once. Does nothing the second time. */
  @Override
  void close();
}
