package io.vivarium.wasm.engine;

import java.util.Arrays;
import java.util.Random;

/** Changes bytes of a module, in ways that get past the first checks of a decoder. */
final class Mutation {
  /** Bytes that mean something nearly everywhere: ends, types, prefixes, long numbers. */
  private static final int[] TELLING = {
    0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x0b, 0x0c, 0x0e, 0x10, 0x11, 0x1a, 0x1b, 0x1c, 0x20, 0x22,
    0x40, 0x41, 0x60, 0x6f, 0x70, 0x7b, 0x7c, 0x7d, 0x7e, 0x7f, 0x80, 0xd0, 0xd2, 0xfc, 0xfd, 0xff
  };

  private static final byte[][] NUMBERS = {
    {-1, -1, -1, -1, 15},
    {-128, -128, -128, -128, 8},
    {-1, -1, -1, -1, 7},
    {-128, -128, 4},
    {-1, -1, -1, -1, -1, -1, -1, -1, -1, 1},
    {-128, -128, -128, -128, -128, 0}
  };

  private Mutation() {}

  /** A changed copy. */
  static byte[] of(byte[] module, Random random) {
    byte[] bytes = module;
    int changes = 1 + random.nextInt(random.nextBoolean() ? 2 : 8);
    for (int i = 0; i < changes; i++) {
      bytes = changeOnce(bytes, random);
    }
    return bytes;
  }

  private static byte[] changeOnce(byte[] bytes, Random random) {
    if (bytes.length < 10) {
      return bytes;
    }
    int at = 8 + random.nextInt(bytes.length - 8);
    int length = Math.min(bytes.length - at, 1 + random.nextInt(12));
    return switch (random.nextInt(8)) {
      case 0 -> with(bytes, at, 1, (byte) random.nextInt(256));
      case 1, 2 -> with(bytes, at, 1, (byte) TELLING[random.nextInt(TELLING.length)]);
      case 3 -> with(bytes, at, 1, (byte) (bytes[at] ^ 1 << random.nextInt(8)));
      case 4 -> with(bytes, at, 1, NUMBERS[random.nextInt(NUMBERS.length)]);
      case 5 -> with(bytes, at, length);
      case 6 -> with(bytes, at, 0, Arrays.copyOfRange(bytes, at, at + length));
      default ->
          random.nextInt(4) == 0
              ? Arrays.copyOf(bytes, at)
              : with(bytes, 8 + random.nextInt(bytes.length - 8), 0, piece(bytes, at, length));
    };
  }

  private static byte[] piece(byte[] bytes, int at, int length) {
    return Arrays.copyOfRange(bytes, at, at + length);
  }

  /** Other bytes instead of some. */
  private static byte[] with(byte[] bytes, int at, int removed, byte... inserted) {
    int gone = Math.min(removed, bytes.length - at);
    byte[] changed = new byte[bytes.length - gone + inserted.length];
    System.arraycopy(bytes, 0, changed, 0, at);
    System.arraycopy(inserted, 0, changed, at, inserted.length);
    System.arraycopy(bytes, at + gone, changed, at + inserted.length, bytes.length - at - gone);
    return changed;
  }
}
