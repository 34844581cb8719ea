package io.vivarium.wasm.wasi;

/**
 * Sets of signals as guests pass them: two words, signal n being bit n-1 of the first for 1 to 32
 * and bit n-33 of the second for 33 to 64. The kernel has them as one {@code long} with bit n-1.
 *
 * <p>Source: ABI section 2.
 */
public final class SignalSets {
  private SignalSets() {}

  /** One set of two words. */
  public static long of(int low, int high) {
    return (low & 0xffff_ffffL) | (long) high << 32;
  }

  /** The word of signals 1 to 32. */
  public static int low(long set) {
    return (int) set;
  }

  /** The word of signals 33 to 64. */
  public static int high(long set) {
    return (int) (set >>> 32);
  }
}
