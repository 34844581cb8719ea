package io.vivarium.node.channel;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The memory that a host and one worker share: a file that both map, divided into slots, one for
 * each Node runtime. What lies in it may be changed by the worker at any time, so the host copies
 * what it decides about, once. Untouched slots cost nothing.
 */
public final class Region {
  private final MemorySegment memory;
  private final int slots;

  private Region(MemorySegment memory, int slots) {
    this.memory = memory;
    this.slots = slots;
  }

  /**
   * Makes the file, which must not exist.
   *
   * @param arena how long the memory is mapped
   */
  public static Region create(Path file, int slots, Arena arena) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.SPARSE,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE)) {
      return map(channel, slots, arena);
    }
  }

  /** Opens a file that {@link #create} made. */
  public static Region open(Path file, int slots, Arena arena) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      return map(channel, slots, arena);
    }
  }

  private static Region map(FileChannel channel, int slots, Arena arena) throws IOException {
    long size = (long) slots * Slot.BYTES;
    return new Region(channel.map(FileChannel.MapMode.READ_WRITE, 0, size, arena), slots);
  }

  /** How many slots there are. */
  public int slots() {
    return slots;
  }

  /** A slot, from 0. */
  public Slot slot(int index) {
    return new Slot(index, memory.asSlice((long) index * Slot.BYTES, Slot.BYTES));
  }
}
