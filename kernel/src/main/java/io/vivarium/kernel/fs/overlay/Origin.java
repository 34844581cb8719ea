package io.vivarium.kernel.fs.overlay;

import io.vivarium.kernel.text.ByteStrings;

/**
 * Where in the lower trees a file comes from.
 *
 * @param layer the layer, 0 is the uppermost
 * @param ino its inode number there
 * @param path a path of it in that layer
 */
record Origin(int layer, long ino, String path) {
  private static final int INO_BITS = 48;

  byte[] toBytes() {
    return ByteStrings.encode(layer + ":" + ino + ":" + path);
  }

  static Origin of(byte[] bytes) {
    String text = ByteStrings.decode(bytes);
    int first = text.indexOf(':');
    int second = text.indexOf(':', first + 1);
    return new Origin(
        Integer.parseInt(text, 0, first, 10),
        Long.parseLong(text, first + 1, second, 10),
        text.substring(second + 1));
  }

  /** The inode number in the union; those of the upper file system are smaller. */
  long unionIno() {
    return unionIno(layer, ino);
  }

  /** The inode number in the union of a file of a layer. */
  static long unionIno(int layer, long ino) {
    boolean fits = ino > 0 && ino >>> INO_BITS == 0;
    // Numbers beyond 48 bits are folded; two files might then look alike, but are never mixed up.
    long low = fits ? ino : (ino * 0x9E3779B97F4A7C15L) >>> (Long.SIZE - INO_BITS);
    return (layer + 1L) << INO_BITS | low;
  }
}
