package io.vivarium.kernel.fs.memory;

import static io.vivarium.kernel.errno.Errno.EINVAL;
import static io.vivarium.kernel.errno.Errno.ENODEV;

import io.vivarium.kernel.fs.AllocateMode;
import io.vivarium.kernel.fs.FileType;

/** The handle of a symlink, FIFO, socket or device node in memory. */
final class MemorySpecialFile extends MemoryInode {
  private final FileType type;

  MemorySpecialFile(MemoryFileSystem fileSystem, long ino, FileType type) {
    super(fileSystem, ino);
    this.type = type;
  }

  @Override
  public FileType type() {
    return type;
  }

  @Override
  public String readLink() {
    String target;
    boolean touch;
    reading.lock();
    try {
      if (!(record() instanceof SymlinkRecord symlink)) {
        throw EINVAL.exception();
      }
      target = symlink.target;
      touch = fileSystem().wantsAccessTime(symlink);
    } finally {
      reading.unlock();
    }
    if (touch) {
      fileSystem().touch(ino());
    }
    return target;
  }

  @Override
  public void allocate(AllocateMode mode, long position, long length) {
    throw ENODEV.exception();
  }
}
