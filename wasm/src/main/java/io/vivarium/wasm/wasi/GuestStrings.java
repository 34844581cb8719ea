package io.vivarium.wasm.wasi;

import static io.vivarium.kernel.errno.Errno.E2BIG;
import static io.vivarium.kernel.errno.Errno.EINVAL;
import static io.vivarium.kernel.errno.Errno.ENAMETOOLONG;

import io.vivarium.kernel.errno.Errno;
import io.vivarium.kernel.text.ByteStrings;
import io.vivarium.kernel.trace.Phase;
import io.vivarium.kernel.trace.PhaseClock;
import io.vivarium.wasm.engine.GuestMemory;
import java.util.ArrayList;
import java.util.List;

/**
 * Strings in guest memory: an address and a length, no terminator. They are bytes; {@link
 * ByteStrings} makes them Java strings without loss.
 *
 * <p>Source: ABI section 0.
 */
public final class GuestStrings {
  /** Longest path, bytes (PATH_MAX without its terminator). */
  public static final int MAX_PATH = 4095;

  /** Most bytes of arguments, and of environment, that a new program can be given. */
  public static final int MAX_TABLE = 1 << 20;

  private GuestStrings() {}

  /**
   * A path; may be empty, which the call then judges.
   *
   * @throws io.vivarium.kernel.errno.ErrnoException ENAMETOOLONG; EINVAL when it contains a NUL
   */
  public static String path(GuestMemory memory, int address, int length) {
    return text(memory, address, length, MAX_PATH, ENAMETOOLONG);
  }

  /**
   * Any string without NUL.
   *
   * @param limit most bytes it may have
   * @param tooLong the error when it has more
   * @throws io.vivarium.kernel.errno.ErrnoException {@code tooLong}; EINVAL when it contains a NUL
   */
  public static String text(GuestMemory memory, int address, int length, int limit, Errno tooLong) {
    Phase before = PhaseClock.enter(Phase.DECODE);
    try {
      return decode(memory, address, length, limit, tooLong);
    } finally {
      PhaseClock.leave(before);
    }
  }

  private static String decode(
      GuestMemory memory, int address, int length, int limit, Errno tooLong) {
    int from = memory.offset(address, length);
    if (length > limit) {
      throw tooLong.exception();
    }
    byte[] bytes = memory.array();
    for (int i = from; i < from + length; i++) {
      if (bytes[i] == 0) {
        throw EINVAL.exception();
      }
    }
    return ByteStrings.decode(bytes, from, length);
  }

  /**
   * Strings that end in NUL, one after the other; the last NUL may be missing. Empty strings count.
   *
   * @throws io.vivarium.kernel.errno.ErrnoException E2BIG beyond {@value #MAX_TABLE} bytes
   */
  public static List<String> table(GuestMemory memory, int address, int length) {
    int from = memory.offset(address, length);
    if (length > MAX_TABLE) {
      throw E2BIG.exception();
    }
    byte[] bytes = memory.array();
    List<String> strings = new ArrayList<>();
    int end = from + length;
    int start = from;
    for (int i = from; i < end; i++) {
      if (bytes[i] == 0) {
        strings.add(ByteStrings.decode(bytes, start, i - start));
        start = i + 1;
      }
    }
    if (start < end) {
      strings.add(ByteStrings.decode(bytes, start, end - start));
    }
    return strings;
  }
}
