package io.vivarium.node.host;

import static io.vivarium.kernel.errno.Errno.EFAULT;
import static io.vivarium.kernel.errno.Errno.EINVAL;

import io.vivarium.kernel.text.ByteStrings;
import io.vivarium.node.channel.Slot;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A system call as a worker makes it. Its arguments are copied when the call begins, because the
 * worker can change the memory they lie in at any time; bytes are copied when they are asked for,
 * which handlers do once. For the thread of the process.
 */
final class Request {
  private final Slot slot;
  private final MemorySegment data;
  private final double[] arguments = new double[Slot.ARGUMENTS];
  private byte[] buffer = new byte[1 << 16];

  Request(Slot slot) {
    this.slot = slot;
    this.data = slot.data();
  }

  /** Takes the arguments over. */
  void begin() {
    for (int i = 0; i < arguments.length; i++) {
      arguments[i] = slot.fraction(i);
    }
  }

  /** An argument; what is no number is 0, what is too large the largest or smallest long. */
  long number(int at) {
    return (long) arguments[at];
  }

  /** An argument as an int; EINVAL when it does not fit. */
  int integer(int at) {
    long value = (long) arguments[at];
    if (value != (int) value) {
      throw EINVAL.exception();
    }
    return (int) value;
  }

  /** An argument with its fraction. */
  double fraction(int at) {
    return arguments[at];
  }

  /** Whether an argument is not 0. */
  boolean flag(int at) {
    return arguments[at] != 0;
  }

  /** A length or an offset in the data; EFAULT when it lies outside. */
  int place(int at) {
    double value = arguments[at];
    if (!(value >= 0 && value <= Slot.DATA_BYTES)) {
      throw EFAULT.exception();
    }
    return (int) value;
  }

  /** The string that begins the data and whose length an argument says. */
  String path(int lengthAt) {
    return string(0, place(lengthAt));
  }

  /** A string in the data; EFAULT when it does not lie in it, EINVAL with a NUL. */
  String string(int offset, int length) {
    byte[] bytes = bytes(offset, length);
    for (int i = 0; i < length; i++) {
      if (bytes[i] == 0) {
        throw EINVAL.exception();
      }
    }
    return ByteStrings.decode(bytes, 0, length);
  }

  /** Bytes of the data, copied to the buffer of this request; EFAULT outside of it. */
  byte[] bytes(int offset, int length) {
    check(offset, length);
    byte[] target = buffer(length);
    MemorySegment.copy(data, ValueLayout.JAVA_BYTE, offset, target, 0, length);
    return target;
  }

  /** Room for bytes, at least so many; what was there is gone. */
  byte[] buffer(int length) {
    if (buffer.length < length) {
      buffer = new byte[Math.min(Slot.DATA_BYTES, Math.max(length, 2 * buffer.length))];
    }
    return buffer;
  }

  /** An int in the data. */
  int intAt(int offset) {
    check(offset, Integer.BYTES);
    return data.get(ValueLayout.JAVA_INT_UNALIGNED, offset);
  }

  // ---- answers

  /** Puts bytes of the buffer into the data. */
  void answer(byte[] bytes, int length) {
    MemorySegment.copy(bytes, 0, data, ValueLayout.JAVA_BYTE, 0, length);
  }

  /**
   * Answers a string.
   *
   * @return its length
   */
  int answer(String text) {
    byte[] bytes = ByteStrings.encode(text);
    int length = Math.min(bytes.length, Slot.DATA_BYTES);
    answer(bytes, length);
    return length;
  }

  /** Puts a number of the answer. */
  void answerNumber(int at, long value) {
    slot.setNumber(at, value);
  }

  private static void check(int offset, int length) {
    if (offset < 0 || length < 0 || length > Slot.DATA_BYTES - offset) {
      throw EFAULT.exception();
    }
  }
}
