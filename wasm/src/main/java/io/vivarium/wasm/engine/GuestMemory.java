package io.vivarium.wasm.engine;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The linear memory of an instance, as host functions see it.
 *
 * <p>Addresses and lengths are the guest's: unsigned 32-bit numbers in an {@code int}. Every access
 * checks both without overflow and throws {@link MemoryFault} before it touches anything. All
 * numbers are little-endian.
 *
 * <p>The memory is one Java array, so a system call can read into it and write out of it without a
 * copy: {@link #offset} checks a range once, {@link #array} is what the range lies in. <b>The array
 * is replaced when the guest grows its memory</b>, which can only happen in guest code: get it
 * again after calling into the guest.
 *
 * <p>Belongs to the thread that runs the instance.
 */
public abstract sealed class GuestMemory permits LinearMemory {
  static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
  static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  /** At least {@link #size} bytes; what lies behind is zero and no business of the guest. */
  byte[] bytes = LinearMemory.NO_BYTES;

  /** Bytes the guest can address; a multiple of the page size. */
  int size;

  GuestMemory() {}

  /** Bytes that the guest can address now; 0 once the instance is closed. */
  public final long size() {
    return size;
  }

  /** Pages of 64 KiB that the guest can address now. */
  public final int pages() {
    return size >>> 16;
  }

  /**
   * Whether all {@code length} bytes at {@code address} exist. True for an empty range at the end.
   */
  public final boolean contains(int address, int length) {
    return (address & 0xffff_ffffL) + (length & 0xffff_ffffL) <= size;
  }

  /**
   * Checks a range and says where in {@link #array} it starts.
   *
   * @throws MemoryFault if any of it lies outside
   */
  public final int offset(int address, int length) {
    if (!contains(address, length)) {
      throw new MemoryFault();
    }
    return address;
  }

  /** The array that now holds the memory; longer than {@link #size}. Valid until the guest runs. */
  public final byte[] array() {
    return bytes;
  }

  /** A little-endian view of a range; valid until the guest runs. */
  public final ByteBuffer buffer(int address, int length) {
    return ByteBuffer.wrap(bytes, offset(address, length), length)
        .slice()
        .order(ByteOrder.LITTLE_ENDIAN);
  }

  /** One byte, 0 to 255. */
  public final int getByte(int address) {
    return bytes[offset(address, 1)] & 0xff;
  }

  /** Two bytes, 0 to 65535. */
  public final int getShort(int address) {
    return (short) SHORT.get(bytes, offset(address, 2)) & 0xffff;
  }

  /** Four bytes. */
  public final int getInt(int address) {
    return (int) INT.get(bytes, offset(address, 4));
  }

  /** Eight bytes. */
  public final long getLong(int address) {
    return (long) LONG.get(bytes, offset(address, 8));
  }

  /** Stores the low 8 bits. */
  public final void putByte(int address, int value) {
    bytes[offset(address, 1)] = (byte) value;
  }

  /** Stores the low 16 bits. */
  public final void putShort(int address, int value) {
    SHORT.set(bytes, offset(address, 2), (short) value);
  }

  /** Stores 32 bits. */
  public final void putInt(int address, int value) {
    INT.set(bytes, offset(address, 4), value);
  }

  /** Stores 64 bits. */
  public final void putLong(int address, long value) {
    LONG.set(bytes, offset(address, 8), value);
  }

  /**
   * A copy of a range; the caller bounds {@code length}, or the guest chooses what is allocated.
   */
  public final byte[] copy(int address, int length) {
    int from = offset(address, length);
    return Arrays.copyOfRange(bytes, from, from + length);
  }

  /** Copies guest memory to {@code target[at..at+length]}. */
  public final void copyOut(int address, byte[] target, int at, int length) {
    System.arraycopy(bytes, offset(address, length), target, at, length);
  }

  /** Copies {@code source[at..at+length]} to guest memory. */
  public final void copyIn(int address, byte[] source, int at, int length) {
    System.arraycopy(source, at, bytes, offset(address, length), length);
  }

  /** Sets every byte of a range. */
  public final void set(int address, int length, int value) {
    int from = offset(address, length);
    Arrays.fill(bytes, from, from + length, (byte) value);
  }
}
