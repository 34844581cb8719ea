package io.vivarium.wasm.engine;

/**
 * Fuel for instances of metered modules, one at a time: an instance takes what is there when it is
 * made, and puts back what is left when it is closed. So what one leaves, the next can use, and
 * nothing is ever filled up.
 *
 * <p>Any thread may ask.
 */
public final class FuelTank {
  /** More than any instance can use. */
  public static final long UNLIMITED = Long.MAX_VALUE;

  private final long capacity;
  private volatile long left;

  /**
   * A full tank.
   *
   * @param capacity how much may be used of it, in units of {@link
   *     io.vivarium.wasm.engine.fuel.FuelCosts}, not negative
   */
  public FuelTank(long capacity) {
    if (capacity < 0) {
      throw new IllegalArgumentException("capacity is negative: " + capacity);
    }
    this.capacity = capacity;
    this.left = capacity;
  }

  /** What is left, without what an instance that is not closed yet has used. */
  public long left() {
    return left;
  }

  /** What was used, without what an instance that is not closed yet has used. */
  public long used() {
    return capacity - left;
  }

  void putBack(long amount) {
    left = amount;
  }
}
