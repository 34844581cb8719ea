package io.vivarium.kernel.fs.memory;

import java.util.Arrays;

/**
 * Up to 4 KiB of a file's contents. A block holds as many bytes as were needed; what lies behind
 * them within the file reads as zeros.
 */
final class Block {
  static final int SIZE = 4096;

  /**
   * Space that is promised to the file and not written yet: a hole that cannot run out of space.
   */
  static final Block RESERVED = new Block(Edit.NONE, new byte[0]);

  /** Host memory of a block besides its bytes: the objects and its share of the tree. */
  private static final long OVERHEAD = 192;

  private final Edit owner;
  private final byte[] bytes;

  private Block(Edit owner, byte[] bytes) {
    this.owner = owner;
    this.bytes = bytes;
  }

  /** A block of zeros. */
  static Block zeros(Edit edit, int capacity) {
    return new Block(edit, new byte[capacity]);
  }

  int capacity() {
    return this == RESERVED ? SIZE : bytes.length;
  }

  /** What the block counts in the ledger. */
  long residentBytes() {
    return residentBytes(capacity());
  }

  static long residentBytes(int capacity) {
    return OVERHEAD + capacity;
  }

  /** A capacity for bytes up to {@code end} that makes growing in small steps cheap. */
  int capacityFor(int end) {
    int capacity = capacity();
    return end <= capacity ? capacity : Math.min(SIZE, Math.max(end, 2 * capacity));
  }

  /** A block of the given capacity with these bytes that may be written under {@code edit}. */
  Block writable(Edit edit, int capacity) {
    return owner == edit && bytes.length == capacity
        ? this
        : new Block(edit, Arrays.copyOf(bytes, capacity));
  }

  /** Whether a write of [from, to) leaves nothing to copy from this block, which others share. */
  boolean isLost(Edit edit, int from, int to) {
    return owner != edit && from == 0 && to >= bytes.length;
  }

  void write(int at, byte[] source, int offset, int length) {
    System.arraycopy(source, offset, bytes, at, length);
  }

  void zero(int from, int to) {
    Arrays.fill(bytes, Math.min(from, bytes.length), Math.min(to, bytes.length), (byte) 0);
  }

  void read(int at, byte[] target, int offset, int length) {
    int present = Math.max(0, Math.min(length, bytes.length - at));
    if (present > 0) {
      System.arraycopy(bytes, at, target, offset, present);
    }
    Arrays.fill(target, offset + present, offset + length, (byte) 0);
  }
}
