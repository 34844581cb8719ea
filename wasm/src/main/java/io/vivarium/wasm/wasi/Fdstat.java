package io.vivarium.wasm.wasi;

import io.vivarium.wasm.engine.GuestMemory;

/**
 * The structure that {@code fd_fdstat_get} fills, 24 bytes: file type u8 at 0, flags u16 at 2,
 * rights u64 at 8, inherited rights u64 at 16.
 *
 * <p>Source: WASI preview 1, type {@code fdstat}.
 */
public final class Fdstat {
  public static final int SIZE = 24;

  private Fdstat() {}

  /** Writes one, padding included. */
  public static void write(
      GuestMemory memory, int address, int type, int flags, long rights, long inheriting) {
    memory.offset(address, SIZE);
    memory.putLong(address, (type & 0xffL) | (flags & 0xffffL) << 16);
    memory.putLong(address + 8, rights);
    memory.putLong(address + 16, inheriting);
  }
}
