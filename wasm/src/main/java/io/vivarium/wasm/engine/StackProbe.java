package io.vivarium.wasm.engine;

/** What {@link StackGuard} makes up at run time: a method with a very large frame. */
interface StackProbe {
  /**
   * Does nothing, in a frame of {@link StackGuard#RESERVE_BYTES}.
   *
   * @param depth always 0, which the just-in-time compiler must not know
   */
  void probe(int depth);
}
