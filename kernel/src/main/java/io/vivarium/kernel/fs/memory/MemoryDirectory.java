package io.vivarium.kernel.fs.memory;

import static io.vivarium.kernel.errno.Errno.EINVAL;
import static io.vivarium.kernel.errno.Errno.EISDIR;
import static io.vivarium.kernel.errno.Errno.ENOENT;
import static io.vivarium.kernel.errno.Errno.ENOTDIR;
import static io.vivarium.kernel.errno.Errno.EXDEV;

import io.vivarium.kernel.fs.AllocateMode;
import io.vivarium.kernel.fs.DirectoryVisitor;
import io.vivarium.kernel.fs.FileType;
import io.vivarium.kernel.fs.Inode;
import io.vivarium.kernel.fs.NewInode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The handle of a directory in memory. */
final class MemoryDirectory extends MemoryInode {
  private static final int ENTRIES_AT_ONCE = 64;

  MemoryDirectory(MemoryFileSystem fileSystem, long ino) {
    super(fileSystem, ino);
  }

  @Override
  public FileType type() {
    return FileType.DIRECTORY;
  }

  @Override
  public Inode lookup(String name) {
    reading.lock();
    try {
      return fileSystem().handle(directory().get(name).ino());
    } finally {
      reading.unlock();
    }
  }

  @Override
  public Inode parent() {
    reading.lock();
    try {
      return fileSystem().handle(directory().linkDirectory);
    } finally {
      reading.unlock();
    }
  }

  @Override
  public Inode create(String name, NewInode attributes) {
    return fileSystem().changeNames((names, now) -> names.create(ino(), name, attributes, now));
  }

  @Override
  public Inode createUnnamed(NewInode attributes) {
    if (attributes.type() != FileType.REGULAR) {
      throw EINVAL.exception();
    }
    return fileSystem().changeNames((names, now) -> names.createUnnamed(ino(), attributes, now));
  }

  @Override
  public void link(String name, Inode target) {
    if (!isNeighbour(target)) {
      throw EXDEV.exception();
    }
    MemoryInode file = (MemoryInode) target;
    fileSystem()
        .changeNames((names, now) -> {
          names.link(ino(), name, file, now);
          return file;
        });
  }

  @Override
  public void unlink(String name, Inode expected) {
    fileSystem()
        .changeNames((names, now) -> {
          names.unlink(ino(), name, expected, now);
          return this;
        });
  }

  @Override
  public void rmdir(String name, Inode expected) {
    fileSystem()
        .changeNames((names, now) -> {
          names.rmdir(ino(), name, expected, now);
          return this;
        });
  }

  @Override
  public void rename(
      String oldName,
      Inode expected,
      Inode newParent,
      String newName,
      @Nullable Inode expectedTarget,
      int flags) {
    if (!isNeighbour(newParent)) {
      throw EXDEV.exception();
    }
    if (newParent.type() != FileType.DIRECTORY) {
      throw ENOTDIR.exception();
    }
    long to = newParent.ino();
    fileSystem()
        .changeNames((names, now) -> {
          names.rename(ino(), oldName, expected, to, newName, expectedTarget, flags, now);
          return this;
        });
  }

  /**
   * {@inheritDoc}
   *
   * <p>Cookies are greater than 2, which leaves 1 and 2 to the caller for "." and "..".
   */
  @Override
  public void readDirectory(long cookie, DirectoryVisitor visitor) {
    long position = cookie;
    List<DirectoryEntry> entries = new ArrayList<>(ENTRIES_AT_ONCE);
    do {
      entries.clear();
      copyEntries(position, entries);
      for (DirectoryEntry entry : entries) {
        if (!visitor.entry(entry.name(), entry.ino(), entry.type(), entry.cookie())) {
          return;
        }
        position = entry.cookie();
      }
    } while (entries.size() == ENTRIES_AT_ONCE);
  }

  private void copyEntries(long cookie, List<DirectoryEntry> target) {
    boolean touch;
    reading.lock();
    try {
      DirectoryRecord directory = directory();
      if (directory.isRemoved()) {
        throw ENOENT.exception();
      }
      directory.copyEntries(cookie, ENTRIES_AT_ONCE, target);
      touch = fileSystem().wantsAccessTime(directory);
    } finally {
      reading.unlock();
    }
    if (touch) {
      fileSystem().touch(ino());
    }
  }

  private DirectoryRecord directory() {
    return (DirectoryRecord) record();
  }

  @Override
  public int read(long position, byte[] buffer, int offset, int length) {
    throw EISDIR.exception();
  }

  @Override
  public int write(long position, byte[] buffer, int offset, int length) {
    throw EISDIR.exception();
  }

  @Override
  public long append(byte[] buffer, int offset, int length) {
    throw EISDIR.exception();
  }

  @Override
  public void truncate(long size) {
    throw EISDIR.exception();
  }

  @Override
  public void allocate(AllocateMode mode, long position, long length) {
    throw EISDIR.exception();
  }
}
