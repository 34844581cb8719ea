package io.vivarium.wasm.engine.binary;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Writes the binary format to a growing array. */
public final class BinaryWriter {
  /** Most bytes: what an array can have. */
  private static final int MOST_BYTES = Integer.MAX_VALUE - 8;

  private final Effort effort;
  private byte[] bytes = new byte[256];
  private int size;

  /** For what is small, or made by the host. */
  public BinaryWriter() {
    this(Effort.unlimited());
  }

  /** For what a module makes large; asks {@code effort} for memory. */
  public BinaryWriter(Effort effort) {
    this.effort = effort;
  }

  private void room(int more) {
    long wanted = (long) size + more;
    if (wanted > bytes.length) {
      if (wanted > MOST_BYTES) {
        throw new MalformedModule("the module becomes too large");
      }
      int grown = (int) Math.min(MOST_BYTES, Math.max(wanted, 2L * bytes.length));
      effort.take(grown - bytes.length);
      effort.step(more);
      bytes = Arrays.copyOf(bytes, grown);
    }
  }

  /** Bytes written. */
  public int size() {
    return size;
  }

  /** One byte. */
  public void u8(int value) {
    room(1);
    bytes[size++] = (byte) value;
  }

  /** An unsigned LEB128 number of 32 bits. */
  public void u32(int value) {
    int rest = value;
    while ((rest & ~0x7f) != 0) {
      u8((rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    u8(rest);
  }

  /** A signed LEB128 number. */
  public void s64(long value) {
    long rest = value;
    while (rest < -64 || rest > 63) {
      u8((int) (rest & 0x7f) | 0x80);
      rest >>= 7;
    }
    u8((int) rest & 0x7f);
  }

  /** The low bytes of a number, little-endian. */
  public void fixed(long value, int count) {
    for (int i = 0; i < count; i++) {
      u8((int) (value >>> (8 * i)));
    }
  }

  /** A part of an array. */
  public void bytes(byte[] source, int start, int end) {
    room(end - start);
    System.arraycopy(source, start, bytes, size, end - start);
    size += end - start;
  }

  /** Several bytes, given as ints. */
  public void raw(int... values) {
    for (int value : values) {
      u8(value);
    }
  }

  /** A name: its length and its UTF-8 bytes. */
  public void name(String name) {
    byte[] encoded = name.getBytes(StandardCharsets.UTF_8);
    u32(encoded.length);
    bytes(encoded, 0, encoded.length);
  }

  /** All that {@code other} has. */
  public void append(BinaryWriter other) {
    bytes(other.bytes, 0, other.size);
  }

  /** A section with its size. */
  public void section(int id, BinaryWriter contents) {
    u8(id);
    u32(contents.size);
    append(contents);
  }

  /** A copy of what was written. */
  public byte[] toByteArray() {
    effort.take(size);
    return Arrays.copyOf(bytes, size);
  }
}
