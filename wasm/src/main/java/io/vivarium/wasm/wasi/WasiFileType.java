package io.vivarium.wasm.wasi;

import io.vivarium.kernel.file.FileDescription;
import io.vivarium.kernel.fs.FileType;
import io.vivarium.kernel.net.SocketDescription;
import io.vivarium.kernel.net.SocketType;

/**
 * The file types of WASI preview 1 ({@code filetype}). FIFOs have none and are reported as unknown:
 * the guests' libc takes both socket types for sockets and would read and write with socket calls.
 *
 * <p>Source: WASI preview 1, type {@code filetype}; ABI sections 2 and 4.
 */
public final class WasiFileType {
  public static final int UNKNOWN = 0;
  public static final int BLOCK_DEVICE = 1;
  public static final int CHARACTER_DEVICE = 2;
  public static final int DIRECTORY = 3;
  public static final int REGULAR_FILE = 4;
  public static final int SOCKET_DGRAM = 5;
  public static final int SOCKET_STREAM = 6;
  public static final int SYMBOLIC_LINK = 7;

  private WasiFileType() {}

  /** The number of what is open; only here the two kinds of socket are told apart. */
  public static int of(FileDescription file) {
    if (file instanceof SocketDescription socket) {
      return socket.type() == SocketType.DATAGRAM ? SOCKET_DGRAM : SOCKET_STREAM;
    }
    return of(file.inode().type());
  }

  /** The number of a type; sockets count as stream sockets. */
  public static int of(FileType type) {
    return switch (type) {
      case FIFO -> UNKNOWN;
      case CHARACTER_DEVICE -> CHARACTER_DEVICE;
      case DIRECTORY -> DIRECTORY;
      case BLOCK_DEVICE -> BLOCK_DEVICE;
      case REGULAR -> REGULAR_FILE;
      case SYMLINK -> SYMBOLIC_LINK;
      case SOCKET -> SOCKET_STREAM;
    };
  }
}
