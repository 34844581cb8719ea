package io.vivarium.kernel.fs.memory;

import static io.vivarium.kernel.errno.Errno.E2BIG;
import static io.vivarium.kernel.errno.Errno.EEXIST;
import static io.vivarium.kernel.errno.Errno.ENODATA;
import static io.vivarium.kernel.errno.Errno.ENOSPC;

import io.vivarium.kernel.fs.AttributeChange;
import io.vivarium.kernel.fs.FileType;
import io.vivarium.kernel.fs.Inode;
import io.vivarium.kernel.fs.Stat;
import io.vivarium.kernel.text.ByteStrings;
import io.vivarium.kernel.user.Credentials;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Lock;
import org.jspecify.annotations.Nullable;

/**
 * The handle of a file in memory. It holds no state of the file but the number of its users; every
 * method takes the file system's lock and works on the record in the inode table. A handle whose
 * file is gone answers ENOENT.
 */
abstract sealed class MemoryInode extends Inode
    permits MemoryDirectory, MemoryFile, MemorySpecialFile {
  private static final int SETXATTR_CREATE = 1;
  private static final int SETXATTR_REPLACE = 2;

  /** Most bytes of one extended attribute, as on Linux; more are E2BIG. */
  private static final int MAX_XATTR_VALUE = 64 * 1024;

  /** All names of a file with a zero byte behind each, as listxattr(2) can answer them. */
  private static final int MAX_XATTR_LIST = 64 * 1024;

  /** The lock under which records are read. */
  final Lock reading;

  private final MemoryFileSystem fileSystem;
  private final long ino;
  private final AtomicInteger users = new AtomicInteger();
  private volatile boolean orphan;

  /**
   * The record while it belongs to the table's present edit: so finding it does not cost more the
   * more files there are. Written by readers side by side, who all find the same.
   */
  private @Nullable InodeRecord record;

  MemoryInode(MemoryFileSystem fileSystem, long ino) {
    this.fileSystem = fileSystem;
    this.ino = ino;
    this.reading = fileSystem.reading();
  }

  /** A handle for a file. */
  static MemoryInode of(MemoryFileSystem fileSystem, InodeRecord record) {
    return switch (record) {
      case DirectoryRecord directory -> new MemoryDirectory(fileSystem, directory.ino);
      case RegularRecord file -> new MemoryFile(fileSystem, file.ino);
      case SymlinkRecord symlink -> new MemorySpecialFile(fileSystem, symlink.ino, symlink.type);
      case NodeRecord node -> new MemorySpecialFile(fileSystem, node.ino, node.type);
    };
  }

  @Override
  public final MemoryFileSystem fileSystem() {
    return fileSystem;
  }

  @Override
  public final long ino() {
    return ino;
  }

  @Override
  public final Stat stat() {
    reading.lock();
    try {
      return record().stat(fileSystem.device());
    } finally {
      reading.unlock();
    }
  }

  @Override
  public final int mode() {
    reading.lock();
    try {
      return record().mode();
    } finally {
      reading.unlock();
    }
  }

  @Override
  public final int uid() {
    reading.lock();
    try {
      return record().uid;
    } finally {
      reading.unlock();
    }
  }

  @Override
  public final int gid() {
    reading.lock();
    try {
      return record().gid;
    } finally {
      reading.unlock();
    }
  }

  @Override
  public final boolean mayAccess(Credentials who, int wanted) {
    boolean directory = type() == FileType.DIRECTORY;
    reading.lock();
    try {
      InodeRecord record = record();
      return who.mayAccess(record.mode(), directory, record.uid, record.gid, wanted);
    } finally {
      reading.unlock();
    }
  }

  @Override
  public final long size() {
    reading.lock();
    try {
      return record().size();
    } finally {
      reading.unlock();
    }
  }

  @Override
  public final long rdev() {
    reading.lock();
    try {
      return record().rdev();
    } finally {
      reading.unlock();
    }
  }

  @Override
  public final void setAttributes(AttributeChange change) {
    fileSystem.change(now -> edit().apply(change, now));
  }

  @Override
  public final @Nullable Link link() {
    reading.lock();
    try {
      InodeRecord record = record();
      return record.hasLink() ? fileSystem.link(record.linkDirectory, record.linkCookie()) : null;
    } finally {
      reading.unlock();
    }
  }

  @Override
  public final byte[] getXattr(String name) {
    XattrNames.check(name);
    reading.lock();
    try {
      Xattr xattr = record().xattrs.get(name);
      if (xattr == null) {
        throw ENODATA.exception();
      }
      return xattr.value();
    } finally {
      reading.unlock();
    }
  }

  @Override
  public final List<String> listXattrs() {
    List<String> names = new ArrayList<>();
    reading.lock();
    try {
      record().xattrs.forEach(xattr -> names.add(xattr.name()));
    } finally {
      reading.unlock();
    }
    names.sort(null);
    return names;
  }

  @Override
  public final void setXattr(String name, byte[] value, int flags) {
    XattrNames.checkChange(name, type());
    if (value.length > MAX_XATTR_VALUE) {
      throw E2BIG.exception();
    }
    Xattr xattr = new Xattr(name, value);
    fileSystem.change(now -> {
      Xattr present = record().xattrs.get(name);
      if (present != null && (flags & SETXATTR_CREATE) != 0) {
        throw EEXIST.exception();
      }
      if (present == null && (flags & SETXATTR_REPLACE) != 0) {
        throw ENODATA.exception();
      }
      int names = present == null ? ByteStrings.length(name) + 1 : 0;
      if (record().xattrNames + names > MAX_XATTR_LIST) {
        throw ENOSPC.exception();
      }
      long growth = xattr.residentBytes() - (present == null ? 0 : present.residentBytes());
      fileSystem.ledger().charge(0, 0, growth);
      edit().putXattr(xattr, growth, names, now);
      return growth;
    });
  }

  @Override
  public final void removeXattr(String name) {
    XattrNames.checkChange(name, type());
    fileSystem.change(now -> {
      Xattr present = record().xattrs.get(name);
      if (present == null) {
        throw ENODATA.exception();
      }
      fileSystem.ledger().charge(0, 0, -present.residentBytes());
      edit().removeXattr(present, ByteStrings.length(name) + 1, now);
      return 0;
    });
  }

  @Override
  public final void opened() {
    reading.lock();
    try {
      record();
      users.incrementAndGet();
    } finally {
      reading.unlock();
    }
  }

  @Override
  public final void closed() {
    if (users.decrementAndGet() == 0 && orphan) {
      fileSystem.releaseUnused(this);
    }
  }

  final boolean isOpen() {
    return users.get() > 0;
  }

  final boolean isOrphan() {
    return orphan;
  }

  /** Says whether this file has no name and lives only for as long as it is open. */
  final void setOrphan(boolean orphan) {
    this.orphan = orphan;
  }

  /** The record, under the lock. */
  final InodeRecord record() {
    InodeTable table = fileSystem.table();
    InodeRecord known = record;
    if (known != null && table.isCurrent(known) && !known.removed) {
      return known;
    }
    InodeRecord found = table.get(ino);
    record = table.isCurrent(found) ? found : null;
    return found;
  }

  /** The record to change, under the write lock. */
  final InodeRecord edit() {
    InodeRecord present = record();
    return fileSystem.table().isCurrent(present) ? present : fileSystem.table().edit(ino);
  }

  /** Whether a file is of this very file system. */
  final boolean isNeighbour(Inode inode) {
    return inode instanceof MemoryInode other && other.fileSystem == fileSystem;
  }
}
