package io.vivarium.kernel.text;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * Guest byte strings as Java strings, without loss.
 *
 * <p>Linux names, paths, arguments and environment entries are bytes. The kernel holds them as
 * {@link String}: valid UTF-8 becomes the text it means, and every byte that is not part of valid
 * UTF-8 becomes a lone surrogate U+DC80..U+DCFF (the "surrogate escape" of PEP 383). Encoding turns
 * those back into the same bytes, so {@code encode(decode(b))} equals {@code b} for every b.
 */
public final class ByteStrings {
  private static final char ESCAPE_BASE = 0xDC00;
  private static final char REPLACEMENT = '\uFFFD';

  private ByteStrings() {}

  /** Decodes the whole array. */
  public static String decode(byte[] bytes) {
    return decode(bytes, 0, bytes.length);
  }

  /** Decodes {@code length} bytes from {@code offset}. */
  public static String decode(byte[] bytes, int offset, int length) {
    String text = new String(bytes, offset, length, UTF_8);
    return text.indexOf(REPLACEMENT) < 0 ? text : decodeEscaping(bytes, offset, length);
  }

  /** The bytes of a string that {@link #decode} made or that is ordinary text. */
  public static byte[] encode(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        return encodeEscaping(text);
      }
    }
    return text.getBytes(UTF_8);
  }

  /** How many bytes {@link #encode} gives. */
  public static int length(String text) {
    int length = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < 0x80) {
        length += 1;
      } else if (c < 0x800) {
        length += 2;
      } else if (!Character.isSurrogate(c)) {
        length += 3;
      } else if (isPair(text, i)) {
        length += 4;
        i++;
      } else {
        length += isEscape(c) ? 1 : 3;
      }
    }
    return length;
  }

  private static String decodeEscaping(byte[] bytes, int offset, int length) {
    StringBuilder text = new StringBuilder(length);
    int end = offset + length;
    int i = offset;
    while (i < end) {
      int sequence = validSequence(bytes, i, end);
      if (sequence == 0) {
        text.append((char) (ESCAPE_BASE + (bytes[i] & 0xff)));
        i++;
      } else {
        text.append(new String(bytes, i, sequence, UTF_8));
        i += sequence;
      }
    }
    return text.toString();
  }

  /** Length of the valid UTF-8 sequence at {@code at} (Unicode table 3-7), or 0 for none. */
  private static int validSequence(byte[] bytes, int at, int end) {
    int lead = bytes[at] & 0xff;
    if (lead < 0x80) {
      return 1;
    }
    int count = lead >= 0xc2 && lead <= 0xdf ? 2 : lead >= 0xe0 && lead <= 0xef ? 3 : 4;
    if (lead < 0xc2 || lead > 0xf4 || at + count > end) {
      return 0;
    }
    int low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
    int high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
    int second = bytes[at + 1] & 0xff;
    if (second < low || second > high) {
      return 0;
    }
    for (int i = 2; i < count; i++) {
      if ((bytes[at + i] & 0xc0) != 0x80) {
        return 0;
      }
    }
    return count;
  }

  private static byte[] encodeEscaping(String text) {
    byte[] bytes = new byte[length(text)];
    int at = 0;
    int i = 0;
    while (i < text.length()) {
      char c = text.charAt(i);
      if (isEscape(c) && !isPair(text, i)) {
        bytes[at++] = (byte) (c - ESCAPE_BASE);
        i++;
        continue;
      }
      int width = isPair(text, i) ? 2 : 1;
      // A surrogate that is neither a pair nor an escape has no bytes; it becomes U+FFFD.
      byte[] part =
          width == 1 && Character.isSurrogate(c)
              ? String.valueOf(REPLACEMENT).getBytes(UTF_8)
              : text.substring(i, i + width).getBytes(UTF_8);
      System.arraycopy(part, 0, bytes, at, part.length);
      at += part.length;
      i += width;
    }
    return bytes;
  }

  private static boolean isPair(String text, int i) {
    return Character.isHighSurrogate(text.charAt(i))
        && i + 1 < text.length()
        && Character.isLowSurrogate(text.charAt(i + 1));
  }

  private static boolean isEscape(char c) {
    return c >= ESCAPE_BASE + 0x80 && c <= ESCAPE_BASE + 0xff;
  }
}
