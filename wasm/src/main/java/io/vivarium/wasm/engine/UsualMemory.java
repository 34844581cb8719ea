package io.vivarium.wasm.engine;

/**
 * How much memory the instances of a module end with. A command grows its memory in the same way
 * each time it runs; with room for that from the start nothing has to be copied. Thread-safe; of
 * concurrent reports one may be lost.
 */
final class UsualMemory {
  /** More room than this is not given ahead: who needs so much spends its time elsewhere. */
  private static final int MOST_AHEAD = 8 << 20;

  private volatile int last;
  private volatile int beforeLast;

  /**
   * How many bytes to allocate for an instance that starts with {@code initial}; at least so many.
   * What two instances in a row have needed is usual, so a large one alone changes nothing.
   */
  int capacity(int initial) {
    int usual = Math.min(last, beforeLast);
    return usual > initial && usual - initial <= MOST_AHEAD ? usual : initial;
  }

  /** An instance has ended with so many bytes. */
  void ended(int size) {
    if (size != last || size != beforeLast) {
      beforeLast = last;
      last = size;
    }
  }
}
