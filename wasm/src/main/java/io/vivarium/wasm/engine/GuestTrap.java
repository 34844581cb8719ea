package io.vivarium.wasm.engine;

import org.jspecify.annotations.Nullable;

/**
 * The guest did something that WebAssembly defines as a trap, or reached a limit of the engine. The
 * thread and the engine are fine; the instance should be closed.
 *
 * <p>Traps carry no Java stack trace: the frames are the guest's, and a guest can make traps often.
 */
public final class GuestTrap extends RuntimeException {
  private final TrapKind kind;

  /**
   * A trap.
   *
   * @param message for people, in the words of the specification where it has some
   */
  public GuestTrap(TrapKind kind, String message) {
    this(kind, message, null);
  }

  GuestTrap(TrapKind kind, String message, @Nullable Throwable cause) {
    super(message, cause, false, false);
    this.kind = kind;
  }

  /** Why. */
  public TrapKind kind() {
    return kind;
  }
}
