package io.vivarium.wasm.wasi;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The rights that a guest has given up, by descriptor. A descriptor that is not in here has all the
 * rights its open file allows, which the kernel checks itself; so for nearly every guest this table
 * is empty and costs one comparison.
 *
 * <p>Rights belong to descriptors, not to open files. They are gone with the descriptor, are copied
 * by {@code dup} and do not survive {@code exec}.
 */
public final class RightsTable {
  /**
   * What is left.
   *
   * @param base for the descriptor itself
   * @param inheriting for descriptors opened through it
   */
  private record Left(long base, long inheriting) {}

  private @Nullable Left[] entries = new Left[0];

  /** Rights of {@code natural} that a descriptor still has. */
  public long base(int fd, long natural) {
    Left left = find(fd);
    return left == null ? natural : natural & left.base;
  }

  /** Rights of {@code natural} that descriptors opened through this one can have. */
  public long inheriting(int fd, long natural) {
    Left left = find(fd);
    return left == null ? natural : natural & left.inheriting;
  }

  /**
   * Checks that rights were not given up.
   *
   * @throws WasiError NOTCAPABLE when any of them was
   */
  public void require(int fd, long rights) {
    Left left = find(fd);
    if (left != null && (left.base & rights) != rights) {
      throw WasiError.NOTCAPABLE;
    }
  }

  /** Whether rights were not given up. */
  public boolean allows(int fd, long rights) {
    Left left = find(fd);
    return left == null || (left.base & rights) == rights;
  }

  /** Leaves a descriptor with these rights. */
  public void limit(int fd, long base, long inheriting) {
    if (fd >= entries.length) {
      entries = Arrays.copyOf(entries, fd + 8);
    }
    entries[fd] = new Left(base, inheriting);
  }

  /** A descriptor was closed or is new: it has all rights. */
  public void forget(int fd) {
    if (fd >= 0 && fd < entries.length) {
      entries[fd] = null;
    }
  }

  /** All descriptors from {@code low} on were closed. */
  public void forgetFrom(int low) {
    for (int fd = Math.max(0, low); fd < entries.length; fd++) {
      entries[fd] = null;
    }
  }

  /** {@code to} became a duplicate of {@code from}. */
  public void copy(int from, int to) {
    Left left = find(from);
    if (left == null) {
      forget(to);
    } else {
      limit(to, left.base, left.inheriting);
    }
  }

  private @Nullable Left find(int fd) {
    return fd >= 0 && fd < entries.length ? entries[fd] : null;
  }
}
