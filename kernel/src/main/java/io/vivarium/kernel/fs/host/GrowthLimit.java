package io.vivarium.kernel.fs.host;

import static io.vivarium.kernel.errno.Errno.ENOSPC;

import java.util.function.LongSupplier;

/**
 * By how much guests may make the directory grow, so they cannot fill the host. It knows only what
 * guests do: growth of files by its bytes, a name by {@link #NAME_BYTES}; what guests cut or remove
 * counts the other way, whoever had made it. Sizes count, so a hole counts as what it may become.
 */
final class GrowthLimit {
  /** What a name costs: about the inode and its place in a directory. */
  static final long NAME_BYTES = 4096;

  /**
   * The most that the extended attributes of a file may hold where there is a limit: they live
   * beside the inode and are part of what its name costs.
   */
  static final int MOST_XATTR_BYTES = 2048;

  private final long limit;
  private long used;

  /**
   * Nothing has grown yet.
   *
   * @param limit bytes; {@link Long#MAX_VALUE} for no limit
   */
  GrowthLimit(long limit) {
    this.limit = limit;
  }

  /** Whether there is one; without it nothing is counted. */
  boolean isSet() {
    return limit != Long.MAX_VALUE;
  }

  /** Counts growth that is about to happen; ENOSPC when it does not fit. */
  synchronized void charge(long bytes) {
    if (isSet() && bytes > 0) {
      if (bytes > available()) {
        throw ENOSPC.exception();
      }
      used += bytes;
    }
  }

  /** Counts what was given back, or with a negative number what could not be foreseen. */
  synchronized void release(long bytes) {
    if (isSet()) {
      used -= bytes;
    }
  }

  /** By how much the directory grew; negative where more was removed than made. */
  synchronized long used() {
    return used;
  }

  /** Bytes by which the directory may still grow, never negative. */
  synchronized long available() {
    // What guests removed of the host's files makes use negative, and room above the limit.
    long room = limit - used;
    return used < 0 && room < limit ? Long.MAX_VALUE : Math.max(0, room);
  }

  /** How many of the bytes that go to a position fit; ENOSPC for none. */
  int fit(long size, long position, int length) {
    long fits = Math.clamp(available() - (position - size), 0, length);
    if (position - size > available() || (fits == 0 && length > 0)) {
      throw ENOSPC.exception();
    }
    return (int) fits;
  }

  /**
   * Makes a change of a file's size. The caller keeps others from changing it meanwhile.
   *
   * @param end where the file may end afterwards, if it grows
   */
  long charged(HostHandle file, long end, LongSupplier change) {
    long before = HostCalls.stat(file.fd()).size();
    long foreseen = Math.max(0, end - before);
    charge(foreseen);
    try {
      return change.getAsLong();
    } finally {
      release(foreseen - (HostCalls.stat(file.fd()).size() - before));
    }
  }
}
