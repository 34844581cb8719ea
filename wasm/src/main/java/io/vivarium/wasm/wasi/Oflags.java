package io.vivarium.wasm.wasi;

import static io.vivarium.kernel.errno.Errno.EINVAL;

import io.vivarium.kernel.file.OpenFlags;

/**
 * How {@code path_open} opens ({@code oflags}, {@code lookupflags} and the access that the
 * requested rights stand for), as flags of open(2).
 *
 * <p>Source: WASI preview 1, types {@code oflags} and {@code lookupflags}; ABI section 5.
 */
public final class Oflags {
  public static final int CREAT = 1;
  public static final int DIRECTORY = 2;
  public static final int EXCL = 4;
  public static final int TRUNC = 8;

  /** The only lookup flag: follow a symlink at the end of the path. */
  public static final int SYMLINK_FOLLOW = 1;

  private Oflags() {}

  /**
   * Flags of open(2).
   *
   * @param rights the requested rights; FD_READ and FD_WRITE choose the access mode, neither means
   *     reading
   * @throws io.vivarium.kernel.errno.ErrnoException EINVAL for bits that mean nothing
   */
  public static int toLinux(int lookup, int oflags, long rights, int fdflags) {
    if ((oflags & ~(CREAT | DIRECTORY | EXCL | TRUNC)) != 0) {
      throw EINVAL.exception();
    }
    int linux = access(rights) | FdFlags.toLinux(fdflags);
    if (!follows(lookup)) {
      linux |= OpenFlags.O_NOFOLLOW;
    }
    if ((oflags & CREAT) != 0) {
      linux |= OpenFlags.O_CREAT;
    }
    if ((oflags & DIRECTORY) != 0) {
      linux |= OpenFlags.O_DIRECTORY;
    }
    if ((oflags & EXCL) != 0) {
      linux |= OpenFlags.O_EXCL;
    }
    if ((oflags & TRUNC) != 0) {
      linux |= OpenFlags.O_TRUNC;
    }
    return linux;
  }

  /**
   * Whether a symlink at the end of a path is followed.
   *
   * @throws io.vivarium.kernel.errno.ErrnoException EINVAL for bits that mean nothing
   */
  public static boolean follows(int lookup) {
    if ((lookup & ~SYMLINK_FOLLOW) != 0) {
      throw EINVAL.exception();
    }
    return lookup == SYMLINK_FOLLOW;
  }

  private static int access(long rights) {
    if ((rights & Rights.FD_WRITE) == 0) {
      return OpenFlags.O_RDONLY;
    }
    return (rights & Rights.FD_READ) == 0 ? OpenFlags.O_WRONLY : OpenFlags.O_RDWR;
  }
}
