package io.vivarium.wasm.engine;

/**
 * A host function was given a pointer outside the guest's memory. System calls answer EFAULT; where
 * nobody does, the engine makes a trap of it.
 */
public final class MemoryFault extends RuntimeException {
  /** No message and no stack trace, so it costs next to nothing: guests can make these at will. */
  public MemoryFault() {
    super("bad guest address", null, false, false);
  }
}
