package io.vivarium.wasm.engine;

import io.vivarium.wasm.engine.fuel.FuelCosts;

/**
 * What code is kept under.
 *
 * @param digest of the module as the guest has it
 * @param metering which form of it
 */
record CodeKey(ModuleDigest digest, Metering metering) {
  /** The beginning of a file name. */
  String fileName() {
    return metered() ? digest.hex() + "-fuel" + FuelCosts.VERSION : digest.hex();
  }

  boolean metered() {
    return metering == Metering.FUEL;
  }

  @Override
  public String toString() {
    return metered() ? digest + " (metered)" : digest.toString();
  }
}
