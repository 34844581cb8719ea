package io.vivarium.wasm.engine.fuel;

/**
 * The constant of a payment: its price, and how many loops it is in, which tells whoever compiles
 * it how much it matters.
 */
public final class Payment {
  /** Loops are counted so far. */
  public static final int DEEPEST = 7;

  private Payment() {}

  static long encode(int price, int loops) {
    return (long) Math.min(loops, DEEPEST) << Integer.SIZE | price;
  }

  /** What is to be paid, not negative. */
  public static int price(long constant) {
    return (int) constant;
  }

  /** The number of loops, at most {@link #DEEPEST}. */
  public static int loops(long constant) {
    return (int) (constant >> Integer.SIZE);
  }
}
