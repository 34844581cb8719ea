package io.vivarium.kernel.fs.memory;

import static io.vivarium.kernel.errno.Errno.EEXIST;
import static io.vivarium.kernel.errno.Errno.EINVAL;
import static io.vivarium.kernel.errno.Errno.EISDIR;
import static io.vivarium.kernel.errno.Errno.EMLINK;
import static io.vivarium.kernel.errno.Errno.ENOENT;
import static io.vivarium.kernel.errno.Errno.ENOSPC;
import static io.vivarium.kernel.errno.Errno.ENOTDIR;
import static io.vivarium.kernel.errno.Errno.ENOTEMPTY;
import static io.vivarium.kernel.errno.Errno.EPERM;
import static io.vivarium.kernel.errno.Errno.ESTALE;

import io.vivarium.kernel.fs.FileType;
import io.vivarium.kernel.fs.Inode;
import io.vivarium.kernel.fs.NewInode;
import io.vivarium.kernel.fs.Stat;
import io.vivarium.kernel.limit.StorageLedger;
import io.vivarium.kernel.text.ByteStrings;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The operations that add, move and remove names. Every method is called under the file system's
 * write lock, decides everything and charges the ledger, and only then changes the inode table.
 */
final class Namespace {
  /** As many hard links as ext4 allows. */
  private static final int MAX_LINKS = 65_000;

  private final InodeTable table;
  private final StorageLedger ledger;
  private final InodeCache cache;

  Namespace(InodeTable table, StorageLedger ledger, InodeCache cache) {
    this.table = table;
    this.ledger = ledger;
    this.cache = cache;
  }

  /** Makes the root directory of an empty table. */
  void createRoot(NewInode attributes, long now) {
    InodeRecord root = newRecord(attributes, 0, now);
    root.links = 2;
    root.linkDirectory = root.ino;
  }

  MemoryInode create(long directory, String name, NewInode attributes, long now) {
    DirectoryRecord parent = directory(directory);
    if (parent.find(name) != null) {
      throw EEXIST.exception();
    }
    checkNotRemoved(parent);
    InodeRecord record = newRecord(attributes, DirectoryEntry.residentBytes(name), now);
    record.links = record.type == FileType.DIRECTORY ? 2 : 1;
    enter(table.editDirectory(directory), name, record, table.nextCookie(), now);
    return cache.get(record);
  }

  MemoryInode createUnnamed(long directory, NewInode attributes, long now) {
    checkNotRemoved(directory(directory));
    RegularRecord record = (RegularRecord) newRecord(attributes, 0, now);
    record.linkable = true;
    MemoryInode inode = cache.get(record);
    orphan(record, inode);
    return inode;
  }

  /**
   * Adds a file with given times under a name, or without one, and leaves the times of the
   * directory alone.
   */
  MemoryInode copyIn(
      long directory, @Nullable String name, NewInode attributes, Stat times, List<Xattr> xattrs) {
    DirectoryRecord parent = directory(directory);
    if (name != null && parent.find(name) != null) {
      throw EEXIST.exception();
    }
    checkNotRemoved(parent);
    long extra = name == null ? 0 : DirectoryEntry.residentBytes(name);
    for (Xattr xattr : xattrs) {
      extra += xattr.residentBytes();
    }
    InodeRecord record = table.add(attributes, times.changeTime());
    if (!ledger.tryCharge(0, 0, record.residentBytes() + extra)) {
      table.remove(record.ino);
      throw ENOSPC.exception();
    }
    if (record instanceof RegularRecord file) {
      file.copySize(times.size());
    }
    for (Xattr xattr : xattrs) {
      int length = ByteStrings.length(xattr.name()) + 1;
      record.putXattr(xattr, xattr.residentBytes(), length, times.changeTime());
    }
    MemoryInode inode = cache.get(record);
    if (name == null) {
      orphan(record, inode);
    } else {
      DirectoryRecord mine = table.editDirectory(directory);
      long modified = mine.modificationTime;
      long changed = mine.changeTime;
      record.links = record.type == FileType.DIRECTORY ? 2 : 1;
      enter(mine, name, record, table.nextCookie(), modified);
      mine.changeTime = changed;
    }
    record.copyTimes(times);
    return inode;
  }

  /** Makes a record and charges it, and {@code entryBytes} of its directory. */
  private InodeRecord newRecord(NewInode attributes, long entryBytes, long now) {
    // What it costs is known only from the record; a record that may not stay is taken out again.
    InodeRecord record = table.add(attributes, now);
    if (!ledger.tryCharge(record.chargedBytes(), 1, record.residentBytes() + entryBytes)) {
      table.remove(record.ino);
      throw ENOSPC.exception();
    }
    return record;
  }

  void link(long directory, String name, MemoryInode target, long now) {
    DirectoryRecord parent = directory(directory);
    if (parent.find(name) != null) {
      throw EEXIST.exception();
    }
    checkNotRemoved(parent);
    if (target.type() == FileType.DIRECTORY) {
      throw EPERM.exception();
    }
    InodeRecord present = table.get(target.ino());
    boolean linkable = present instanceof RegularRecord regular && regular.linkable;
    if (present.links == 0 && !linkable) {
      throw ENOENT.exception();
    }
    if (present.links >= MAX_LINKS) {
      throw EMLINK.exception();
    }
    long extra = present.hasLink() ? InodeRecord.EXTRA_LINK : 0;
    ledger.charge(0, 0, DirectoryEntry.residentBytes(name) + extra);
    InodeRecord record = table.edit(target.ino());
    if (record.links == 0) {
      table.setOrphan(record.ino, false);
      target.setOrphan(false);
    }
    if (record instanceof RegularRecord regular) {
      regular.linkable = false;
    }
    record.links++;
    record.changeTime = now;
    enter(table.editDirectory(directory), name, record, table.nextCookie(), now);
  }

  void unlink(long directory, String name, Inode expected, long now) {
    DirectoryEntry entry = expected(directory(directory), name, expected);
    if (entry.type() == FileType.DIRECTORY) {
      throw EISDIR.exception();
    }
    DirectoryRecord parent = table.editDirectory(directory);
    parent.remove(entry);
    parent.modified(now);
    ledger.charge(0, 0, -DirectoryEntry.residentBytes(name));
    dropLink(entry, now);
  }

  void rmdir(long directory, String name, Inode expected, long now) {
    DirectoryEntry entry = expected(directory(directory), name, expected);
    if (entry.type() != FileType.DIRECTORY) {
      throw ENOTDIR.exception();
    }
    if (!directory(entry.ino()).isEmpty()) {
      throw ENOTEMPTY.exception();
    }
    DirectoryRecord parent = table.editDirectory(directory);
    parent.remove(entry);
    parent.links--;
    parent.modified(now);
    ledger.charge(0, 0, -DirectoryEntry.residentBytes(name));
    dropLink(entry, now);
  }

  /** Takes a link from the file of an entry that is not in its directory any more. */
  private void dropLink(DirectoryEntry entry, long now) {
    InodeRecord record = table.edit(entry.ino());
    long before = record.residentBytes();
    record.removeLink(table.edit(), entry.cookie());
    ledger.charge(0, 0, record.residentBytes() - before);
    record.links = record.type == FileType.DIRECTORY ? 0 : record.links - 1;
    record.changeTime = now;
    if (record.links > 0) {
      return;
    }
    MemoryInode inode = cache.peek(record.ino);
    if (inode == null) {
      release(record);
      return;
    }
    // Closing looks at the mark after it counts down, so the mark comes before the look at the
    // count.
    orphan(record, inode);
    if (!inode.isOpen()) {
      inode.setOrphan(false);
      release(record);
    }
  }

  private void orphan(InodeRecord record, MemoryInode inode) {
    table.setOrphan(record.ino, true);
    inode.setOrphan(true);
  }

  /** Frees a file that has neither a name nor a user. */
  void release(InodeRecord record) {
    table.remove(record.ino);
    ledger.charge(-record.chargedBytes(), -1, -record.residentBytes());
  }

  void rename(
      long oldDirectory,
      String oldName,
      Inode expected,
      long newDirectory,
      String newName,
      @Nullable Inode expectedTarget,
      int flags,
      long now) {
    DirectoryRecord from = directory(oldDirectory);
    DirectoryRecord to = directory(newDirectory);
    DirectoryEntry source = expected(from, oldName, expected);
    DirectoryEntry target = expectedTarget(to, newName, expectedTarget, flags);
    checkRename(from, source, to, target, flags);
    if (target != null && target.ino() == source.ino()) {
      return; // Two names of one file, or the same name: nothing to do, says rename(2).
    }
    if ((flags & Inode.RENAME_EXCHANGE) != 0 && target != null) {
      exchange(oldDirectory, source, newDirectory, target, now);
    } else {
      move(oldDirectory, source, newDirectory, newName, target, now);
    }
  }

  private static @Nullable DirectoryEntry expectedTarget(
      DirectoryRecord directory, String name, @Nullable Inode expected, int flags) {
    DirectoryEntry entry = directory.find(name);
    if (entry != null && (flags & Inode.RENAME_NOREPLACE) != 0) {
      throw EEXIST.exception();
    }
    if (entry == null && (flags & Inode.RENAME_EXCHANGE) != 0) {
      throw ENOENT.exception();
    }
    long ino = expected == null ? 0 : expected.ino();
    if (ino != (entry == null ? 0 : entry.ino())) {
      throw ESTALE.exception();
    }
    return entry;
  }

  /** The errors of rename(2), in the order in which Linux finds them. */
  private void checkRename(
      DirectoryRecord from,
      DirectoryEntry source,
      DirectoryRecord to,
      @Nullable DirectoryEntry target,
      int flags) {
    boolean exchange = (flags & Inode.RENAME_EXCHANGE) != 0;
    boolean movesDirectory = source.type() == FileType.DIRECTORY;
    if (movesDirectory && isWithin(to, source.ino())) {
      throw EINVAL.exception();
    }
    if (target == null) {
      checkNotRemoved(to);
      return;
    }
    boolean toDirectory = target.type() == FileType.DIRECTORY;
    if (toDirectory && isWithin(from, target.ino())) {
      throw exchange ? EINVAL.exception() : ENOTEMPTY.exception();
    }
    if (exchange || target.ino() == source.ino()) {
      return;
    }
    if (movesDirectory && !toDirectory) {
      throw ENOTDIR.exception();
    }
    if (!movesDirectory && toDirectory) {
      throw EISDIR.exception();
    }
    if (toDirectory && !directory(target.ino()).isEmpty()) {
      throw ENOTEMPTY.exception();
    }
  }

  /** Whether a directory is another one or below it. */
  private boolean isWithin(DirectoryRecord directory, long ancestor) {
    InodeRecord at = directory;
    while (at != null && at.ino != ancestor) {
      if (at.ino == InodeTable.ROOT) {
        return false;
      }
      at = table.find(at.linkDirectory);
    }
    return at != null;
  }

  private void move(
      long oldDirectory,
      DirectoryEntry source,
      long newDirectory,
      String newName,
      @Nullable DirectoryEntry target,
      long now) {
    long newEntry = target == null ? DirectoryEntry.residentBytes(newName) : 0;
    ledger.charge(0, 0, newEntry - DirectoryEntry.residentBytes(source.name()));
    DirectoryRecord from = table.editDirectory(oldDirectory);
    from.remove(source);
    from.modified(now);
    InodeRecord record = table.edit(source.ino());
    record.removeLink(table.edit(), source.cookie());
    record.changeTime = now;
    if (record.type == FileType.DIRECTORY) {
      from.links--;
    }
    DirectoryRecord to = table.editDirectory(newDirectory);
    if (target != null && target.type() == FileType.DIRECTORY) {
      to.links--;
    }
    long cookie = target == null ? table.nextCookie() : target.cookie();
    enter(to, newName, record, cookie, now);
    if (target != null) {
      dropLink(target, now);
    }
  }

  private void exchange(
      long oldDirectory,
      DirectoryEntry source,
      long newDirectory,
      DirectoryEntry target,
      long now) {
    InodeRecord first = table.edit(source.ino());
    InodeRecord second = table.edit(target.ino());
    DirectoryRecord from = table.editDirectory(oldDirectory);
    DirectoryRecord to = table.editDirectory(newDirectory);
    first.removeLink(table.edit(), source.cookie());
    second.removeLink(table.edit(), target.cookie());
    if (first.type == FileType.DIRECTORY) {
      from.links--;
    }
    if (second.type == FileType.DIRECTORY) {
      to.links--;
    }
    enter(from, source.name(), second, source.cookie(), now);
    enter(to, target.name(), first, target.cookie(), now);
    first.changeTime = now;
    second.changeTime = now;
  }

  /** Makes a name stand for a file, and the directory its parent if it is one. */
  private void enter(
      DirectoryRecord directory, String name, InodeRecord record, long cookie, long now) {
    directory.put(new DirectoryEntry(name, record.ino, record.type, cookie));
    directory.modified(now);
    record.addLink(table.edit(), directory.ino, cookie);
    if (record.type == FileType.DIRECTORY) {
      directory.links++;
    }
  }

  private DirectoryRecord directory(long ino) {
    if (table.get(ino) instanceof DirectoryRecord directory) {
      return directory;
    }
    throw ENOTDIR.exception();
  }

  private static void checkNotRemoved(DirectoryRecord directory) {
    if (directory.isRemoved()) {
      throw ENOENT.exception();
    }
  }

  private static DirectoryEntry expected(DirectoryRecord directory, String name, Inode expected) {
    DirectoryEntry entry = directory.get(name);
    if (entry.ino() != expected.ino()) {
      throw ESTALE.exception();
    }
    return entry;
  }
}
