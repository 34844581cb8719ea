package io.vivarium.kernel.fs.memory;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A tree node with up to 32 children, of which only the present ones take space: a bitmap says
 * which, and they lie side by side in its order.
 */
class BitmapNode {
  static final int BITS = 5;
  static final int DIGIT = (1 << BITS) - 1;

  final Edit owner;
  private int bitmap;
  private @Nullable Object[] children;

  BitmapNode(Edit owner) {
    this.owner = owner;
    this.children = new Object[1];
  }

  /** A copy that belongs to {@code owner}. */
  BitmapNode(Edit owner, BitmapNode original) {
    this.owner = owner;
    this.bitmap = original.bitmap;
    this.children = Arrays.copyOf(original.children, original.count());
  }

  final int count() {
    return Integer.bitCount(bitmap);
  }

  /** Bit {@code d} says whether there is a child {@code d}. */
  final int bitmap() {
    return bitmap;
  }

  final @Nullable Object child(int digit) {
    int bit = 1 << digit;
    return (bitmap & bit) == 0 ? null : children[Integer.bitCount(bitmap & (bit - 1))];
  }

  /** The child at a place in the order of the present ones. */
  final Object childAt(int index) {
    Object child = children[index];
    if (child == null) {
      throw new IllegalStateException("bitmap and children disagree");
    }
    return child;
  }

  final void set(int digit, Object child) {
    int bit = 1 << digit;
    int index = Integer.bitCount(bitmap & (bit - 1));
    if ((bitmap & bit) == 0) {
      int count = count();
      if (count == children.length) {
        children = Arrays.copyOf(children, Math.min(DIGIT + 1, 2 * count + 1));
      }
      System.arraycopy(children, index, children, index + 1, count - index);
      bitmap |= bit;
    }
    children[index] = child;
  }

  final void clear(int digit) {
    int bit = 1 << digit;
    int index = Integer.bitCount(bitmap & (bit - 1));
    int count = count();
    System.arraycopy(children, index + 1, children, index, count - index - 1);
    children[count - 1] = null;
    bitmap &= ~bit;
    if (4 * (count - 1) < children.length) {
      children = Arrays.copyOf(children, Math.max(1, 2 * (count - 1)));
    }
  }
}
