package io.vivarium.kernel.proc;

import static io.vivarium.kernel.errno.Errno.EIO;

import io.vivarium.kernel.fs.FileType;
import io.vivarium.kernel.process.Process;
import io.vivarium.kernel.text.ByteStrings;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A file whose text is made when it is read: from the beginning always anew, further on as it was
 * at the beginning. Like on Linux its size is 0.
 */
final class TextFile extends ProcInode {
  private final Supplier<String> text;
  private byte @Nullable [] content;

  TextFile(
      ProcFileSystem fileSystem,
      long ino,
      int permissions,
      @Nullable Process owner,
      Supplier<String> text) {
    super(fileSystem, ino, FileType.REGULAR, permissions, owner);
    this.text = text;
  }

  @Override
  public synchronized int read(long position, byte[] buffer, int offset, int length) {
    byte[] present = content;
    if (present == null || position == 0) {
      present = ByteStrings.encode(text.get());
      content = present;
    }
    if (position >= present.length) {
      return 0;
    }
    int count = (int) Math.min(length, present.length - position);
    System.arraycopy(present, (int) position, buffer, offset, count);
    return count;
  }

  @Override
  public int write(long position, byte[] buffer, int offset, int length) {
    throw EIO.exception();
  }

  @Override
  public long append(byte[] buffer, int offset, int length) {
    throw EIO.exception();
  }

  /** Opening with O_TRUNC is no error. */
  @Override
  public void truncate(long size) {}
}
