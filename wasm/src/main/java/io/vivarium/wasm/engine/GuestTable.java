package io.vivarium.wasm.engine;

import java.util.Arrays;

/**
 * A table of function references: indices, or {@link #NULL}. Public only because compiled code
 * calls it.
 */
public final class GuestTable {
  /** The null reference. */
  static final int NULL = -1;

  /** What an element takes. */
  static final int ELEMENT_BYTES = 4;

  private final int maximum;
  private final TableBudget budget;
  private int[] elements;

  /** A table of nulls, for which the budget has granted room. */
  GuestTable(int size, int maximum, TableBudget budget) {
    this.maximum = maximum;
    this.budget = budget;
    this.elements = new int[size];
    Arrays.fill(elements, NULL);
  }

  /** How many elements there are. */
  int size() {
    return elements.length;
  }

  /** The element, which may be null. */
  int get(int index) {
    if (Integer.compareUnsigned(index, elements.length) >= 0) {
      throw outOfBounds();
    }
    return elements[index];
  }

  /** Changes an element. */
  void set(int index, int function) {
    if (Integer.compareUnsigned(index, elements.length) >= 0) {
      throw outOfBounds();
    }
    elements[index] = function;
  }

  /**
   * The function to call for an element; called by compiled code.
   *
   * @throws GuestTrap when there is none
   */
  public int requiredRef(int index) {
    int[] present = elements;
    if (index < 0 || index >= present.length) {
      throw new GuestTrap(TrapKind.TABLE_OUT_OF_BOUNDS, "undefined element");
    }
    int function = present[index];
    if (function == NULL) {
      throw new GuestTrap(TrapKind.NULL_FUNCTION, "uninitialized element");
    }
    return function;
  }

  /**
   * Whose function an element is; called by compiled code.
   *
   * @return null, which means the caller's: tables are never shared
   */
  @SuppressWarnings({"NullAway", "unused"})
  public LiveInstance instance(int index) {
    return null;
  }

  /** Adds elements. The size before, or -1 when they may not be. */
  int grow(int more, int function) {
    int before = elements.length;
    if (more < 0 || more > maximum - before || !budget.tryAcquire(more)) {
      return -1;
    }
    try {
      elements = Arrays.copyOf(elements, before + more);
    } catch (OutOfMemoryError e) {
      budget.release(more);
      return -1;
    }
    Arrays.fill(elements, before, before + more, function);
    return before;
  }

  /** Sets a range of elements. */
  void fill(int start, int function, int count) {
    checkRange(start, count, elements.length);
    Arrays.fill(elements, start, start + count, function);
  }

  /** Copies a range from a table, possibly this one. */
  void copy(GuestTable source, int target, int from, int count) {
    checkRange(from, count, source.elements.length);
    checkRange(target, count, elements.length);
    System.arraycopy(source.elements, from, elements, target, count);
  }

  /** Copies a range of an element segment. */
  void init(int[] segment, int target, int from, int count) {
    checkRange(from, count, segment.length);
    checkRange(target, count, elements.length);
    System.arraycopy(segment, from, elements, target, count);
  }

  private static void checkRange(int start, int count, int size) {
    if ((start & 0xffff_ffffL) + (count & 0xffff_ffffL) > size) {
      throw outOfBounds();
    }
  }

  private static GuestTrap outOfBounds() {
    return new GuestTrap(TrapKind.TABLE_OUT_OF_BOUNDS, "out of bounds table access");
  }
}
