package io.vivarium.wasm.wasi;

import io.vivarium.kernel.fs.DirectoryVisitor;
import io.vivarium.kernel.fs.FileType;
import io.vivarium.kernel.text.ByteStrings;
import io.vivarium.wasm.engine.GuestMemory;

/**
 * Fills a guest buffer with directory entries for {@code fd_readdir}. A record is 24 bytes and the
 * name: cookie of the next entry u64 at 0, inode u64 at 8, length of the name u32 at 16, type u8 at
 * 20. Records follow each other without padding. The last one is cut where the buffer ends: a full
 * buffer tells the guest to come again.
 *
 * <p>Source: WASI preview 1, type {@code dirent} and {@code fd_readdir}; ABI section 5.
 */
public final class DirentWriter implements DirectoryVisitor {
  static final int HEADER = 24;

  private final GuestMemory memory;
  private final int address;
  private final int capacity;
  private final byte[] header = new byte[HEADER];
  private int used;

  /** Writes to {@code capacity} bytes at {@code address}, which have been checked. */
  public DirentWriter(GuestMemory memory, int address, int capacity) {
    this.memory = memory;
    this.address = address;
    this.capacity = capacity;
  }

  /** Bytes written so far. */
  public int used() {
    return used;
  }

  @Override
  public boolean entry(String name, long ino, FileType type, long cookie) {
    byte[] bytes = ByteStrings.encode(name);
    putLong(0, cookie);
    putLong(8, ino);
    putLong(16, bytes.length | (long) WasiFileType.of(type) << 32);
    append(header);
    append(bytes);
    return used < capacity;
  }

  private void append(byte[] bytes) {
    int part = Math.min(bytes.length, capacity - used);
    memory.copyIn(address + used, bytes, 0, part);
    used += part;
  }

  private void putLong(int at, long value) {
    for (int i = 0; i < 8; i++) {
      header[at + i] = (byte) (value >>> (8 * i));
    }
  }
}
