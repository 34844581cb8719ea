package io.vivarium.kernel.fs.memory;

import static io.vivarium.kernel.errno.Errno.E2BIG;
import static io.vivarium.kernel.errno.Errno.EEXIST;
import static io.vivarium.kernel.errno.Errno.EINVAL;
import static io.vivarium.kernel.errno.Errno.EISDIR;
import static io.vivarium.kernel.errno.Errno.ENODATA;
import static io.vivarium.kernel.errno.Errno.ENODEV;
import static io.vivarium.kernel.errno.Errno.ENOENT;
import static io.vivarium.kernel.errno.Errno.ENOSPC;
import static io.vivarium.kernel.errno.Errno.ENOTDIR;
import static io.vivarium.kernel.errno.Errno.EOPNOTSUPP;
import static io.vivarium.kernel.errno.Errno.EPERM;
import static io.vivarium.kernel.errno.Errno.ERANGE;
import static io.vivarium.kernel.errno.Errno.EXDEV;

import io.vivarium.kernel.fs.AllocateMode;
import io.vivarium.kernel.fs.AttributeChange;
import io.vivarium.kernel.fs.DirectoryVisitor;
import io.vivarium.kernel.fs.FileType;
import io.vivarium.kernel.fs.Inode;
import io.vivarium.kernel.fs.NewInode;
import io.vivarium.kernel.fs.Stat;
import io.vivarium.kernel.text.ByteStrings;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Lock;
import org.jspecify.annotations.Nullable;

/**
 * The handle of a file in memory. It holds no state of the file but the number of its users; every
 * method takes the file system's lock and works on the record in the inode table. A handle whose
 * file is gone answers ENOENT.
 */
final class MemoryInode extends Inode {
  private static final int SETXATTR_CREATE = 1;
  private static final int SETXATTR_REPLACE = 2;
  private static final int MAX_XATTR_NAME = 255;
  private static final int MAX_XATTR_VALUE = 64 * 1024;

  /** All names of a file with a zero byte behind each, as listxattr(2) can answer them. */
  private static final int MAX_XATTR_LIST = 64 * 1024;

  private static final int ENTRIES_AT_ONCE = 64;

  private final MemoryFileSystem fileSystem;
  private final long ino;
  private final FileType type;
  private final Lock reading;
  private final AtomicInteger users = new AtomicInteger();
  private volatile boolean orphan;

  MemoryInode(MemoryFileSystem fileSystem, long ino, FileType type) {
    this.fileSystem = fileSystem;
    this.ino = ino;
    this.type = type;
    this.reading = fileSystem.reading();
  }

  @Override
  public MemoryFileSystem fileSystem() {
    return fileSystem;
  }

  @Override
  public long ino() {
    return ino;
  }

  @Override
  public FileType type() {
    return type;
  }

  @Override
  public Stat stat() {
    reading.lock();
    try {
      return record().stat(fileSystem.device());
    } finally {
      reading.unlock();
    }
  }

  @Override
  public int mode() {
    reading.lock();
    try {
      return record().mode();
    } finally {
      reading.unlock();
    }
  }

  @Override
  public int uid() {
    reading.lock();
    try {
      return record().uid;
    } finally {
      reading.unlock();
    }
  }

  @Override
  public int gid() {
    reading.lock();
    try {
      return record().gid;
    } finally {
      reading.unlock();
    }
  }

  @Override
  public long size() {
    reading.lock();
    try {
      return record().size();
    } finally {
      reading.unlock();
    }
  }

  @Override
  public long rdev() {
    reading.lock();
    try {
      return record().rdev();
    } finally {
      reading.unlock();
    }
  }

  @Override
  public void setAttributes(AttributeChange change) {
    fileSystem.change(now -> edit().apply(change, now));
  }

  // ---- directories
  // -------------------------------------------------------------------------------

  @Override
  public Inode lookup(String name) {
    reading.lock();
    try {
      return fileSystem.handle(directory().get(name).ino());
    } finally {
      reading.unlock();
    }
  }

  @Override
  public Inode parent() {
    reading.lock();
    try {
      return fileSystem.handle(directory().linkDirectory);
    } finally {
      reading.unlock();
    }
  }

  @Override
  public @Nullable Link link() {
    reading.lock();
    try {
      InodeRecord record = record();
      if (!record.hasLink()) {
        return null;
      }
      MemoryInode directory = fileSystem.handle(record.linkDirectory);
      DirectoryEntry entry = directory.directory().at(record.linkCookie());
      return entry == null ? null : new Link(directory, entry.name());
    } finally {
      reading.unlock();
    }
  }

  @Override
  public Inode create(String name, NewInode attributes) {
    checkDirectory();
    return fileSystem.changeNames((names, now) -> names.create(ino, name, attributes, now));
  }

  @Override
  public Inode createUnnamed(NewInode attributes) {
    checkDirectory();
    if (attributes.type() != FileType.REGULAR) {
      throw EINVAL.exception();
    }
    return fileSystem.changeNames((names, now) -> names.createUnnamed(ino, attributes, now));
  }

  @Override
  public void link(String name, Inode target) {
    checkDirectory();
    MemoryInode file = sameFileSystem(target);
    fileSystem.changeNames((names, now) -> {
      names.link(ino, name, file, now);
      return file;
    });
  }

  @Override
  public void unlink(String name, Inode expected) {
    checkDirectory();
    fileSystem.changeNames((names, now) -> {
      names.unlink(ino, name, expected, now);
      return this;
    });
  }

  @Override
  public void rmdir(String name, Inode expected) {
    checkDirectory();
    fileSystem.changeNames((names, now) -> {
      names.rmdir(ino, name, expected, now);
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
    checkDirectory();
    MemoryInode to = sameFileSystem(newParent);
    to.checkDirectory();
    fileSystem.changeNames((names, now) -> {
      names.rename(ino, oldName, expected, to.ino, newName, expectedTarget, flags, now);
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
      touch = fileSystem.wantsAccessTime(directory);
    } finally {
      reading.unlock();
    }
    if (touch) {
      touch();
    }
  }

  // ---- contents
  // ----------------------------------------------------------------------------------

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
      touch = fileSystem.wantsAccessTime(symlink);
    } finally {
      reading.unlock();
    }
    if (touch) {
      touch();
    }
    return target;
  }

  @Override
  public int read(long position, byte[] buffer, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, buffer.length);
    int count;
    boolean touch;
    reading.lock();
    try {
      RegularRecord file = regular(record());
      count = file.read(position, buffer, offset, length);
      touch = length > 0 && fileSystem.wantsAccessTime(file);
    } finally {
      reading.unlock();
    }
    if (touch) {
      touch();
    }
    return count;
  }

  @Override
  public int write(long position, byte[] buffer, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, buffer.length);
    if (length == 0) {
      checkRegular();
      return 0;
    }
    return (int)
        fileSystem.change(now -> {
          RegularRecord file = editRegular();
          int count = file.write(position, buffer, offset, length, fileSystem.ledger());
          file.modified(now);
          return count;
        });
  }

  @Override
  public long append(byte[] buffer, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, buffer.length);
    if (length == 0) {
      checkRegular();
      return size();
    }
    return fileSystem.change(now -> {
      RegularRecord file = editRegular();
      file.write(file.size(), buffer, offset, length, fileSystem.ledger());
      file.modified(now);
      return file.size();
    });
  }

  @Override
  public void truncate(long size) {
    checkRegular();
    fileSystem.change(now -> {
      RegularRecord file = editRegular();
      file.truncate(size, fileSystem.ledger());
      file.modified(now);
      return size;
    });
  }

  @Override
  public void allocate(AllocateMode mode, long position, long length) {
    if (type != FileType.REGULAR) {
      throw type == FileType.DIRECTORY ? EISDIR.exception() : ENODEV.exception();
    }
    fileSystem.change(now -> {
      RegularRecord file = editRegular();
      file.allocate(mode, position, length, fileSystem.ledger());
      file.modified(now);
      return length;
    });
  }

  @Override
  public long nextData(long position) {
    reading.lock();
    try {
      return regular(record()).nextData(position);
    } finally {
      reading.unlock();
    }
  }

  @Override
  public long nextHole(long position) {
    reading.lock();
    try {
      return regular(record()).nextHole(position);
    } finally {
      reading.unlock();
    }
  }

  // ---- extended attributes
  // -----------------------------------------------------------------------

  @Override
  public byte[] getXattr(String name) {
    checkXattrName(name);
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
  public List<String> listXattrs() {
    reading.lock();
    try {
      List<String> names = new ArrayList<>();
      record().xattrs.forEach(xattr -> names.add(xattr.name()));
      names.sort(null);
      return names;
    } finally {
      reading.unlock();
    }
  }

  @Override
  public void setXattr(String name, byte[] value, int flags) {
    checkXattrName(name);
    checkUserXattr(name);
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
  public void removeXattr(String name) {
    checkXattrName(name);
    checkUserXattr(name);
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

  private static void checkXattrName(String name) {
    int length = ByteStrings.length(name);
    if (length == 0 || length > MAX_XATTR_NAME) {
      throw ERANGE.exception();
    }
    boolean known =
        name.startsWith("user.")
            || name.startsWith("trusted.")
            || name.startsWith("security.")
            || name.equals("system.posix_acl_access")
            || name.equals("system.posix_acl_default");
    if (!known) {
      throw EOPNOTSUPP.exception();
    }
    if (name.endsWith(".") && name.indexOf('.') == name.length() - 1) {
      throw EINVAL.exception();
    }
  }

  /** Attributes of users go with contents that users own: files and directories, says xattr(7). */
  private void checkUserXattr(String name) {
    boolean allowed = type == FileType.REGULAR || type == FileType.DIRECTORY;
    if (!allowed && name.startsWith("user.")) {
      throw EPERM.exception();
    }
  }

  // ---- life
  // --------------------------------------------------------------------------------------

  @Override
  public void opened() {
    reading.lock();
    try {
      record();
      users.incrementAndGet();
    } finally {
      reading.unlock();
    }
  }

  @Override
  public void closed() {
    if (users.decrementAndGet() == 0 && orphan) {
      fileSystem.releaseUnused(this);
    }
  }

  boolean isOpen() {
    return users.get() > 0;
  }

  boolean isOrphan() {
    return orphan;
  }

  /** Says whether this file has no name and lives only for as long as it is open. */
  void setOrphan(boolean orphan) {
    this.orphan = orphan;
  }

  // ---- records, under the lock
  // -------------------------------------------------------------------

  private InodeRecord record() {
    return fileSystem.table().get(ino);
  }

  private InodeRecord edit() {
    return fileSystem.table().edit(ino);
  }

  private DirectoryRecord directory() {
    if (record() instanceof DirectoryRecord directory) {
      return directory;
    }
    throw ENOTDIR.exception();
  }

  private RegularRecord editRegular() {
    return regular(edit());
  }

  private static RegularRecord regular(InodeRecord record) {
    if (record instanceof RegularRecord file) {
      return file;
    }
    throw notRegular(record.type);
  }

  private static RuntimeException notRegular(FileType type) {
    return type == FileType.DIRECTORY ? EISDIR.exception() : EINVAL.exception();
  }

  private void checkRegular() {
    if (type != FileType.REGULAR) {
      throw notRegular(type);
    }
  }

  private void checkDirectory() {
    if (type != FileType.DIRECTORY) {
      throw ENOTDIR.exception();
    }
  }

  private MemoryInode sameFileSystem(Inode inode) {
    if (inode instanceof MemoryInode other && other.fileSystem == fileSystem) {
      return other;
    }
    throw EXDEV.exception();
  }

  private void touch() {
    fileSystem.touch(ino);
  }
}
