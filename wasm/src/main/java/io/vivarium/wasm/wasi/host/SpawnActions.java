package io.vivarium.wasm.wasi.host;

import static io.vivarium.kernel.errno.Errno.E2BIG;
import static io.vivarium.kernel.errno.Errno.EBADF;
import static io.vivarium.kernel.errno.Errno.EINVAL;
import static io.vivarium.kernel.errno.Errno.ENOENT;

import io.vivarium.kernel.fs.Mode;
import io.vivarium.kernel.process.FileAction;
import io.vivarium.wasm.engine.GuestMemory;
import io.vivarium.wasm.wasi.GuestStrings;
import io.vivarium.wasm.wasi.LibcOpenFlags;
import io.vivarium.wasm.wasi.TaggedRoot;
import java.util.ArrayList;
import java.util.List;

/**
 * Decodes the file actions of a spawn. They come as one stream of records: a header of 24 bytes
 * (command u32 at 0, descriptor i32 at 4, source descriptor i32 at 8, open flags i32 at 12, mode
 * u32 at 16, length of the path u32 at 20) and the path.
 *
 * <p>Source: ABI section 6.2.
 */
final class SpawnActions {
  /** Most bytes of one stream. */
  static final int MAX_BYTES = 1 << 20;

  /** Most actions in one stream. */
  static final int MAX_COUNT = 4096;

  static final int HEADER = 24;

  private static final int CLOSE = 1;
  private static final int DUP2 = 2;
  private static final int OPEN = 3;
  private static final int CHDIR = 4;
  private static final int FCHDIR = 5;
  private static final int CLOSEFROM = 6;

  private SpawnActions() {}

  /**
   * Decodes a stream.
   *
   * @throws io.vivarium.kernel.errno.ErrnoException EINVAL for a cut record or an unknown command,
   *     E2BIG beyond the limits, EBADF for a negative descriptor, ENOENT for an empty path
   */
  static List<FileAction> decode(GuestMemory memory, int address, int length) {
    memory.offset(address, length);
    if (length > MAX_BYTES) {
      throw E2BIG.exception();
    }
    List<FileAction> actions = new ArrayList<>();
    int at = 0;
    while (at < length) {
      if (length - at < HEADER) {
        throw EINVAL.exception();
      }
      if (actions.size() == MAX_COUNT) {
        throw E2BIG.exception();
      }
      int pathLength = memory.getInt(address + at + 20);
      if (pathLength < 0 || pathLength > length - at - HEADER) {
        throw EINVAL.exception();
      }
      actions.add(record(memory, address + at, pathLength));
      at += HEADER + pathLength;
    }
    return actions;
  }

  private static FileAction record(GuestMemory memory, int address, int pathLength) {
    int fd = memory.getInt(address + 4);
    return switch (memory.getInt(address)) {
      case CLOSE -> new FileAction.Close(descriptor(fd));
      case DUP2 -> new FileAction.Dup2(descriptor(memory.getInt(address + 8)), descriptor(fd));
      case OPEN ->
          new FileAction.Open(
              descriptor(fd),
              path(memory, address, pathLength),
              LibcOpenFlags.toLinux(memory.getInt(address + 12)),
              memory.getInt(address + 16) & Mode.PERMISSIONS);
      case CHDIR -> new FileAction.Chdir(path(memory, address, pathLength));
      case FCHDIR ->
          fd == TaggedRoot.ROOT ? new FileAction.Chdir("/") : new FileAction.Fchdir(descriptor(fd));
      case CLOSEFROM -> new FileAction.CloseFrom(Math.max(0, fd));
      default -> throw EINVAL.exception();
    };
  }

  private static String path(GuestMemory memory, int record, int length) {
    if (length == 0) {
      throw ENOENT.exception();
    }
    return GuestStrings.path(memory, record + HEADER, length);
  }

  private static int descriptor(int fd) {
    if (fd < 0) {
      throw EBADF.exception();
    }
    return fd;
  }
}
