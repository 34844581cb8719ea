package io.vivarium.kernel.tty;

import org.jspecify.annotations.Nullable;

/**
 * What is to be echoed but could not be written yet, because the output is stopped or full: steps,
 * in order. Beyond its capacity echo is lost, which harms nobody's data. Not thread-safe.
 */
final class EchoQueue {
  /** Bytes of echo that wait for the reader of a terminal; further echo is dropped. */
  private static final int CAPACITY = 8192;

  private short @Nullable [] steps;
  private int head;
  private int size;

  boolean isEmpty() {
    return size == 0;
  }

  void add(int step) {
    if (steps == null) {
      steps = new short[CAPACITY];
    }
    if (size < CAPACITY) {
      steps[(head + size) % CAPACITY] = (short) step;
      size = size + 1;
    }
  }

  /** The next step; only when not empty. */
  int peek() {
    if (steps == null) {
      throw new IllegalStateException("nothing to echo");
    }
    return steps[head];
  }

  void remove() {
    head = (head + 1) % CAPACITY;
    size = size - 1;
  }

  void clear() {
    steps = null;
    head = 0;
    size = 0;
  }
}
