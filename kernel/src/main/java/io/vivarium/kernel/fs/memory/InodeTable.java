package io.vivarium.kernel.fs.memory;

import static io.vivarium.kernel.errno.Errno.ENOENT;

import io.vivarium.kernel.fs.NewInode;
import org.jspecify.annotations.Nullable;

/**
 * All files of a file system by inode number, with the present {@link Edit}. Guarded by the file
 * system's lock.
 */
final class InodeTable {
  static final long ROOT = 1;

  // 1 and 2 are left to readers of directories, for "." and "..".
  private static final long FIRST_COOKIE = 3;

  private Edit edit = new Edit();
  private PersistentRadix<InodeRecord> records;

  /** Files that have no name and live for as long as they are open. */
  private PersistentRadix<Boolean> orphans;

  private long nextIno;
  private long nextCookie;

  /** An empty table. */
  InodeTable() {
    this.records = PersistentRadix.empty();
    this.orphans = PersistentRadix.empty();
    this.nextIno = ROOT;
    this.nextCookie = FIRST_COOKIE;
  }

  /** A table that starts as another one is now, in constant time; neither sees the other change. */
  InodeTable fork() {
    InodeTable fork = new InodeTable();
    fork.records = records;
    fork.orphans = orphans;
    fork.nextIno = nextIno;
    fork.nextCookie = nextCookie;
    edit = new Edit();
    return fork;
  }

  Edit edit() {
    return edit;
  }

  @Nullable InodeRecord find(long ino) {
    return records.get(ino);
  }

  /**
   * The record of a file. ENOENT when it is gone: its last name was removed and nobody had it open.
   */
  InodeRecord get(long ino) {
    InodeRecord record = records.get(ino);
    if (record == null) {
      throw ENOENT.exception();
    }
    return record;
  }

  /** The record of a file, to change; what {@link #get} gave before is out of date from then on. */
  InodeRecord edit(long ino) {
    InodeRecord record = get(ino);
    if (record.owner == edit) {
      return record;
    }
    InodeRecord mine = record.copy(edit);
    records = records.put(edit, ino, mine);
    return mine;
  }

  DirectoryRecord editDirectory(long ino) {
    return (DirectoryRecord) edit(ino);
  }

  /** Makes a record with a new inode number and adds it. */
  InodeRecord add(NewInode attributes, long now) {
    long ino = nextIno++;
    InodeRecord record =
        switch (attributes.type()) {
          case REGULAR -> new RegularRecord(edit, ino, attributes, now);
          case DIRECTORY -> new DirectoryRecord(edit, ino, attributes, now);
          case SYMLINK -> new SymlinkRecord(edit, ino, attributes, now);
          case FIFO, SOCKET, CHARACTER_DEVICE, BLOCK_DEVICE ->
              new NodeRecord(edit, ino, attributes, now);
        };
    records = records.put(edit, ino, record);
    return record;
  }

  void remove(long ino) {
    InodeRecord record = records.get(ino);
    if (record != null && isCurrent(record)) {
      record.removed = true;
    }
    records = records.remove(edit, ino);
    orphans = orphans.remove(edit, ino);
  }

  /**
   * Whether a record belongs to the present edit. It is then the one that the table has until the
   * file is removed or the table is forked, for it is changed in place.
   */
  boolean isCurrent(InodeRecord record) {
    return record.owner == edit;
  }

  /** A number for a new directory entry. */
  long nextCookie() {
    return nextCookie++;
  }

  void setOrphan(long ino, boolean orphan) {
    orphans = orphan ? orphans.put(edit, ino, true) : orphans.remove(edit, ino);
  }

  boolean isOrphan(long ino) {
    return orphans.get(ino) != null;
  }

  /** Some file without a name, or -1 when there is none. */
  long anyOrphan() {
    return orphans.ceilingKey(0);
  }

  /** Visits all records. */
  void forEach(PersistentRadix.Visitor<InodeRecord> visitor) {
    records.visitFrom(0, visitor);
  }
}
