package io.vivarium.kernel.file;

import io.vivarium.kernel.fs.Inode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whose POSIX record locks they are (fcntl(2), F_SETLK): a process, which keeps its owner over
 * exec. Compared by identity. An owner makes one call at a time.
 */
public final class LockOwner {
  private final LockTable table;
  private final int pid;

  // Guarded by the table, except that whether there are any is read without.
  private final Set<RecordLocks> holding = Collections.newSetFromMap(new IdentityHashMap<>(2));
  private volatile boolean holdsAny;
  private RecordLocks.@Nullable Request waiting;
  private boolean ended;

  /**
   * An owner without locks.
   *
   * @param table the locks of the machine
   * @param pid the process number that F_GETLK reports
   */
  public LockOwner(LockTable table, int pid) {
    this.table = table;
    this.pid = pid;
  }

  /** The process number that F_GETLK reports. */
  public int pid() {
    return pid;
  }

  /** The locks of the machine. */
  public LockTable table() {
    return table;
  }

  /**
   * The process closed a descriptor of this file: all its locks on it are gone, also when they were
   * set through another descriptor (fcntl(2)).
   */
  void descriptorClosed(Inode inode) {
    if (!holdsAny) {
      return;
    }
    RecordLocks locks = table.presentRecordLocksOf(inode);
    if (locks != null) {
      locks.releaseAll(this);
    }
  }

  /** The process is over: drops what it holds, and it gets nothing any more. */
  void end() {
    ArrayList<RecordLocks> all;
    synchronized (table) {
      ended = true;
      all = new ArrayList<>(holding);
    }
    for (RecordLocks locks : all) {
      locks.releaseAll(this);
    }
  }

  // ---- under the lock of the table
  // ---------------------------------------------------------------

  boolean ended() {
    return ended;
  }

  void holds(RecordLocks locks, boolean some) {
    if (some) {
      holding.add(locks);
    } else {
      holding.remove(locks);
    }
    holdsAny = !holding.isEmpty();
  }

  RecordLocks.@Nullable Request waiting() {
    return waiting;
  }

  void setWaiting(RecordLocks.@Nullable Request request) {
    waiting = request;
  }
}
