package io.vivarium.kernel.net;

import org.jspecify.annotations.Nullable;

/**
 * An IPv4 or IPv6 address. Immutable.
 *
 * @param six whether it is of IPv6
 * @param high the first eight bytes of an IPv6 address, else 0
 * @param low the last eight bytes, or the four of an IPv4 address
 */
public record IpAddress(boolean six, long high, long low) {
  /** 0.0.0.0, INADDR_ANY. */
  public static final IpAddress ANY = new IpAddress(false, 0, 0);

  /** 127.0.0.1, INADDR_LOOPBACK. */
  public static final IpAddress LOOPBACK = new IpAddress(false, 0, 0x7f00_0001);

  /** ::, in6addr_any. */
  public static final IpAddress ANY_6 = new IpAddress(true, 0, 0);

  /** ::1, in6addr_loopback. */
  public static final IpAddress LOOPBACK_6 = new IpAddress(true, 0, 1);

  private static final long MAPPED = 0xffff_0000_0000L;
  private static final long FOUR_MASK = 0xffff_ffffL;
  private static final int LOOPBACK_NET = 127;
  private static final int GROUPS = 8;

  /** The address with four bytes, or sixteen, in network order. */
  public static IpAddress of(byte[] bytes) {
    if (bytes.length != 4 && bytes.length != 16) {
      throw new IllegalArgumentException("an address has 4 or 16 bytes, not " + bytes.length);
    }
    long high = 0;
    long low = 0;
    for (byte value : bytes) {
      high = high << 8 | low >>> 56;
      low = low << 8 | (value & 0xff);
    }
    return new IpAddress(bytes.length == 16, high, low);
  }

  /** Four or sixteen bytes in network order. */
  public byte[] bytes() {
    byte[] bytes = new byte[six ? 16 : 4];
    for (int i = 0; i < bytes.length; i++) {
      int fromEnd = bytes.length - 1 - i;
      bytes[i] = (byte) (fromEnd >= 8 ? high >>> (8 * (fromEnd - 8)) : low >>> (8 * fromEnd));
    }
    return bytes;
  }

  /** Whether it stands for all addresses of the machine. */
  public boolean isAny() {
    return high == 0 && low == 0;
  }

  /** Whether it is in 127.0.0.0/8, or ::1. */
  public boolean isLoopback() {
    return six ? equals(LOOPBACK_6) : low >>> 24 == LOOPBACK_NET;
  }

  /** Whether it is an IPv4 address in the form of IPv6 (::ffff:0:0/96). */
  public boolean isMapped() {
    return six && high == 0 && (low & ~FOUR_MASK) == MAPPED;
  }

  /** The IPv4 address that is mapped; itself when none is. */
  public IpAddress unmapped() {
    return isMapped() ? new IpAddress(false, 0, low & FOUR_MASK) : this;
  }

  /** An IPv4 address in the form of IPv6; itself when it is of IPv6. */
  public IpAddress mapped() {
    return six ? this : new IpAddress(true, 0, MAPPED | low);
  }

  // ---- text -------------------------------------------------------------------------------------

  /**
   * The address that a text is a literal of (inet_pton(3)); null when it is none. IPv6 without
   * brackets; a scope is no part of it.
   */
  public static @Nullable IpAddress parse(String text) {
    return text.indexOf(':') >= 0 ? parseSix(text) : parseFour(text);
  }

  private static @Nullable IpAddress parseFour(String text) {
    String[] parts = text.split("\\.", -1);
    if (parts.length != 4) {
      return null;
    }
    long value = 0;
    for (String part : parts) {
      int number = number(part, 10, 3);
      if (number < 0 || number > 255 || (part.length() > 1 && part.charAt(0) == '0')) {
        return null;
      }
      value = value << 8 | number;
    }
    return new IpAddress(false, 0, value);
  }

  private static @Nullable IpAddress parseSix(String text) {
    int gap = text.indexOf("::");
    if (gap < 0) {
      int[] all = groups(text);
      return all != null && all.length == GROUPS ? ofGroups(all, new int[0]) : null;
    }
    int[] front = groups(text.substring(0, gap));
    int[] back = groups(text.substring(gap + 2));
    if (front == null || back == null || front.length + back.length >= GROUPS) {
      return null;
    }
    return ofGroups(front, back);
  }

  private static IpAddress ofGroups(int[] front, int[] back) {
    int[] all = new int[GROUPS];
    System.arraycopy(front, 0, all, 0, front.length);
    System.arraycopy(back, 0, all, GROUPS - back.length, back.length);
    long high = 0;
    long low = 0;
    for (int i = 0; i < GROUPS / 2; i++) {
      high = high << 16 | all[i];
      low = low << 16 | all[GROUPS / 2 + i];
    }
    return new IpAddress(true, high, low);
  }

  /** Groups of sixteen bits, of which the last two may be written as an IPv4 address. */
  private static int @Nullable [] groups(String text) {
    if (text.isEmpty()) {
      return new int[0];
    }
    String[] parts = text.split(":", -1);
    String last = parts[parts.length - 1];
    boolean four = last.indexOf('.') >= 0;
    int[] groups = new int[parts.length + (four ? 1 : 0)];
    for (int i = 0; i < parts.length - (four ? 1 : 0); i++) {
      groups[i] = number(parts[i], 16, 4);
      if (groups[i] < 0) {
        return null;
      }
    }
    if (four) {
      IpAddress inner = parseFour(last);
      if (inner == null) {
        return null;
      }
      groups[groups.length - 2] = (int) (inner.low >>> 16);
      groups[groups.length - 1] = (int) (inner.low & 0xffff);
    }
    return groups;
  }

  private static int number(String text, int radix, int longest) {
    if (text.isEmpty() || text.length() > longest) {
      return -1;
    }
    int value = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      int digit = c < 0x80 ? Character.digit(c, radix) : -1;
      if (digit < 0) {
        return -1;
      }
      value = value * radix + digit;
    }
    return value;
  }

  /** The literal of RFC 5952, without brackets. */
  @Override
  public String toString() {
    if (!six) {
      return (low >>> 24) + "." + (low >>> 16 & 255) + "." + (low >>> 8 & 255) + "." + (low & 255);
    }
    if (isMapped()) {
      return "::ffff:" + unmapped();
    }
    int start = -1;
    int length = 1;
    for (int i = 0; i < GROUPS; i++) {
      int end = i;
      while (end < GROUPS && group(end) == 0) {
        end++;
      }
      if (end - i > length) {
        start = i;
        length = end - i;
      }
    }
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < GROUPS; i++) {
      if (i == start) {
        text.append("::");
        i = i + length - 1;
      } else {
        boolean first = text.isEmpty() || text.charAt(text.length() - 1) == ':';
        text.append(first ? "" : ":").append(Integer.toHexString(group(i)));
      }
    }
    return text.toString();
  }

  private int group(int index) {
    long half = index < GROUPS / 2 ? high : low;
    return (int) (half >>> (16 * (GROUPS / 2 - 1 - index % (GROUPS / 2)))) & 0xffff;
  }
}
