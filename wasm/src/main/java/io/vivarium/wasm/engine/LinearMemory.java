package io.vivarium.wasm.engine;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import run.endive.runtime.Instance;
import run.endive.runtime.Memory;
import run.endive.wasm.types.DataSegment;

/**
 * The one implementation of guest memory: a flat array with some room to grow. Public only because
 * compiled guest code, which lives in class loaders of its own, calls it; nobody else does.
 *
 * <p>Every access checks against the size, not against the array, which may be longer. Addresses
 * are unsigned; a negative int is beyond 2 GiB and so always outside.
 *
 * <p>Growth doubles the array up to a bound, asks the {@link MemoryAdmission} for what the array
 * really takes, and answers -1 whenever anything does not fit, out of memory included.
 */
public final class LinearMemory extends GuestMemory implements Memory {
  static final byte[] NO_BYTES = new byte[0];

  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle FLOAT =
      MethodHandles.byteArrayViewVarHandle(float[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle DOUBLE =
      MethodHandles.byteArrayViewVarHandle(double[].class, ByteOrder.LITTLE_ENDIAN);

  /** Most bytes of room that growth leaves behind the guest's memory. */
  private static final int MOST_SLACK = 16 << 20;

  private final int initialPages;
  private final int maximumPages;
  private final MemoryAdmission admission;
  private final byte[][] passiveData;
  private long admitted;

  private LinearMemory(
      int initialPages, int maximumPages, MemoryAdmission admission, byte[][] passiveData) {
    this.initialPages = initialPages;
    this.maximumPages = maximumPages;
    this.admission = admission;
    this.passiveData = passiveData;
  }

  /**
   * A memory of {@code initialPages}, all zero.
   *
   * @param maximumPages what the module and the limits allow, at least {@code initialPages}
   * @param passiveData by segment number, what memory.init copies from
   * @return null when the memory is not admitted
   */
  static @Nullable LinearMemory allocate(
      int initialPages, int maximumPages, MemoryAdmission admission, byte[][] passiveData) {
    LinearMemory memory = new LinearMemory(initialPages, maximumPages, admission, passiveData);
    return memory.resize(initialPages << 16, initialPages << 16) ? memory : null;
  }

  /** Gives the memory back. Accesses from now on are out of bounds. */
  void close() {
    size = 0;
    bytes = NO_BYTES;
    long held = admitted;
    admitted = 0;
    if (held > 0) {
      admission.release(held);
    }
  }

  private boolean resize(int newSize, int newCapacity) {
    if (newCapacity > bytes.length) {
      long more = newCapacity - (long) bytes.length;
      if (!admission.tryAcquire(more)) {
        return false;
      }
      byte[] larger;
      try {
        larger = new byte[newCapacity];
      } catch (OutOfMemoryError e) {
        admission.release(more);
        return false;
      }
      System.arraycopy(bytes, 0, larger, 0, size);
      bytes = larger;
      admitted += more;
    }
    size = newSize;
    return true;
  }

  @Override
  public int grow(int delta) {
    int before = pages();
    if (delta < 0 || delta > maximumPages - before) {
      return -1;
    }
    int newSize = (before + delta) << 16;
    if (newSize <= bytes.length) {
      size = newSize;
      return before;
    }
    long wanted = newSize + (long) Math.min(Math.max(newSize >>> 2, 1 << 18), MOST_SLACK);
    int roomy = (int) Math.min(wanted & -65_536L, (long) maximumPages << 16);
    return resize(newSize, roomy) || resize(newSize, newSize) ? before : -1;
  }

  @Override
  public int initialPages() {
    return initialPages;
  }

  @Override
  public int maximumPages() {
    return maximumPages;
  }

  // ---- loads and stores of guest code ---------------------------------------------------------

  private static GuestTrap outOfBounds() {
    return new GuestTrap(TrapKind.MEMORY_OUT_OF_BOUNDS, "out of bounds memory access");
  }

  @Override
  public byte read(int address) {
    if (address < 0 || address >= size) {
      throw outOfBounds();
    }
    return bytes[address];
  }

  @Override
  public short readShort(int address) {
    if (address < 0 || address > size - 2) {
      throw outOfBounds();
    }
    return (short) SHORT.get(bytes, address);
  }

  @Override
  public int readInt(int address) {
    if (address < 0 || address > size - 4) {
      throw outOfBounds();
    }
    return (int) INT.get(bytes, address);
  }

  @Override
  public long readLong(int address) {
    if (address < 0 || address > size - 8) {
      throw outOfBounds();
    }
    return (long) LONG.get(bytes, address);
  }

  @Override
  public float readFloat(int address) {
    if (address < 0 || address > size - 4) {
      throw outOfBounds();
    }
    return (float) FLOAT.get(bytes, address);
  }

  @Override
  public double readDouble(int address) {
    if (address < 0 || address > size - 8) {
      throw outOfBounds();
    }
    return (double) DOUBLE.get(bytes, address);
  }

  @Override
  public void writeByte(int address, byte value) {
    if (address < 0 || address >= size) {
      throw outOfBounds();
    }
    bytes[address] = value;
  }

  @Override
  public void writeShort(int address, short value) {
    if (address < 0 || address > size - 2) {
      throw outOfBounds();
    }
    SHORT.set(bytes, address, value);
  }

  @Override
  public void writeI32(int address, int value) {
    if (address < 0 || address > size - 4) {
      throw outOfBounds();
    }
    INT.set(bytes, address, value);
  }

  @Override
  public void writeLong(int address, long value) {
    if (address < 0 || address > size - 8) {
      throw outOfBounds();
    }
    LONG.set(bytes, address, value);
  }

  @Override
  public void writeF32(int address, float value) {
    if (address < 0 || address > size - 4) {
      throw outOfBounds();
    }
    FLOAT.set(bytes, address, value);
  }

  @Override
  public void writeF64(int address, double value) {
    if (address < 0 || address > size - 8) {
      throw outOfBounds();
    }
    DOUBLE.set(bytes, address, value);
  }

  @Override
  public long readU16(int address) {
    return readShort(address) & 0xffffL;
  }

  @Override
  public long readF32(int address) {
    return readInt(address);
  }

  @Override
  public long readF64(int address) {
    return readLong(address);
  }

  // ---- bulk -----------------------------------------------------------------------------------

  private void checkBulk(int address, int length) {
    if (!contains(address, length)) {
      throw outOfBounds();
    }
  }

  @Override
  public void copy(int target, int source, int length) {
    checkBulk(source, length);
    checkBulk(target, length);
    System.arraycopy(bytes, source, bytes, target, length);
  }

  /**
   * {@inheritDoc} Guest code computes {@code to} by adding without care, so it may have wrapped.
   */
  @Override
  public void fill(byte value, int from, int to) {
    checkBulk(from, to - from);
    Arrays.fill(bytes, from, to, value);
  }

  @Override
  public void write(int address, byte[] data, int offset, int length) {
    checkBulk(address, length);
    System.arraycopy(data, offset, bytes, address, length);
  }

  @Override
  public byte[] readBytes(int address, int length) {
    checkBulk(address, length);
    return Arrays.copyOfRange(bytes, address, address + length);
  }

  @Override
  public void zero() {}

  // ---- segments -------------------------------------------------------------------------------

  /** Segments are laid down by {@link GuestInstance}, which knows them; nothing to do here. */
  @Override
  public void initialize(Instance instance, DataSegment[] dataSegments) {}

  @Override
  public void initPassiveSegment(int segment, int target, int offset, int length) {
    byte[] data = passiveData[segment];
    if ((offset & 0xffff_ffffL) + (length & 0xffff_ffffL) > data.length) {
      throw outOfBounds();
    }
    checkBulk(target, length);
    System.arraycopy(data, offset, bytes, target, length);
  }

  @Override
  public void drop(int segment) {
    passiveData[segment] = NO_BYTES;
  }

  // ---- threads, which no module here has ------------------------------------------------------

  @Override
  public boolean shared() {
    return false;
  }

  @Override
  @SuppressWarnings("removal")
  public Object lock(int address) {
    throw noThreads();
  }

  @Override
  @SuppressWarnings("removal")
  public int waitOn(int address, int expected, long timeout) {
    throw noThreads();
  }

  @Override
  @SuppressWarnings("removal")
  public int waitOn(int address, long expected, long timeout) {
    throw noThreads();
  }

  @Override
  @SuppressWarnings("removal")
  public int notify(int address, int maxThreads) {
    throw noThreads();
  }

  private static GuestTrap noThreads() {
    return new GuestTrap(TrapKind.OTHER, "atomic operations are not supported");
  }
}
