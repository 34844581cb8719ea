package io.vivarium.wasm.engine;

import io.vivarium.wasm.engine.binary.ModuleStructure;
import io.vivarium.wasm.engine.binary.ModuleStructure.DataSegment;
import io.vivarium.wasm.engine.binary.ModuleStructure.Mode;
import java.util.Arrays;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * The one implementation of guest memory: a flat array with some room to grow. Public only because
 * compiled guest code, which lives in class loaders of its own, names it; nobody else does. Its
 * loads and stores are in {@link GuestCode}.
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
   * A memory of {@code initialPages}, all zero, with room for what such memories usually grow to if
   * there is plenty.
   *
   * @param maximumPages what the module and the limits allow, at least {@code initialPages}
   * @param module whose data segments memory.init copies from
   * @return null when the memory is not admitted
   */
  static @Nullable LinearMemory allocate(
      int initialPages,
      int maximumPages,
      MemoryAdmission admission,
      ModuleStructure module,
      UsualMemory usual) {
    LinearMemory memory = new LinearMemory(maximumPages, admission, module);
    int initial = initialPages << 16;
    int roomy = (int) Math.min(usual.capacity(initial), (long) maximumPages << 16);
    if (roomy > initial && admission.ample(roomy) && memory.resize(initial, roomy)) {
      return memory;
    }
    if (memory.resize(initial, initial)) {
      return memory;
    }
    admission.refused(initial);
    return null;
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

  static GuestTrap outOfBounds() {
    return new GuestTrap(TrapKind.MEMORY_OUT_OF_BOUNDS, "out of bounds memory access");
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
