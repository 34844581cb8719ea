package io.vivarium.kernel.fs.memory;

import io.vivarium.kernel.fs.AllocateMode;
import io.vivarium.kernel.fs.FileType;
import java.util.Objects;

/** The handle of a regular file in memory. */
final class MemoryFile extends MemoryInode {
  MemoryFile(MemoryFileSystem fileSystem, long ino) {
    super(fileSystem, ino);
  }

  @Override
  public FileType type() {
    return FileType.REGULAR;
  }

  @Override
  public int read(long position, byte[] buffer, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, buffer.length);
    int count;
    boolean touch;
    reading.lock();
    try {
      RegularRecord file = file();
      count = file.read(position, buffer, offset, length);
      touch = length > 0 && fileSystem().wantsAccessTime(file);
    } finally {
      reading.unlock();
    }
    if (touch) {
      fileSystem().touch(ino());
    }
    return count;
  }

  @Override
  public int write(long position, byte[] buffer, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, buffer.length);
    if (length == 0) {
      return 0;
    }
    return (int)
        fileSystem()
            .change(now -> {
              RegularRecord file = editFile();
              int count = file.write(position, buffer, offset, length, fileSystem().ledger());
              file.modified(now);
              return count;
            });
  }

  @Override
  public long append(byte[] buffer, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, buffer.length);
    if (length == 0) {
      return size();
    }
    return fileSystem()
        .change(now -> {
          RegularRecord file = editFile();
          file.write(file.size(), buffer, offset, length, fileSystem().ledger());
          file.modified(now);
          return file.size();
        });
  }

  @Override
  public void truncate(long size) {
    fileSystem()
        .change(now -> {
          RegularRecord file = editFile();
          file.truncate(size, fileSystem().ledger());
          file.modified(now);
          return size;
        });
  }

  @Override
  public void allocate(AllocateMode mode, long position, long length) {
    fileSystem()
        .change(now -> {
          RegularRecord file = editFile();
          file.allocate(mode, position, length, fileSystem().ledger());
          file.modified(now);
          return length;
        });
  }

  @Override
  public long nextData(long position) {
    reading.lock();
    try {
      return file().nextData(position);
    } finally {
      reading.unlock();
    }
  }

  @Override
  public long nextHole(long position) {
    reading.lock();
    try {
      return file().nextHole(position);
    } finally {
      reading.unlock();
    }
  }

  /** The contents of a file in a read-only file system, where records stay as they are. */
  RegularRecord frozenContents() {
    reading.lock();
    try {
      return file();
    } finally {
      reading.unlock();
    }
  }

  private RegularRecord file() {
    return (RegularRecord) record();
  }

  private RegularRecord editFile() {
    return (RegularRecord) edit();
  }
}
