package io.vivarium.kernel.file;

import org.jspecify.annotations.Nullable;

/**
 * Bytes in the order they came, up to a capacity: what pipes, stream sockets and terminals buffer
 * in. Takes memory as it fills, doubling, and none while it is unused. Not thread-safe; its owner
 * locks.
 */
public final class ByteRing {
  private static final int SMALLEST = 1024;

  private int capacity;
  private byte @Nullable [] bytes;
  private int head;
  private int size;
  private int peak;

  /**
   * An empty ring.
   *
   * @param capacity how many bytes it may hold, more than 0
   */
  public ByteRing(int capacity) {
    this.capacity = capacity;
  }

  /** Bytes held. */
  public int size() {
    return size;
  }

  /** Bytes that still fit. */
  public int free() {
    return capacity - size;
  }

  /** Bytes it may hold. */
  public int capacity() {
    return capacity;
  }

  /** Lets it hold more bytes than before. */
  public void grow(int larger) {
    capacity = Math.max(capacity, larger);
  }

  /** Whether nothing is held. */
  public boolean isEmpty() {
    return size == 0;
  }

  /**
   * Appends as many of the bytes as fit.
   *
   * @return how many that were
   */
  public int put(byte[] source, int offset, int length) {
    int count = Math.min(length, free());
    if (count <= 0) {
      return 0;
    }
    byte[] room = room(size + count);
    int tail = (head + size) & (room.length - 1);
    int first = Math.min(count, room.length - tail);
    System.arraycopy(source, offset, room, tail, first);
    System.arraycopy(source, offset + first, room, 0, count - first);
    size = size + count;
    peak = Math.max(peak, size);
    return count;
  }

  /** Appends one byte; false when the ring is full. */
  public boolean put(byte value) {
    if (free() == 0) {
      return false;
    }
    byte[] room = room(size + 1);
    room[(head + size) & (room.length - 1)] = value;
    size = size + 1;
    peak = Math.max(peak, size);
    return true;
  }

  /**
   * Takes bytes from the front.
   *
   * @return how many there were, at most {@code length}
   */
  public int take(byte[] target, int offset, int length) {
    int count = peek(target, offset, length);
    drop(count);
    return count;
  }

  /** Copies bytes from the front and leaves them there; see {@link #take}. */
  public int peek(byte[] target, int offset, int length) {
    int count = Math.min(length, size);
    byte[] held = bytes;
    if (count <= 0 || held == null) {
      return 0;
    }
    int first = Math.min(count, held.length - head);
    System.arraycopy(held, head, target, offset, first);
    System.arraycopy(held, 0, target, offset + first, count - first);
    return count;
  }

  /** The byte at a position from the front, 0 to {@link #size()} - 1. */
  public byte at(int index) {
    byte[] held = bytes;
    if (held == null || index < 0 || index >= size) {
      throw new IndexOutOfBoundsException(index);
    }
    return held[(head + index) & (held.length - 1)];
  }

  /** Forgets bytes at the front; at most what is held. */
  public void drop(int count) {
    size = size - count;
    head = size == 0 || bytes == null ? 0 : (head + count) & (bytes.length - 1);
  }

  /** Forgets bytes at the end; at most what is held. */
  public void dropLast(int count) {
    size = size - count;
  }

  /** Forgets everything and gives the memory back. */
  public void clear() {
    bytes = null;
    head = 0;
    size = 0;
    peak = 0;
  }

  /**
   * Gives memory back that was not needed since the last call: what an owner calls when it is about
   * to wait with nothing held.
   */
  public void trim() {
    if (size == 0 && bytes != null && bytes.length > SMALLEST && peak <= bytes.length / 4) {
      bytes = null;
      head = 0;
    }
    peak = size;
  }

  /** The array, with a power of two of room for this many bytes. */
  private byte[] room(int needed) {
    byte[] present = bytes;
    if (present != null && present.length >= needed) {
      return present;
    }
    int length = present == null ? SMALLEST : present.length;
    while (length < needed) {
      length = length * 2;
    }
    byte[] larger = new byte[length];
    peek(larger, 0, size);
    head = 0;
    bytes = larger;
    return larger;
  }
}
