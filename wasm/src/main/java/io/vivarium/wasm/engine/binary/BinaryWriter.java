package io.vivarium.wasm.engine.binary;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Writes the binary format to a growing array. */
public final class BinaryWriter {
  private byte[] bytes = new byte[256];
  private int size;

  private void room(int more) {
    if (size + more > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(size + more, 2 * bytes.length));
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
    return Arrays.copyOf(bytes, size);
  }
}
