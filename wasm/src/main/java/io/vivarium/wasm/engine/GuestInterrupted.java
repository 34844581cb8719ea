package io.vivarium.wasm.engine;

/**
 * The guest's thread was interrupted while the guest was running. The thread's interrupt status is
 * still set. The guest can not continue where it was: an interrupt is how a guest is killed.
 */
public final class GuestInterrupted extends RuntimeException {
  /** No stack trace: the frames are the guest's. */
  public GuestInterrupted() {
    super("guest interrupted", null, false, false);
  }
}
