package io.vivarium.wasm.wasi;

import static io.vivarium.kernel.errno.Errno.EBADF;

import org.jspecify.annotations.Nullable;

/**
 * The directories of programs that are made for the machine: one preopen, the root. Its number has
 * a tag, so it is no descriptor of the process: nothing can close or replace it, and 3 is an
 * ordinary descriptor. The guests' libc knows the working directory from PWD and asks with paths
 * from the root.
 *
 * <p>Source: ABI section 4.
 */
public final class TaggedRoot implements Directories {
  /** The bit that sets preopens apart from descriptors. */
  public static final int TAG = 0x4000_0000;

  /** The number of the one preopen. */
  public static final int ROOT = TAG | 3;

  /** The only instance. */
  public static final TaggedRoot INSTANCE = new TaggedRoot();

  private TaggedRoot() {}

  /** Whether a number has the tag. */
  public static boolean isTagged(int fd) {
    return fd >= TAG;
  }

  @Override
  public @Nullable String preopened(int fd) {
    return fd == ROOT ? "/" : null;
  }

  @Override
  public At resolve(int fd, String path) {
    if (Directories.isAbsolute(path)) {
      return Directories.absolute(path);
    }
    if (fd == ROOT) {
      // An empty path is ENOENT, not the root.
      return Directories.absolute(path.isEmpty() ? path : "/".concat(path));
    }
    if (isTagged(fd)) {
      throw EBADF.exception();
    }
    return new At(Directories.descriptor(fd), path);
  }

  @Override
  public boolean confined() {
    return false;
  }
}
