package io.vivarium.wasm.wasi;

import static io.vivarium.kernel.errno.Errno.EINVAL;
import static io.vivarium.kernel.file.OpenFlags.O_APPEND;
import static io.vivarium.kernel.file.OpenFlags.O_DSYNC;
import static io.vivarium.kernel.file.OpenFlags.O_NONBLOCK;
import static io.vivarium.kernel.file.OpenFlags.O_SYNC;

/**
 * Status flags of a descriptor ({@code fdflags}) and their Linux counterparts.
 *
 * <p>Source: WASI preview 1, type {@code fdflags}; ABI section 2.
 */
public final class FdFlags {
  public static final int APPEND = 1;
  public static final int DSYNC = 2;
  public static final int NONBLOCK = 4;
  public static final int RSYNC = 8;
  public static final int SYNC = 16;

  private static final int ALL = APPEND | DSYNC | NONBLOCK | RSYNC | SYNC;

  private FdFlags() {}

  /**
   * Flags of open(2). RSYNC means SYNC, as on Linux.
   *
   * @throws io.vivarium.kernel.errno.ErrnoException EINVAL for bits that mean nothing
   */
  public static int toLinux(int flags) {
    if ((flags & ~ALL) != 0) {
      throw EINVAL.exception();
    }
    int linux = 0;
    if ((flags & APPEND) != 0) {
      linux |= O_APPEND;
    }
    if ((flags & NONBLOCK) != 0) {
      linux |= O_NONBLOCK;
    }
    if ((flags & DSYNC) != 0) {
      linux |= O_DSYNC;
    }
    if ((flags & (RSYNC | SYNC)) != 0) {
      linux |= O_SYNC;
    }
    return linux;
  }

  /** What {@code F_GETFL} answers, as fdflags. */
  public static int fromLinux(int linux) {
    int flags = 0;
    if ((linux & O_APPEND) != 0) {
      flags |= APPEND;
    }
    if ((linux & O_NONBLOCK) != 0) {
      flags |= NONBLOCK;
    }
    if ((linux & O_SYNC) == O_SYNC) {
      flags |= SYNC;
    } else if ((linux & O_DSYNC) != 0) {
      flags |= DSYNC;
    }
    return flags;
  }
}
