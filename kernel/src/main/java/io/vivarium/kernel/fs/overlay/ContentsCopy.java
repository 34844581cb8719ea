package io.vivarium.kernel.fs.overlay;

import static io.vivarium.kernel.errno.Errno.EIO;
import static io.vivarium.kernel.errno.Errno.ENXIO;

import io.vivarium.kernel.errno.ErrnoException;
import io.vivarium.kernel.fs.AllocateMode;
import io.vivarium.kernel.fs.Inode;
import io.vivarium.kernel.fs.memory.MemoryFileSystem;

/** Copies the contents of a lower file into its copy: blocks that can be shared are not copied. */
final class ContentsCopy {
  private static final int CHUNK = 64 * 1024;

  private ContentsCopy() {}

  /**
   * Fills a copy, which has the size already and is a hole; its size stays, its times do not.
   *
   * @param limit how many bytes are wanted at most
   * @throws ErrnoException ENOSPC, and the copy is a hole again then
   */
  static void copy(MemoryFileSystem files, Inode lower, Inode copy, long limit) {
    try {
      long size = lower.size();
      if (size != copy.size()) {
        copy.truncate(size); // The lower file changed, which it must not.
      }
      if (limit < size || !files.shareContents(copy, lower)) {
        copyData(lower, copy, Math.min(limit, size));
      }
    } catch (ErrnoException e) {
      if (copy.size() > 0) {
        copy.allocate(AllocateMode.PUNCH_HOLE, 0, copy.size());
      }
      throw e;
    }
  }

  private static void copyData(Inode lower, Inode copy, long size) {
    byte[] chunk = new byte[(int) Math.min(CHUNK, size)];
    long position = 0;
    while (position < size) {
      position = nextData(lower, position, size);
      long end = position < size ? Math.min(size, lower.nextHole(position)) : size;
      while (position < end) {
        int want = (int) Math.min(chunk.length, end - position);
        int count = lower.read(position, chunk, 0, want);
        if (count <= 0) {
          throw EIO.exception(); // The lower file shrank, which it must not.
        }
        write(copy, position, chunk, count);
        position += count;
      }
    }
  }

  private static long nextData(Inode lower, long position, long size) {
    try {
      return lower.nextData(position);
    } catch (ErrnoException e) {
      if (e.errno() != ENXIO) {
        throw e;
      }
      return size;
    }
  }

  private static void write(Inode copy, long position, byte[] bytes, int length) {
    int done = 0;
    while (done < length) {
      done += copy.write(position + done, bytes, done, length - done);
    }
  }
}
