package io.vivarium.kernel.tty;

import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * What was typed and not read yet: complete lines, then the line that is still being edited. A line
 * ends behind a byte that is marked; the mark of an end-of-file character is on a byte that readers
 * do not get. Not thread-safe; its terminal locks.
 */
final class InputBuffer {
  /** Bytes it holds: the longest line with its newline. */
  static final int CAPACITY = 4096;

  private byte @Nullable [] bytes;
  private final BitSet ends = new BitSet();
  private final BitSet hiddenEnds = new BitSet();
  private int head;
  private int size;
  // Bytes at the front that belong to complete lines.
  private int complete;

  int size() {
    return size;
  }

  /** Bytes of the line that is still being edited. */
  int editing() {
    return size - complete;
  }

  boolean hasLine() {
    return complete > 0;
  }

  /** Bytes that a reader of lines can get without the end-of-file marks (FIONREAD). */
  int visibleComplete() {
    int visible = complete;
    for (int i = 0; i < complete; i++) {
      if (hiddenEnds.get(place(i))) {
        visible = visible - 1;
      }
    }
    return visible;
  }

  /** Appends a byte to the line being edited; lost when there is no room at all. */
  void append(int value) {
    if (size == CAPACITY) {
      return;
    }
    if (bytes == null) {
      bytes = new byte[CAPACITY];
    }
    bytes[place(size)] = (byte) value;
    size = size + 1;
  }

  /** Completes the line with a last byte. */
  void end(int value, boolean hidden) {
    int place = place(size);
    append(value);
    ends.set(place);
    hiddenEnds.set(place, hidden);
    complete = size;
  }

  /** The byte of the edited line at a position from its beginning. */
  int edited(int index) {
    return at(complete + index);
  }

  private int at(int index) {
    if (bytes == null) {
      throw new IndexOutOfBoundsException(index);
    }
    return bytes[place(index)] & 0xff;
  }

  /** Removes bytes from the end of the edited line. */
  void erase(int count) {
    size = size - count;
  }

  void clear() {
    bytes = null;
    ends.clear();
    hiddenEnds.clear();
    head = 0;
    size = 0;
    complete = 0;
  }

  /** From here on there are no lines: all is one sequence of bytes. */
  void forgetLines() {
    ends.clear();
    hiddenEnds.clear();
    complete = 0;
  }

  /** From here on there are lines, and what is there already can be read as if it were one. */
  void beginLines() {
    forgetLines();
    if (size > 0) {
      ends.set(place(size - 1));
      complete = size;
    }
  }

  /** Reads bytes without regard to lines. */
  int read(byte[] target, int offset, int length) {
    int count = Math.min(length, size);
    for (int i = 0; i < count; i++) {
      target[offset + i] = (byte) at(i);
    }
    drop(count);
    return count;
  }

  /**
   * Reads from the first complete line: to its end, or as much as fits; the rest stays. An
   * end-of-file mark right behind what filled the buffer goes with it.
   *
   * @return bytes read; 0 for an end of file
   */
  int readLine(byte[] target, int offset, int length) {
    int count = 0;
    int taken = 0;
    boolean ended = false;
    while (!ended && taken < complete && (count < length || hiddenEnds.get(place(taken)))) {
      int place = place(taken);
      ended = ends.get(place);
      if (!hiddenEnds.get(place)) {
        target[offset + count] = (byte) at(taken);
        count = count + 1;
      }
      ends.clear(place);
      hiddenEnds.clear(place);
      taken = taken + 1;
    }
    drop(taken);
    return count;
  }

  private void drop(int count) {
    head = place(count);
    size = size - count;
    complete = Math.max(0, complete - count);
  }

  private int place(int index) {
    return (head + index) % CAPACITY;
  }
}
