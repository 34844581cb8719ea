package io.vivarium.wasm.wasi;

import io.vivarium.kernel.fs.Stat;
import io.vivarium.wasm.engine.GuestMemory;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The attributes that the last call of a guest looked up. The guests' libc makes every {@code stat}
 * of five calls with the same arguments, one per group of fields; four of them are answered from
 * here.
 *
 * <p>An entry lives only while the guest makes nothing but such calls with the same arguments, each
 * at most once. Between two of them the guest can not have learned anything about the world, so
 * what it sees is a {@code stat} that happened as a whole at the first call, as on Linux. Whatever
 * else the guest calls, and asking the same question twice, looks again.
 *
 * <p>Source: ABI section 4.
 */
public final class StatMemo {
  /** The groups of fields that are asked for one by one. */
  public enum Field {
    FILESTAT(1),
    MODE(2),
    SIZE(4),
    BLOCKS(8),
    RDEV(16),
    OWNER(32);

    private final int bit;

    Field(int bit) {
      this.bit = bit;
    }
  }

  private static final int FD = -1;

  private @Nullable Stat stat;
  private long validAt;
  private int asked;
  private int dirfd;
  private boolean follow;
  private byte[] path = new byte[64];
  private int pathLength;

  /** What a call on a path finds here, or null. */
  public @Nullable Stat find(
      Field field,
      long sequence,
      int dirfd,
      GuestMemory memory,
      int address,
      int length,
      boolean follow) {
    boolean same =
        fresh(field, sequence)
            && this.dirfd == dirfd
            && this.follow == follow
            && pathLength == length
            && memory.contains(address, length)
            && Arrays.equals(path, 0, length, memory.array(), address, address + length);
    return same ? taken(field, sequence) : null;
  }

  /** What a call on a descriptor finds here, or null. */
  public @Nullable Stat find(Field field, long sequence, int fd) {
    boolean same = fresh(field, sequence) && dirfd == fd && pathLength == FD;
    return same ? taken(field, sequence) : null;
  }

  /** Remembers what a call on a path found. */
  public void put(
      Field field,
      long sequence,
      int dirfd,
      GuestMemory memory,
      int address,
      int length,
      boolean follow,
      Stat found) {
    if (path.length < length) {
      path = new byte[length];
    }
    memory.copyOut(address, path, 0, length);
    this.follow = follow;
    put(field, sequence, dirfd, length, found);
  }

  /** Remembers what a call on a descriptor found. */
  public void put(Field field, long sequence, int fd, Stat found) {
    put(field, sequence, fd, FD, found);
  }

  private void put(Field field, long sequence, int descriptor, int length, Stat found) {
    pathLength = length;
    dirfd = descriptor;
    stat = found;
    validAt = sequence;
    asked = field.bit;
  }

  private boolean fresh(Field field, long sequence) {
    return validAt == sequence - 1 && (asked & field.bit) == 0;
  }

  private @Nullable Stat taken(Field field, long sequence) {
    validAt = sequence;
    asked |= field.bit;
    return stat;
  }
}
