package io.vivarium.kernel.fs.memory;

import org.jspecify.annotations.Nullable;

/**
 * A persistent map from non-negative numbers to values, in the order of the numbers: a radix tree
 * without chains of single children, so a key costs at most two nodes however far apart keys are.
 *
 * <p>{@link #put} and {@link #remove} answer the map to use from then on. That is this very object,
 * changed in place, when it belongs to the edit they are given, else a new one; the old one then
 * stays as it was.
 */
final class PersistentRadix<T> {
  private static final PersistentRadix<?> EMPTY = new PersistentRadix<>(Edit.NONE, null, 0);

  private final Edit owner;
  private @Nullable Node root;
  private long size;

  private PersistentRadix(Edit owner, @Nullable Node root, long size) {
    this.owner = owner;
    this.root = root;
    this.size = size;
  }

  @SuppressWarnings("unchecked") // holds no values
  static <T> PersistentRadix<T> empty() {
    return (PersistentRadix<T>) EMPTY;
  }

  long size() {
    return size;
  }

  @Nullable T get(long key) {
    Node node = root;
    if (node == null) {
      return null;
    }
    while (node.shift > 0) {
      node = (Node) node.child(digit(key, node.shift));
      if (node == null) {
        return null;
      }
    }
    return node.covers(key) ? value(node.child(digit(key, 0))) : null;
  }

  PersistentRadix<T> put(Edit edit, long key, T value) {
    PersistentRadix<T> map = ownedBy(edit);
    Node top = map.root;
    map.root = top == null ? map.leaf(edit, key, value) : map.insert(top, edit, key, value);
    return map;
  }

  PersistentRadix<T> remove(Edit edit, long key) {
    Node top = root;
    if (top == null || get(key) == null) {
      return this;
    }
    PersistentRadix<T> map = ownedBy(edit);
    map.root = delete(top, edit, key);
    map.size--;
    return map;
  }

  /** The smallest key that is not below {@code from}, or -1. */
  long ceilingKey(long from) {
    FirstKey<T> first = new FirstKey<>();
    visitFrom(from, first);
    return first.key;
  }

  /** Visits entries from a key upward until the visitor has enough; says whether it never had. */
  boolean visitFrom(long from, Visitor<? super T> visitor) {
    Node top = root;
    return top == null || visit(top, from, visitor);
  }

  /** Receives entries in the order of their keys. */
  @FunctionalInterface
  interface Visitor<T> {
    /** One entry; says whether to go on. */
    boolean visit(long key, T value);
  }

  private PersistentRadix<T> ownedBy(Edit edit) {
    return owner == edit ? this : new PersistentRadix<>(edit, root, size);
  }

  private Node leaf(Edit edit, long key, T value) {
    Node leaf = new Node(edit, Node.prefix(key, 0), 0);
    leaf.set(digit(key, 0), value);
    size++;
    return leaf;
  }

  private Node insert(Node node, Edit edit, long key, T value) {
    if (!node.covers(key)) {
      long difference = node.prefix ^ Node.prefix(key, 0);
      int shift = (Long.SIZE - 1 - Long.numberOfLeadingZeros(difference)) / Node.BITS * Node.BITS;
      Node parent = new Node(edit, Node.prefix(key, shift), shift);
      parent.set(digit(node.prefix, shift), node);
      parent.set(digit(key, shift), leaf(edit, key, value));
      return parent;
    }
    Node mine = node.ownedBy(edit);
    int digit = digit(key, node.shift);
    Object child = mine.child(digit);
    if (node.shift > 0) {
      mine.set(
          digit, child == null ? leaf(edit, key, value) : insert((Node) child, edit, key, value));
    } else {
      mine.set(digit, value);
      if (child == null) {
        size++;
      }
    }
    return mine;
  }

  /** The node without a key that it has; null when nothing is left of it. */
  private static @Nullable Node delete(Node node, Edit edit, long key) {
    int digit = digit(key, node.shift);
    if (node.shift == 0) {
      if (node.count() == 1) {
        return null;
      }
      Node mine = node.ownedBy(edit);
      mine.clear(digit);
      return mine;
    }
    Object child = node.child(digit);
    if (child == null) {
      return node;
    }
    Node rest = delete((Node) child, edit, key);
    Node mine = node.ownedBy(edit);
    if (rest != null) {
      mine.set(digit, rest);
      return mine;
    }
    mine.clear(digit);
    return mine.count() == 1 ? (Node) mine.childAt(0) : mine;
  }

  private boolean visit(Node node, long from, Visitor<? super T> visitor) {
    if (from > node.lastKey()) {
      return true;
    }
    int first = from <= node.prefix ? 0 : digit(from, node.shift);
    int bits = node.bitmap() & (-1 << first);
    int index = Integer.bitCount(node.bitmap() & ~(-1 << first));
    for (; bits != 0; bits &= bits - 1, index++) {
      Object child = node.childAt(index);
      boolean more;
      if (node.shift > 0) {
        more = visit((Node) child, from, visitor);
      } else {
        more = visitor.visit(node.prefix | Integer.numberOfTrailingZeros(bits), present(child));
      }
      if (!more) {
        return false;
      }
    }
    return true;
  }

  private static int digit(long key, int shift) {
    return (int) (key >>> shift) & Node.DIGIT;
  }

  @SuppressWarnings("unchecked") // leaves hold what put() was given
  private @Nullable T value(@Nullable Object child) {
    return (T) child;
  }

  @SuppressWarnings("unchecked") // leaves hold what put() was given
  private T present(Object child) {
    return (T) child;
  }

  private static final class FirstKey<T> implements Visitor<T> {
    private long key = -1;

    @Override
    public boolean visit(long visited, T value) {
      key = visited;
      return false;
    }
  }

  /** All keys below a node agree with its prefix above {@code shift + BITS} bits. */
  private static final class Node extends BitmapNode {
    private final long prefix;
    private final int shift;

    Node(Edit owner, long prefix, int shift) {
      super(owner);
      this.prefix = prefix;
      this.shift = shift;
    }

    private Node(Edit owner, Node original) {
      super(owner, original);
      this.prefix = original.prefix;
      this.shift = original.shift;
    }

    Node ownedBy(Edit edit) {
      return owner == edit ? this : new Node(edit, this);
    }

    boolean covers(long key) {
      return prefix(key, shift) == prefix;
    }

    long lastKey() {
      return (prefix | ~(-1L << shift << BITS)) & Long.MAX_VALUE;
    }

    // Two shifts, because shift + BITS may exceed the width of a long.
    private static long prefix(long key, int shift) {
      return key >>> shift >>> BITS << BITS << shift;
    }
  }
}
