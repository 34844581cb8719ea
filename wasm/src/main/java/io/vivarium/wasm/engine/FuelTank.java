package io.vivarium.wasm.engine;

import java.util.function.LongConsumer;

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
  private final long noteAt;
  private final LongConsumer noted;
  private final LongConsumer refused;
  private volatile long left;

  /**
   * A full tank.
   *
   * @param capacity how much may be used of it, in units of {@link
   *     io.vivarium.wasm.engine.fuel.FuelCosts}, not negative
   */
  public FuelTank(long capacity) {
    this(capacity, capacity, used -> {}, wanted -> {});
  }

  /**
   * A full tank that somebody watches, on the thread of the guest.
   *
   * @param noteAt from this use on, it is told when the guest calls the host, and at its end
   * @param noted hears what is used
   * @param refused hears, when a guest ran out of fuel, what it would have used
   */
  public FuelTank(long capacity, long noteAt, LongConsumer noted, LongConsumer refused) {
    if (capacity < 0) {
      throw new IllegalArgumentException("capacity is negative: " + capacity);
    }
    this.noteAt = noteAt;
    this.noted = noted;
    this.refused = refused;
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
    note(amount);
  }

  /** When this much is left, use is to be noted. */
  long noteBelow() {
    return capacity - noteAt;
  }

  void note(long amount) {
    noted.accept(capacity - amount);
  }

  void ranOut(long amount) {
    note(amount);
    refused.accept(capacity + 1);
  }
}
