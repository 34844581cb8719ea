package io.vivarium.kernel.file;

import static io.vivarium.kernel.errno.Errno.ENOLCK;

import io.vivarium.kernel.fs.Inode;
import java.util.Map;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The advisory locks of one machine: flock(2) and POSIX record locks, each kept per inode.
 *
 * <p>They are kept here and not at the inode, because machines share inodes of immutable file
 * systems and must not notice each other. Its monitor is the one under which all record locks of
 * the machine change, because a deadlock may go through any of its files and processes.
 */
public final class LockTable {
  private final CountLimit recordLocks;

  // Guarded by this. Inodes are compared by identity; what is kept for one does not refer to it
  // while
  // nothing is locked.
  private final Map<Inode, Flock> flocks = new WeakHashMap<>();
  private final Map<Inode, RecordLocks> records = new WeakHashMap<>();

  /**
   * A machine without locks.
   *
   * @param maximum how many ranges may be locked with record locks; ENOLCK beyond
   */
  public LockTable(int maximum) {
    this(new CountLimit(maximum, ENOLCK));
  }

  /**
   * A machine without locks.
   *
   * @param recordLocks counts the ranges that are locked with record locks
   */
  public LockTable(CountLimit recordLocks) {
    this.recordLocks = recordLocks;
  }

  /** Counts the ranges that are locked with record locks. */
  public CountLimit recordLocks() {
    return recordLocks;
  }

  synchronized Flock flockOf(Inode inode) {
    return flocks.computeIfAbsent(inode, key -> new Flock());
  }

  synchronized RecordLocks recordLocksOf(Inode inode) {
    return records.computeIfAbsent(inode, key -> new RecordLocks(this));
  }

  synchronized @Nullable RecordLocks presentRecordLocksOf(Inode inode) {
    return records.get(inode);
  }
}
