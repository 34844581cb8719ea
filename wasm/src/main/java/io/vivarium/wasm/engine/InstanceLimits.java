package io.vivarium.wasm.engine;

import org.jspecify.annotations.Nullable;

/**
 * What one instance may have.
 *
 * @param memoryPages most pages of 64 KiB its memory can grow to, 0 to {@value #MAX_MEMORY_PAGES};
 *     growth beyond answers -1 to the guest, a module that starts with more can not be instantiated
 * @param tableElements most elements all its tables together can have; each costs 4 bytes
 * @param admission asked before memory is allocated
 * @param fuel what an instance of a metered module pays from; null for as much as it likes. Modules
 *     that are not metered cannot be limited this way
 */
public record InstanceLimits(
    int memoryPages, int tableElements, MemoryAdmission admission, @Nullable FuelTank fuel) {
  /** Bytes in a page of linear memory. */
  public static final int PAGE = 65_536;

  /** Just under 2 GiB: what one Java array holds. */
  public static final int MAX_MEMORY_PAGES = 32_767;

  /** 1 GiB of memory, a million table elements, no admission, no limit on fuel. */
  public static final InstanceLimits DEFAULT =
      new InstanceLimits(16_384, 1 << 20, MemoryAdmission.unlimited(), null);

  /** Checks the ranges. */
  public InstanceLimits {
    if (memoryPages < 0 || memoryPages > MAX_MEMORY_PAGES) {
      throw new IllegalArgumentException(
          "memoryPages is " + memoryPages + ", allowed are 0 to " + MAX_MEMORY_PAGES);
    }
    if (tableElements < 0) {
      throw new IllegalArgumentException("tableElements is negative: " + tableElements);
    }
  }

  /** The same with another number of pages. */
  public InstanceLimits withMemoryPages(int pages) {
    return new InstanceLimits(pages, tableElements, admission, fuel);
  }

  /** The same with another admission. */
  public InstanceLimits withAdmission(MemoryAdmission other) {
    return new InstanceLimits(memoryPages, tableElements, other, fuel);
  }

  /** The same with another tank. */
  public InstanceLimits withFuel(@Nullable FuelTank tank) {
    return new InstanceLimits(memoryPages, tableElements, admission, tank);
  }
}
