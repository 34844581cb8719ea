package io.vivarium.wasm.engine;

/**
 * A function of the host that a guest can call: a system call.
 *
 * <p>It runs on the guest's thread. A runtime exception it throws passes through the guest
 * unchanged and comes out of {@link GuestInstance#call}; that is how a process exits. {@link
 * MemoryFault} that is not caught becomes a trap, as do stack overflow and exhausted host memory.
 */
@FunctionalInterface
public interface HostFunction {
  /**
   * Does the work.
   *
   * @param guest who calls
   * @param arguments one element per parameter, encoded as {@link ValueType} says; the array
   *     belongs to the callee until it returns
   * @return the result, encoded likewise; ignored when the function has no result
   */
  long call(GuestInstance guest, long[] arguments);
}
