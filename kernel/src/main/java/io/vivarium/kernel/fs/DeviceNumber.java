package io.vivarium.kernel.fs;

/** Device numbers as {@code makedev(3)} packs them: 12 bits of major, 20 of minor in common use. */
public final class DeviceNumber {
  private DeviceNumber() {}

  /** Packs major and minor in the encoding of glibc's {@code makedev}. */
  public static long of(int major, int minor) {
    long x = major & 0xffffffffL;
    long y = minor & 0xffffffffL;
    return ((x & 0xfffff000L) << 32)
        | ((x & 0xfffL) << 8)
        | ((y & 0xffffff00L) << 12)
        | (y & 0xffL);
  }

  /** The major number. */
  public static int major(long device) {
    return (int) (((device >>> 32) & 0xfffff000L) | ((device >>> 8) & 0xfffL));
  }

  /** The minor number. */
  public static int minor(long device) {
    return (int) (((device >>> 12) & 0xffffff00L) | (device & 0xffL));
  }
}
