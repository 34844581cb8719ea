package io.vivarium.kernel.fs.memory;

import java.util.function.Consumer;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * A persistent map from names to values that know their name: a hash trie whose branches are single
 * values or nodes. Edits work as in {@link PersistentRadix}.
 */
final class NameMap<E extends NameMap.Named> {
  /** A value that is found by its name. */
  interface Named {
    String name();
  }

  // Names whose hashes agree this far are compared one by one.
  private static final int HASHED_BITS = 60;
  private static final NameMap<?> EMPTY = new NameMap<>(Edit.NONE, null, 0, NameHash::of);

  private final Edit owner;
  private final ToLongFunction<String> hash;
  private @Nullable Branch root;
  private int size;

  private NameMap(Edit owner, @Nullable Branch root, int size, ToLongFunction<String> hash) {
    this.owner = owner;
    this.root = root;
    this.size = size;
    this.hash = hash;
  }

  @SuppressWarnings("unchecked") // holds no values
  static <E extends Named> NameMap<E> empty() {
    return (NameMap<E>) EMPTY;
  }

  /** An empty map with another hash. */
  static <E extends Named> NameMap<E> emptyWithHash(ToLongFunction<String> hash) {
    return new NameMap<>(Edit.NONE, null, 0, hash);
  }

  int size() {
    return size;
  }

  @Nullable E get(String name) {
    Branch node = root;
    if (node == null) {
      return null;
    }
    long digits = hash.applyAsLong(name);
    for (int shift = 0; shift < HASHED_BITS; shift += BitmapNode.BITS) {
      Object child = node.child(digit(digits, shift));
      if (!(child instanceof Branch branch)) {
        return matching(child, name);
      }
      node = branch;
    }
    return bucketed(node, name);
  }

  /** Adds a value, in place of the one with the same name if there is one. */
  NameMap<E> put(Edit edit, E value) {
    NameMap<E> map = owner == edit ? this : new NameMap<>(edit, root, size, hash);
    Branch top = map.root == null ? new Branch(edit) : map.root;
    map.root = map.insert(top, edit, hash.applyAsLong(value.name()), 0, value);
    return map;
  }

  NameMap<E> remove(Edit edit, String name) {
    Branch top = root;
    if (top == null || get(name) == null) {
      return this;
    }
    NameMap<E> map = owner == edit ? this : new NameMap<>(edit, root, size, hash);
    Branch rest = delete(top, edit, hash.applyAsLong(name), 0, name);
    map.root = rest.count() == 0 ? null : rest;
    map.size--;
    return map;
  }

  /** Visits all values in no particular order. */
  void forEach(Consumer<? super E> visitor) {
    if (root != null) {
      forEach(root, visitor);
    }
  }

  private Branch insert(Branch node, Edit edit, long digits, int shift, E value) {
    Branch mine = owned(node, edit);
    if (shift >= HASHED_BITS) {
      insertInBucket(mine, edit, value);
      return mine;
    }
    int digit = digit(digits, shift);
    Object child = mine.child(digit);
    int below = shift + BitmapNode.BITS;
    if (child == null) {
      mine.set(digit, value);
      size++;
    } else if (child instanceof Branch branch) {
      mine.set(digit, insert(branch, edit, digits, below, value));
    } else if (matching(child, value.name()) != null) {
      mine.set(digit, value);
    } else {
      E neighbour = present(child);
      Branch split = new Branch(edit);
      size--; // counted again on its way down
      split = insert(split, edit, hash.applyAsLong(neighbour.name()), below, neighbour);
      mine.set(digit, insert(split, edit, digits, below, value));
    }
    return mine;
  }

  /** A bucket is a chain: values from digit 0 up, and digit 31 goes on in another bucket. */
  private void insertInBucket(Branch bucket, Edit edit, E value) {
    int used = 0;
    for (; used < BitmapNode.DIGIT && bucket.child(used) != null; used++) {
      if (matching(bucket.child(used), value.name()) != null) {
        bucket.set(used, value);
        return;
      }
    }
    if (used < BitmapNode.DIGIT) {
      bucket.set(used, value);
      size++;
      return;
    }
    Object next = bucket.child(BitmapNode.DIGIT);
    Branch overflow = next == null ? new Branch(edit) : owned((Branch) next, edit);
    insertInBucket(overflow, edit, value);
    bucket.set(BitmapNode.DIGIT, overflow);
  }

  private @Nullable E bucketed(Branch bucket, String name) {
    Branch node = bucket;
    while (true) {
      for (int i = 0; i < BitmapNode.DIGIT; i++) {
        E match = matching(node.child(i), name);
        if (match != null) {
          return match;
        }
      }
      if (!(node.child(BitmapNode.DIGIT) instanceof Branch next)) {
        return null;
      }
      node = next;
    }
  }

  /** The node without a name that it has; it may be empty then. */
  private Branch delete(Branch node, Edit edit, long digits, int shift, String name) {
    Branch mine = owned(node, edit);
    if (shift >= HASHED_BITS) {
      return deleteFromBucket(mine, edit, name);
    }
    int digit = digit(digits, shift);
    Object child = mine.child(digit);
    if (!(child instanceof Branch branch)) {
      mine.clear(digit);
      return mine;
    }
    Branch rest = delete(branch, edit, digits, shift + BitmapNode.BITS, name);
    if (rest.count() == 0) {
      mine.clear(digit);
    } else if (rest.count() == 1 && !(rest.childAt(0) instanceof Branch)) {
      mine.set(digit, rest.childAt(0));
    } else {
      mine.set(digit, rest);
    }
    return mine;
  }

  /** Buckets come from collisions of 60 bits, so rebuilding one is never work that counts. */
  private Branch deleteFromBucket(Branch bucket, Edit edit, String name) {
    Branch rest = new Branch(edit);
    int before = size;
    forEach(
        bucket,
        value -> {
          if (!value.name().equals(name)) {
            insertInBucket(rest, edit, value);
          }
        });
    size = before;
    return rest;
  }

  private void forEach(Branch node, Consumer<? super E> visitor) {
    int count = node.count();
    for (int i = 0; i < count; i++) {
      Object child = node.childAt(i);
      if (child instanceof Branch branch) {
        forEach(branch, visitor);
      } else {
        visitor.accept(present(child));
      }
    }
  }

  private @Nullable E matching(@Nullable Object child, String name) {
    if (child == null || child instanceof Branch) {
      return null;
    }
    E value = present(child);
    return value.name().equals(name) ? value : null;
  }

  private static Branch owned(Branch node, Edit edit) {
    return node.owner == edit ? node : new Branch(edit, node);
  }

  private static int digit(long hash, int shift) {
    return (int) (hash >>> shift) & BitmapNode.DIGIT;
  }

  @SuppressWarnings("unchecked") // what is not a branch is what put() was given
  private E present(Object child) {
    return (E) child;
  }

  /** Tells nodes from values. */
  private static final class Branch extends BitmapNode {
    Branch(Edit owner) {
      super(owner);
    }

    Branch(Edit owner, Branch original) {
      super(owner, original);
    }
  }
}
