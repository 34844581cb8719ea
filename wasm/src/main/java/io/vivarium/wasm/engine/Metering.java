package io.vivarium.wasm.engine;

/**
 * Whether the code of a module counts what it does. The two forms of a module are compiled, kept
 * and run independently of each other.
 */
public enum Metering {
  /** It does not, which costs nothing. */
  NONE,
  /**
   * It pays for every instruction, from the tank of its instance ({@link FuelTank}). {@link
   * io.vivarium.wasm.engine.fuel.FuelCosts} says what each costs.
   */
  FUEL
}
