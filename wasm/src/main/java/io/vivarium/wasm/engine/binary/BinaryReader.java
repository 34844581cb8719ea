package io.vivarium.wasm.engine.binary;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** A cursor over bytes of the binary format. Never reads past its limit. */
public final class BinaryReader {
  private final byte[] bytes;
  private final int limit;
  private int position;

  /** Reads {@code bytes[start..end]}. */
  public BinaryReader(byte[] bytes, int start, int end) {
    this.bytes = bytes;
    this.position = start;
    this.limit = end;
  }

  /** Where the next byte comes from. */
  public int position() {
    return position;
  }

  /** Where the bytes end. */
  public int limit() {
    return limit;
  }

  /** Whether nothing is left. */
  public boolean atEnd() {
    return position >= limit;
  }

  /** Bytes left. */
  public int remaining() {
    return limit - position;
  }

  /** One byte, 0 to 255. */
  public int u8() {
    if (position >= limit) {
      throw malformed("unexpected end");
    }
    return bytes[position++] & 0xff;
  }

  /** The next byte without consuming it. */
  public int peek() {
    if (position >= limit) {
      throw malformed("unexpected end");
    }
    return bytes[position] & 0xff;
  }

  /** An unsigned 32-bit LEB128 number, as the bits of an int. */
  public int u32() {
    int result = 0;
    for (int shift = 0; ; shift += 7) {
      int b = u8();
      if (shift == 28 && (b & 0xf0) != 0) {
        throw malformed((b & 0x80) != 0 ? "integer representation too long" : "integer too large");
      }
      result |= (b & 0x7f) << shift;
      if ((b & 0x80) == 0) {
        return result;
      }
    }
  }

  /**
   * The length of a list whose elements take at least one byte each, so it can not be longer than
   * the bytes that are left.
   *
   * @param what for the message
   * @param most the largest length the engine accepts
   */
  public int count(String what, int most) {
    int count = u32();
    if (count < 0 || count > most) {
      throw malformed("too many " + what + ": " + Integer.toUnsignedLong(count));
    }
    if (count > remaining()) {
      throw malformed("unexpected end: " + count + " " + what + " announced");
    }
    return count;
  }

  /** A signed 32-bit LEB128 number. */
  public int s32() {
    return (int) signed(32);
  }

  /** A signed 33-bit LEB128 number: a block type. */
  public long s33() {
    return signed(33);
  }

  /** A signed 64-bit LEB128 number. */
  public long s64() {
    return signed(64);
  }

  private long signed(int bits) {
    long result = 0;
    for (int shift = 0; ; shift += 7) {
      int b = u8();
      result |= (long) (b & 0x7f) << shift;
      int room = bits - shift;
      if (room < 7) {
        // The bits that do not fit have to repeat the sign.
        int unused = (byte) (b << 1) >> room;
        if ((b & 0x80) != 0) {
          throw malformed("integer representation too long");
        }
        if (unused != 0 && unused != -1) {
          throw malformed("integer too large");
        }
      }
      if ((b & 0x80) == 0) {
        int used = Math.min(shift + 7, 64);
        return result << (64 - used) >> (64 - used);
      }
    }
  }

  /** Four bytes, little-endian. */
  public int fixed32() {
    int at = position;
    skip(4);
    return (bytes[at] & 0xff)
        | (bytes[at + 1] & 0xff) << 8
        | (bytes[at + 2] & 0xff) << 16
        | (bytes[at + 3] & 0xff) << 24;
  }

  /** Eight bytes, little-endian. */
  public long fixed64() {
    return (fixed32() & 0xffff_ffffL) | ((long) fixed32() << 32);
  }

  /** Moves on. */
  public void skip(int count) {
    if (count < 0 || count > remaining()) {
      throw malformed("unexpected end");
    }
    position += count;
  }

  /** Moves to an absolute position, at most the limit. */
  public void seek(int target) {
    position = target;
  }

  /** A name: its length and UTF-8 bytes. */
  public String name() {
    int length = count("bytes of a name", 100_000);
    ByteBuffer encoded = ByteBuffer.wrap(bytes, position, length);
    position += length;
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(encoded).toString();
    } catch (CharacterCodingException e) {
      throw malformed("malformed UTF-8 encoding");
    }
  }

  /** An exception that tells where. */
  public MalformedModule malformed(String message) {
    return new MalformedModule(message + " (at byte " + position + ")");
  }
}
