package io.vivarium.kernel.fs.host;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.ArrayBlockingQueue;

/**
 * Native memory that one host call works with: errno, two strings, a structure and a piece of file
 * contents. Recycled, so that a call allocates nothing; what many threads took at once beyond the
 * pool is left to the garbage collector.
 */
final class Scratch implements AutoCloseable {
  /** The most bytes of file contents that one call moves. */
  static final int DATA_BYTES = 64 << 10;

  /** The most bytes of one string, its terminator included (PATH_MAX). */
  static final int STRING_BYTES = 4096;

  private static final int STRUCT_BYTES = 512;
  private static final int STATE_BYTES = 64;
  private static final ArrayBlockingQueue<Scratch> POOL = new ArrayBlockingQueue<>(32);

  private final MemorySegment state;
  private final MemorySegment first;
  private final MemorySegment second;
  private final MemorySegment struct;
  private final MemorySegment data;

  private Scratch() {
    MemorySegment all =
        Arena.ofAuto()
            .allocate(STATE_BYTES + 2L * STRING_BYTES + STRUCT_BYTES + DATA_BYTES, Long.BYTES);
    long at = 0;
    state = all.asSlice(at, STATE_BYTES);
    first = all.asSlice(at += STATE_BYTES, STRING_BYTES);
    second = all.asSlice(at += STRING_BYTES, STRING_BYTES);
    struct = all.asSlice(at += STRING_BYTES, STRUCT_BYTES);
    data = all.asSlice(at + STRUCT_BYTES, DATA_BYTES);
  }

  /** Takes one for a call; {@link #close} gives it back. */
  static Scratch take() {
    Scratch recycled = POOL.poll();
    return recycled != null ? recycled : new Scratch();
  }

  /** Gives it back to the pool, or drops it when the pool is full. */
  @Override
  public void close() {
    boolean _ = POOL.offer(this);
  }

  /** Where a call leaves errno. */
  MemorySegment state() {
    return state;
  }

  /** The errno that the last failed call left. */
  int errno() {
    return state.get(JAVA_INT, Libc.ERRNO_OFFSET);
  }

  /** Room for a structure, 512 bytes. */
  MemorySegment struct() {
    return struct;
  }

  /** Room for file contents, {@link #DATA_BYTES}. */
  MemorySegment data() {
    return data;
  }

  /** A string as C has it. At most {@link #STRING_BYTES} with its terminator. */
  MemorySegment string(byte[] bytes) {
    return string(first, bytes);
  }

  /** A name as C has it. */
  MemorySegment name(HostName name) {
    return string(first, name.bytes());
  }

  /** The second string of a call. */
  MemorySegment second(byte[] bytes) {
    return string(second, bytes);
  }

  private static MemorySegment string(MemorySegment room, byte[] bytes) {
    MemorySegment.copy(bytes, 0, room, JAVA_BYTE, 0, bytes.length);
    room.set(JAVA_BYTE, bytes.length, (byte) 0);
    return room;
  }
}
