package io.vivarium.kernel.fs.memory;

import static io.vivarium.kernel.errno.Errno.EROFS;
import static io.vivarium.kernel.errno.Errno.EXDEV;

import io.vivarium.kernel.fs.FileSystem;
import io.vivarium.kernel.fs.FileType;
import io.vivarium.kernel.fs.Inode;
import io.vivarium.kernel.fs.Mode;
import io.vivarium.kernel.fs.NewInode;
import io.vivarium.kernel.fs.SnapshotCapable;
import io.vivarium.kernel.fs.Stat;
import io.vivarium.kernel.fs.StatFs;
import io.vivarium.kernel.limit.StorageLedger;
import io.vivarium.kernel.limit.StorageLimits;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;

/**
 * A file system in the memory of the host (tmpfs(5)): every kind of file, hard links, extended
 * attributes, sparse files, and snapshots and forks in constant time that share whatever they have
 * in common.
 *
 * <p>A new one holds only its root directory, mode 0755 and owned by root. It keeps time by a clock
 * of its own, and counts what it holds in a {@link StorageLedger}.
 *
 * <p>Thread-safe. Readers run side by side, changes one after the other.
 */
public final class MemoryFileSystem extends FileSystem implements SnapshotCapable {
  private static final long RELATIME_INTERVAL = TimeUnit.HOURS.toNanos(24);

  private final ReadWriteLock lock = new ReentrantReadWriteLock();
  private final Lock reading = lock.readLock();
  private final Lock writing = lock.writeLock();
  private final InstantSource clock;
  private final boolean readOnly;
  private final StorageLedger ledger;
  private final InodeTable table;
  private final InodeCache cache = new InodeCache(this);
  private final Namespace names;
  private final Inode root;

  /** An empty file system. */
  public MemoryFileSystem(StorageLimits limits) {
    this(limits, Clock.systemUTC());
  }

  /**
   * An empty file system.
   *
   * @param clock tells the times of files; must be thread-safe
   */
  public MemoryFileSystem(StorageLimits limits, InstantSource clock) {
    this.clock = clock;
    this.readOnly = false;
    this.ledger = new StorageLedger(limits);
    this.table = new InodeTable();
    this.names = new Namespace(table, ledger, cache);
    names.createRoot(NewInode.directory(0755, 0, 0), now());
    this.root = handle(InodeTable.ROOT);
  }

  /** A file system over a frozen state. */
  MemoryFileSystem(InodeTable table, StorageLedger ledger, InstantSource clock, boolean readOnly) {
    this.clock = clock;
    this.readOnly = readOnly;
    this.ledger = ledger;
    this.table = table;
    this.names = new Namespace(table, ledger, cache);
    this.root = handle(InodeTable.ROOT);
  }

  @Override
  public boolean movesOnlyByCalls() {
    return true;
  }

  @Override
  public String type() {
    return "tmpfs";
  }

  @Override
  public Inode root() {
    return root;
  }

  @Override
  public StatFs statFs() {
    reading.lock();
    try {
      StorageLimits limits = ledger.limits();
      return new StatFs(
          StatFs.TMPFS_MAGIC, limits.bytes(), ledger.bytes(), limits.inodes(), ledger.inodes());
    } finally {
      reading.unlock();
    }
  }

  @Override
  public boolean readOnly() {
    return readOnly;
  }

  /** What this file system holds, exact after every operation. */
  public StorageLedger ledger() {
    return ledger;
  }

  /**
   * {@inheritDoc}
   *
   * <p>Files that are open but have no name are not part of the frozen state; freezing takes a step
   * for each of them.
   */
  @Override
  public MemorySnapshot snapshot() {
    writing.lock();
    try {
      InodeTable frozen = table.fork();
      StorageLedger use = ledger.fork(ledger.limits());
      Namespace frozenNames = new Namespace(frozen, use, cache);
      for (long ino = frozen.anyOrphan(); ino >= 0; ino = frozen.anyOrphan()) {
        frozenNames.release(frozen.get(ino));
      }
      return new MemorySnapshot(frozen, use, clock);
    } finally {
      writing.unlock();
    }
  }

  /**
   * Adds a copy of a file without its contents: type, permissions, owner, all times, size (one
   * hole), symlink target and device number. The times of the directory stay as they are, so
   * nothing tells that the file was not there before.
   *
   * <p>The copy takes the place of the original, which is counted already: the ledger is charged
   * with the host memory alone. When the copy goes, its inode and its bytes are given back.
   *
   * @param directory a directory of this file system
   * @param name its name here, or null for a file that has no name and lives while it is open
   * @param original a file of any file system
   * @param xattrs the extended attributes that the copy gets; names are not checked
   * @throws io.vivarium.kernel.errno.ErrnoException EEXIST, ENOENT, ENOTDIR, ENOSPC as for {@link
   *     Inode#create}
   */
  public Inode copyIn(
      Inode directory, @Nullable String name, Inode original, Map<String, byte[]> xattrs) {
    Stat stat = original.stat();
    NewInode attributes =
        new NewInode(
            original.type(),
            stat.mode() & Mode.PERMISSIONS,
            stat.uid(),
            stat.gid(),
            stat.rdev(),
            original.type() == FileType.SYMLINK ? original.readLink() : "");
    List<Xattr> all = new ArrayList<>();
    xattrs.forEach((xattr, value) -> all.add(new Xattr(xattr, value)));
    long to = own(directory).ino();
    return changeNames((names, now) -> names.copyIn(to, name, attributes, stat, all));
  }

  /**
   * Makes the contents of a regular file those of another one in constant time, by sharing its
   * blocks, if that can be done: the other one must be in a read-only file system of this class.
   * Times stay.
   *
   * @param file a regular file of this file system
   * @param original a regular file of any file system
   * @return whether it was done
   * @throws io.vivarium.kernel.errno.ErrnoException ENOSPC
   */
  public boolean shareContents(Inode file, Inode original) {
    if (!(original instanceof MemoryFile source) || !source.fileSystem().readOnly()) {
      return false;
    }
    RegularRecord contents = source.frozenContents();
    long ino = own(file).ino();
    change(now -> {
      ((RegularRecord) table.edit(ino)).share(contents, ledger);
      return now;
    });
    return true;
  }

  /**
   * Gives a file back all its times, after changes that nobody asked for and none shall see.
   *
   * @param file a file of this file system
   * @param before what it had told
   */
  public void restoreTimes(Inode file, Stat before) {
    long ino = own(file).ino();
    change(now -> {
      table.edit(ino).copyTimes(before);
      return now;
    });
  }

  /** All names of a file of this file system, with their directories. */
  public List<Inode.Link> links(Inode file) {
    List<Inode.Link> links = new ArrayList<>();
    reading.lock();
    try {
      own(file)
          .record()
          .forEachLink((directory, cookie) -> {
            Inode.Link link = link(directory, cookie);
            if (link != null) {
              links.add(link);
            }
          });
    } finally {
      reading.unlock();
    }
    return links;
  }

  private MemoryInode own(Inode inode) {
    if (inode instanceof MemoryInode mine && mine.fileSystem() == this) {
      return mine;
    }
    throw EXDEV.exception();
  }

  /** A change of one file. */
  @FunctionalInterface
  interface Change {
    /** Makes the change at the time {@code now}, nanoseconds since the epoch. */
    long make(long now);
  }

  /** A change of names. */
  @FunctionalInterface
  interface NameChange {
    /** Makes the change at the time {@code now}, nanoseconds since the epoch. */
    MemoryInode make(Namespace names, long now);
  }

  Lock reading() {
    return reading;
  }

  InodeTable table() {
    return table;
  }

  /** Runs a change alone; all of them come through here. */
  long change(Change change) {
    checkWritable();
    writing.lock();
    try {
      return change.make(now());
    } finally {
      writing.unlock();
    }
  }

  /** Runs a change of names alone; all of them come through here. */
  MemoryInode changeNames(NameChange change) {
    checkWritable();
    writing.lock();
    try {
      cache.expunge(table::isOrphan);
      cache.reapOrphans(this::releaseLost);
      return change.make(names, now());
    } finally {
      writing.unlock();
    }
  }

  private void checkWritable() {
    if (readOnly) {
      throw EROFS.exception();
    }
  }

  /** The handle of a file, under the lock; ENOENT when it is gone. */
  MemoryInode handle(long ino) {
    cache.expunge(table::isOrphan);
    MemoryInode present = cache.peek(ino);
    if (present != null) {
      present.record(); // ENOENT when it is gone
      return present;
    }
    return cache.get(table.get(ino));
  }

  /** The entry with a cookie in a directory, under the lock. */
  Inode.@Nullable Link link(long directory, long cookie) {
    DirectoryEntry entry = ((DirectoryRecord) table.get(directory)).at(cookie);
    return entry == null ? null : new Inode.Link(handle(directory), entry.name());
  }

  /** Frees a file without a name, unless it has got a user or a name since. */
  void releaseUnused(MemoryInode inode) {
    writing.lock();
    try {
      if (inode.isOrphan() && !inode.isOpen()) {
        inode.setOrphan(false);
        names.release(table.get(inode.ino()));
      }
    } finally {
      writing.unlock();
    }
  }

  private void releaseLost(long ino) {
    if (table.isOrphan(ino) && cache.peek(ino) == null) {
      names.release(table.get(ino));
    }
  }

  /** Whether relatime (mount(8)) asks for a new access time after a read. */
  boolean wantsAccessTime(InodeRecord record) {
    if (readOnly) {
      return false;
    }
    return record.accessTime <= record.modificationTime
        || record.accessTime <= record.changeTime
        || now() - record.accessTime >= RELATIME_INTERVAL;
  }

  /** Makes now the access time of a file, if it still exists. */
  void touch(long ino) {
    writing.lock();
    try {
      if (table.find(ino) != null) {
        table.edit(ino).accessTime = now();
      }
    } finally {
      writing.unlock();
    }
  }

  private long now() {
    Instant now = clock.instant();
    return TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
  }
}
