package io.vivarium.wasm.wasi;

import static io.vivarium.kernel.errno.Errno.EINVAL;

import io.vivarium.kernel.trace.Phase;
import io.vivarium.kernel.trace.PhaseClock;
import io.vivarium.wasm.engine.GuestMemory;

/**
 * The buffers of one vectored read or write, checked as a whole before anything moves. An iovec is
 * 8 bytes: address u32 at 0, length u32 at 4.
 *
 * <p>One object serves all calls of a guest, so decoding allocates nothing.
 *
 * <p>Source: WASI preview 1, types {@code iovec} and {@code ciovec}; ABI section 0 for the limits.
 */
public final class IoVectors {
  /** Most buffers in one call (IOV_MAX). */
  public static final int MAX_COUNT = 1024;

  /** Most bytes one call moves; a call that asks for more moves this much. */
  public static final int MAX_BYTES = 64 << 20;

  private static final int IOVEC = 8;

  private int[] addresses = new int[8];
  private int[] lengths = new int[8];
  private int count;
  private int total;

  /**
   * Reads the buffers of a call. Empty ones are dropped and the sum is cut to {@value #MAX_BYTES}.
   *
   * @throws io.vivarium.kernel.errno.ErrnoException EINVAL for more than {@value #MAX_COUNT}
   *     buffers
   * @throws io.vivarium.wasm.engine.MemoryFault when the list or any buffer is outside the memory
   */
  public void decode(GuestMemory memory, int list, int listLength) {
    Phase before = PhaseClock.enter(Phase.DECODE);
    try {
      take(memory, list, listLength);
    } finally {
      PhaseClock.leave(before);
    }
  }

  private void take(GuestMemory memory, int list, int listLength) {
    if (Integer.compareUnsigned(listLength, MAX_COUNT) > 0) {
      throw EINVAL.exception();
    }
    memory.offset(list, listLength * IOVEC);
    ensure(listLength);
    count = 0;
    total = 0;
    for (int i = 0; i < listLength; i++) {
      int address = memory.getInt(list + IOVEC * i);
      int length = memory.getInt(list + IOVEC * i + 4);
      memory.offset(address, length);
      int taken = Math.min(length, MAX_BYTES - total);
      if (taken > 0) {
        addresses[count] = address;
        lengths[count] = taken;
        count++;
        total += taken;
      }
    }
  }

  /** How many buffers with room there are. */
  public int count() {
    return count;
  }

  /** The address of a buffer; inside the memory. */
  public int address(int i) {
    return addresses[i];
  }

  /** The length of a buffer, more than 0. */
  public int length(int i) {
    return lengths[i];
  }

  /** The sum of the lengths, at most {@value #MAX_BYTES}. */
  public int total() {
    return total;
  }

  /** Copies the first {@code length} bytes of the buffers, taken as one, out of the guest. */
  public void gather(GuestMemory memory, byte[] target, int length) {
    int at = 0;
    for (int i = 0; at < length; i++) {
      int part = Math.min(lengths[i], length - at);
      memory.copyOut(addresses[i], target, at, part);
      at += part;
    }
  }

  /** Copies bytes into the buffers, filling one after the other. */
  public void scatter(GuestMemory memory, byte[] source, int length) {
    Phase before = PhaseClock.enter(Phase.ENCODE);
    try {
      fill(memory, source, length);
    } finally {
      PhaseClock.leave(before);
    }
  }

  private void fill(GuestMemory memory, byte[] source, int length) {
    int at = 0;
    for (int i = 0; at < length; i++) {
      int part = Math.min(lengths[i], length - at);
      memory.copyIn(addresses[i], source, at, part);
      at += part;
    }
  }

  private void ensure(int size) {
    if (addresses.length < size) {
      addresses = new int[size];
      lengths = new int[size];
    }
  }
}
