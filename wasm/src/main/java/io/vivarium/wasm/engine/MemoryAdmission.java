package io.vivarium.wasm.engine;

/**
 * Decides whether guest memory may be allocated, before it is. One object may serve many instances;
 * implementations are thread-safe and quick, and never throw.
 */
public interface MemoryAdmission {
  /**
   * Asks for memory.
   *
   * @param bytes more than zero; what the host really allocates, which can be more than what the
   *     guest sees
   * @return whether it may be allocated; if so, {@link #release} gives it back later
   */
  boolean tryAcquire(long bytes);

  /**
   * Whether there is so much memory that who takes these bytes without need takes them from nobody:
   * afterwards at least half would be left. A hint, which may be outdated at once.
   */
  default boolean ample(long bytes) {
    return false;
  }

  /** Gives back what {@link #tryAcquire} granted, possibly in other portions. */
  void release(long bytes);

  /** Hears that the memory of a guest has this size from now on. */
  default void sized(long bytes) {}

  /**
   * Hears that a guest did not get memory, because of its instance's limits or because {@link
   * #tryAcquire} did not grant it; that alone is no sign, as more is asked for than is needed.
   *
   * @param wanted bytes that the memory would have had
   */
  default void refused(long wanted) {}

  /** Admits everything. */
  static MemoryAdmission unlimited() {
    return UnlimitedMemory.INSTANCE;
  }
}
