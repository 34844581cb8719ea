package io.vivarium.wasm.wasi;

import static io.vivarium.kernel.errno.Errno.ENOENT;

/**
 * Where a path of a guest leads to, in the kernel's terms: the first two arguments of the {@code
 * *at} system calls.
 *
 * @param dirfd a descriptor of the process or {@code AT_FDCWD}
 * @param path as the guest wrote it, or made absolute
 */
public record At(int dirfd, String path) {
  /**
   * The same path, for calls to which an empty one would mean the descriptor itself.
   *
   * @throws io.vivarium.kernel.errno.ErrnoException ENOENT when it is empty
   */
  public static String named(String path) {
    if (path.isEmpty()) {
      throw ENOENT.exception();
    }
    return path;
  }
}
