package io.vivarium.wasm.wasi;

import static io.vivarium.kernel.errno.Errno.EBADF;

import io.vivarium.kernel.syscall.AtFlags;
import org.jspecify.annotations.Nullable;

/**
 * How a guest gets at directories. A preview 1 program starts with some already open ("preopens"),
 * asks for their names, and reaches every other file through one of them; programs differ in which
 * numbers those have and in what lies behind them.
 *
 * <p>Source: WASI preview 1, {@code fd_prestat_get}; ABI section 4.
 */
public sealed interface Directories permits TaggedRoot, AmbientDirectories, GrantedDirectories {

  /** The name of a preopen, null when the descriptor is none. */
  @Nullable String preopened(int fd);

  /**
   * Where a path leads.
   *
   * @param fd the directory descriptor, as the guest passed it
   * @throws io.vivarium.kernel.errno.ErrnoException EBADF for what can not be a descriptor
   * @throws WasiError NOTCAPABLE for an absolute path where only relative ones are allowed
   */
  At resolve(int fd, String path);

  /** Whether paths must stay below the directory they start from. */
  boolean confined();

  /** A descriptor was closed; if it was a preopen, it is no more. */
  default void closed(int fd) {}

  /** A descriptor got another number. */
  default void renumbered(int from, int to) {}

  /** Checks that a number can be a descriptor of the process, so never a special value. */
  static int descriptor(int fd) {
    if (fd < 0) {
      throw EBADF.exception();
    }
    return fd;
  }

  /** An absolute path: the descriptor does not matter, it need not even be open. */
  static At absolute(String path) {
    return new At(AtFlags.AT_FDCWD, path);
  }

  /** Whether a path starts at the root. */
  static boolean isAbsolute(String path) {
    return !path.isEmpty() && path.charAt(0) == '/';
  }
}
