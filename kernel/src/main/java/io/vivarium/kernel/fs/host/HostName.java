package io.vivarium.kernel.fs.host;

import static io.vivarium.kernel.errno.Errno.EINVAL;
import static io.vivarium.kernel.errno.Errno.ENAMETOOLONG;
import static io.vivarium.kernel.errno.Errno.ENOENT;

import io.vivarium.kernel.text.ByteStrings;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One component of a path, as bytes: the only kind of name that reaches the host. That it can be
 * neither "." nor ".." and holds no slash is what keeps every call beneath the descriptor it starts
 * from, whatever the layers above checked.
 */
final class HostName {
  /** NAME_MAX of Linux. */
  private static final int LONGEST = 255;

  private final byte[] bytes;

  private HostName(byte[] bytes) {
    this.bytes = bytes;
  }

  /**
   * The name as the host takes it.
   *
   * @throws io.vivarium.kernel.errno.ErrnoException ENOENT for an empty name, ENAMETOOLONG for more
   *     than 255 bytes, EINVAL for what is not one component
   */
  static HostName of(String name) {
    byte[] bytes = ByteStrings.encode(name);
    if (bytes.length == 0) {
      throw ENOENT.exception();
    }
    if (bytes.length > LONGEST) {
      throw ENAMETOOLONG.exception();
    }
    for (byte b : bytes) {
      if (b == '/' || b == 0) {
        throw EINVAL.exception();
      }
    }
    if (bytes[0] == '.' && (bytes.length == 1 || (bytes.length == 2 && bytes[1] == '.'))) {
      throw EINVAL.exception();
    }
    return new HostName(bytes);
  }

  /** The bytes without a terminator; not to be changed. */
  byte[] bytes() {
    return bytes;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof HostName name && Arrays.equals(bytes, name.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return ByteStrings.decode(bytes);
  }
}
