package io.vivarium.wasm.engine;

import io.vivarium.wasm.engine.binary.ModuleStructure;
import io.vivarium.wasm.engine.binary.ModuleStructure.DataSegment;
import io.vivarium.wasm.engine.binary.ModuleStructure.Mode;
import java.util.Arrays;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * The one implementation of guest memory: a flat array with some room to grow. Public only because
 * compiled guest code, which lives in class loaders of its own, calls it; nobody else does.
 *
 * <p>Every access checks against the size, not against the array, which may be longer. Addresses
 * are unsigned; a negative int is beyond 2 GiB and so always outside.
 *
 * <p>Growth makes the array a quarter larger than asked for, asks the {@link MemoryAdmission} for
 * what the array really takes, and answers -1 whenever anything does not fit, out of memory
 * included.
 */
public final class LinearMemory extends GuestMemory {
  static final byte[] NO_BYTES = new byte[0];

  /** Most bytes of room that growth leaves behind the guest's memory. */
  private static final int MOST_SLACK = 64 << 20;

  private final int maximumPages;
  private final MemoryAdmission admission;
  private final ModuleStructure module;
  private final BitSet droppedData = new BitSet();
  private long admitted;

  private LinearMemory(int maximumPages, MemoryAdmission admission, ModuleStructure module) {
    this.maximumPages = maximumPages;
    this.admission = admission;
    this.module = module;
  }

  /**
   * A memory of {@code initialPages}, all zero.
   *
   * @param maximumPages what the module and the limits allow, at least {@code initialPages}
   * @param module whose data segments memory.init copies from
   * @return null when the memory is not admitted
   */
  static @Nullable LinearMemory allocate(
      int initialPages, int maximumPages, MemoryAdmission admission, ModuleStructure module) {
    LinearMemory memory = new LinearMemory(maximumPages, admission, module);
    if (!memory.resize(initialPages << 16, initialPages << 16)) {
      admission.refused((long) initialPages << 16);
      return null;
    }
    return memory;
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
    admission.sized(newSize);
    return true;
  }

  /** memory.grow: the pages before, or -1 when there can not be so many more. */
  int grow(int delta) {
    int before = pages();
    if (delta < 0 || delta > maximumPages - before) {
      admission.refused((before + (delta & 0xffff_ffffL)) << 16);
      return -1;
    }
    int newSize = (before + delta) << 16;
    if (newSize <= bytes.length) {
      size = newSize;
      admission.sized(newSize);
      return before;
    }
    long wanted = newSize + (long) Math.min(Math.max(newSize >>> 2, 1 << 18), MOST_SLACK);
    int roomy = (int) Math.min(wanted & -65_536L, (long) maximumPages << 16);
    if (resize(newSize, roomy) || resize(newSize, newSize)) {
      return before;
    }
    admission.refused(newSize);
    return -1;
  }

  // ---- loads and stores of guest code ---------------------------------------------------------
  //
  // An address is a base and a constant offset, both unsigned. Memory ends below 2 GiB, so whenever
  // one of the two or their sum is negative as an int, the address lies outside.
  //
  // A guest function has hundreds of these calls. Each method is one longer than 35 bytes of
  // bytecode on purpose: up to that length HotSpot's first compiler copies a method, and all that
  // is behind a VarHandle, into every caller. That made compiling guests many times slower, and
  // the largest functions exceeded what that compiler can compile at all, so they stayed
  // interpreted. Where it pays, the second compiler copies methods of this length too.

  static GuestTrap outOfBounds() {
    return new GuestTrap(TrapKind.MEMORY_OUT_OF_BOUNDS, "out of bounds memory access");
  }

  byte read(int base, int offset) {
    int address = base + offset;
    byte[] present = bytes;
    if (base < 0 || offset < 0 || address < 0 || address >= size) {
      throw outOfBounds();
    }
    return present[address];
  }

  short readShort(int base, int offset) {
    int address = base + offset;
    if ((base | offset | address) < 0 || address > size - 2) {
      throw outOfBounds();
    }
    return (short) SHORT.get(bytes, address);
  }

  int readInt(int base, int offset) {
    int address = base + offset;
    if ((base | offset | address) < 0 || address > size - 4) {
      throw outOfBounds();
    }
    return (int) INT.get(bytes, address);
  }

  long readLong(int base, int offset) {
    int address = base + offset;
    if ((base | offset | address) < 0 || address > size - 8) {
      throw outOfBounds();
    }
    return (long) LONG.get(bytes, address);
  }

  void writeByte(int base, int offset, byte value) {
    int address = base + offset;
    byte[] present = bytes;
    if (base < 0 || offset < 0 || address < 0 || address >= size) {
      throw outOfBounds();
    }
    present[address] = value;
  }

  void writeShort(int base, int offset, short value) {
    int address = base + offset;
    if ((base | offset | address) < 0 || address > size - 2) {
      throw outOfBounds();
    }
    SHORT.set(bytes, address, value);
  }

  void writeInt(int base, int offset, int value) {
    int address = base + offset;
    if ((base | offset | address) < 0 || address > size - 4) {
      throw outOfBounds();
    }
    INT.set(bytes, address, value);
  }

  void writeLong(int base, int offset, long value) {
    int address = base + offset;
    if ((base | offset | address) < 0 || address > size - 8) {
      throw outOfBounds();
    }
    LONG.set(bytes, address, value);
  }

  // ---- bulk -----------------------------------------------------------------------------------

  private void checkBulk(int address, int length) {
    if (!contains(address, length)) {
      throw outOfBounds();
    }
  }

  /** memory.copy. */
  void copy(int target, int source, int length) {
    checkBulk(source, length);
    checkBulk(target, length);
    System.arraycopy(bytes, source, bytes, target, length);
  }

  /** memory.fill. */
  void fill(int address, byte value, int length) {
    checkBulk(address, length);
    Arrays.fill(bytes, address, address + length, value);
  }

  // ---- segments -------------------------------------------------------------------------------

  /** memory.init: copies from a data segment; an active or dropped one is empty. */
  void init(int segment, int target, int offset, int length) {
    DataSegment data = module.data().get(segment);
    boolean present = data.mode() == Mode.PASSIVE && !droppedData.get(segment);
    int available = present ? data.end() - data.start() : 0;
    if ((offset & 0xffff_ffffL) + (length & 0xffff_ffffL) > available) {
      throw outOfBounds();
    }
    checkBulk(target, length);
    System.arraycopy(module.bytes(), data.start() + offset, bytes, target, length);
  }

  /** data.drop. */
  void drop(int segment) {
    droppedData.set(segment);
  }
}
