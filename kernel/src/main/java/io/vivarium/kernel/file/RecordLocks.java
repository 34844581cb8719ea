package io.vivarium.kernel.file;

import static io.vivarium.kernel.errno.Errno.EAGAIN;
import static io.vivarium.kernel.errno.Errno.EBADF;
import static io.vivarium.kernel.errno.Errno.EDEADLK;
import static io.vivarium.kernel.errno.Errno.EINVAL;
import static io.vivarium.kernel.errno.Errno.ENOLCK;
import static io.vivarium.kernel.errno.Errno.EOVERFLOW;

import io.vivarium.kernel.errno.ErrnoException;
import io.vivarium.kernel.wait.Task;
import io.vivarium.kernel.wait.WaitQueue;
import io.vivarium.kernel.wait.Waiter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The POSIX record locks of one inode in one machine (fcntl(2): F_GETLK, F_SETLK, F_SETLKW). They
 * belong to processes, cover ranges of bytes, and never conflict with those of the same process: a
 * new lock replaces what it covers, splitting and merging ranges.
 *
 * <p>Everything changes under the {@link LockTable} of the machine, so that following who waits for
 * whom from file to file sees one moment.
 */
public final class RecordLocks {
  /** A range, both ends included, of one kind; {@link Long#MAX_VALUE} is the end of any file. */
  private record Range(boolean exclusive, long first, long last) {
    boolean overlaps(Range other) {
      return first <= other.last && other.first <= last;
    }

    boolean conflicts(Range other) {
      return (exclusive || other.exclusive) && overlaps(other);
    }
  }

  /** What an owner waits for. */
  record Request(RecordLocks locks, Range range) {}

  private final LockTable table;
  private final WaitQueue queue = new WaitQueue();
  // Guarded by the table: each owner's ranges, disjoint, ascending, neighbours of a kind merged.
  private final Map<LockOwner, List<Range>> held = new HashMap<>();

  RecordLocks(LockTable table) {
    this.table = table;
  }

  // ---- calls ------------------------------------------------------------------------------------

  /**
   * F_SETLK and F_SETLKW with F_RDLCK or F_WRLCK.
   *
   * @param task who may have to wait
   * @param file an open file of the process; needs the access mode that goes with the kind of lock
   * @param owner the process, as its descriptor table knows it
   * @param exclusive F_WRLCK rather than F_RDLCK
   * @param start first byte, counted from the beginning of the file
   * @param length bytes; 0 for all from {@code start} on; negative for those before {@code start}
   * @param wait F_SETLKW
   * @throws io.vivarium.kernel.errno.ErrnoException EAGAIN when another process holds a conflicting
   *     lock, or with {@code wait} EDEADLK when that process would wait for this one, and EINTR;
   *     EBADF, EINVAL, EOVERFLOW for the range, ENOLCK at the limit of locks
   */
  public static void lock(
      Task task,
      FileDescription file,
      LockOwner owner,
      boolean exclusive,
      long start,
      long length,
      boolean wait) {
    if (exclusive ? !file.writable() : !file.readable()) {
      throw EBADF.exception();
    }
    Range range = range(exclusive, start, length);
    owner.table().recordLocksOf(file.inode()).lock(task, owner, range, wait);
  }

  /** F_SETLK with F_UNLCK; see {@link #lock}. Unlocking the middle of a range splits it. */
  public static void unlock(FileDescription file, LockOwner owner, long start, long length) {
    Range range = range(false, start, length);
    RecordLocks locks = owner.table().presentRecordLocksOf(file.inode());
    if (locks == null) {
      return;
    }
    synchronized (owner.table()) {
      locks.replace(owner, range, false);
    }
    locks.queue.wakeAll();
  }

  /**
   * F_GETLK.
   *
   * @return a lock of another process that would be in the way, the one that starts first; null
   *     when there is none
   */
  public static @Nullable RecordLock test(
      FileDescription file, LockOwner owner, boolean exclusive, long start, long length) {
    Range range = range(exclusive, start, length);
    RecordLocks locks = owner.table().presentRecordLocksOf(file.inode());
    if (locks == null) {
      return null;
    }
    synchronized (owner.table()) {
      return locks.firstConflict(owner, range);
    }
  }

  /** The owner loses all its locks on this inode. */
  void releaseAll(LockOwner owner) {
    synchronized (table) {
      List<Range> ranges = held.remove(owner);
      if (ranges == null) {
        return;
      }
      for (int i = 0; i < ranges.size(); i++) {
        table.recordLocks().give();
      }
      owner.holds(this, false);
    }
    queue.wakeAll();
  }

  private static Range range(boolean exclusive, long start, long length) {
    if (start < 0 || (length < 0 && start + length < 0)) {
      throw EINVAL.exception();
    }
    if (length < 0) {
      return new Range(exclusive, start + length, start - 1);
    }
    if (length == 0) {
      return new Range(exclusive, start, Long.MAX_VALUE);
    }
    if (length - 1 > Long.MAX_VALUE - start) {
      throw EOVERFLOW.exception();
    }
    return new Range(exclusive, start, start + length - 1);
  }

  // ---- locking ----------------------------------------------------------------------------------

  private void lock(Task task, LockOwner owner, Range range, boolean wait) {
    synchronized (table) {
      if (tryLock(owner, range)) {
        return;
      }
      if (!wait) {
        throw EAGAIN.exception();
      }
      if (wouldDeadlock(owner, range)) {
        throw EDEADLK.exception();
      }
      owner.setWaiting(new Request(this, range));
    }
    try {
      task.await(() -> tryLock(owner, range), Waiter.NEVER, queue);
    } finally {
      synchronized (table) {
        owner.setWaiting(null);
      }
    }
  }

  /** Sets the lock unless another owner's is in the way. Doing it again changes nothing. */
  private boolean tryLock(LockOwner owner, Range range) {
    boolean weaker;
    synchronized (table) {
      if (owner.ended()) {
        throw ENOLCK.exception();
      }
      if (!blockers(owner, range).isEmpty()) {
        return false;
      }
      weaker = replace(owner, range, true);
    }
    if (weaker) {
      queue.wakeAll();
    }
    return true;
  }

  private Set<LockOwner> blockers(LockOwner owner, Range range) {
    Set<LockOwner> blockers = Collections.newSetFromMap(new IdentityHashMap<>(2));
    held.forEach((other, ranges) -> {
      if (other != owner && ranges.stream().anyMatch(range::conflicts)) {
        blockers.add(other);
      }
    });
    return blockers;
  }

  private @Nullable RecordLock firstConflict(LockOwner owner, Range range) {
    RecordLock first = null;
    for (Map.Entry<LockOwner, List<Range>> entry : held.entrySet()) {
      if (entry.getKey() == owner) {
        continue;
      }
      for (Range other : entry.getValue()) {
        if (range.conflicts(other) && (first == null || other.first < first.start())) {
          long length = other.last == Long.MAX_VALUE ? 0 : other.last - other.first + 1;
          first = new RecordLock(other.exclusive, other.first, length, entry.getKey().pid());
        }
      }
    }
    return first;
  }

  /** Whether somebody in the way waits, over any number of steps, for this owner. */
  private boolean wouldDeadlock(LockOwner owner, Range range) {
    Set<LockOwner> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    Deque<LockOwner> next = new ArrayDeque<>(blockers(owner, range));
    while (!next.isEmpty()) {
      LockOwner blocker = next.remove();
      if (blocker == owner) {
        return true;
      }
      Request waiting = blocker.waiting();
      if (waiting != null && seen.add(blocker)) {
        next.addAll(waiting.locks.blockers(blocker, waiting.range));
      }
    }
    return false;
  }

  // ---- ranges -----------------------------------------------------------------------------------

  /**
   * Replaces what an owner holds within a range: by a lock on all of it, or by nothing.
   *
   * @return whether something became free or merely shared, so that others may go on
   */
  private boolean replace(LockOwner owner, Range range, boolean locked) {
    List<Range> before = held.getOrDefault(owner, List.of());
    List<Range> after = new ArrayList<>(before.size() + 2);
    boolean weaker = false;
    for (Range present : before) {
      if (!present.overlaps(range)) {
        after.add(present);
        continue;
      }
      weaker |= !locked || (present.exclusive && !range.exclusive);
      if (present.first < range.first) {
        after.add(new Range(present.exclusive, present.first, range.first - 1));
      }
      if (present.last > range.last) {
        after.add(new Range(present.exclusive, range.last + 1, present.last));
      }
    }
    if (locked) {
      after.add(range);
    }
    after.sort(Comparator.comparingLong(Range::first));
    merge(after);
    count(after.size() - before.size());
    if (after.isEmpty()) {
      held.remove(owner);
    } else {
      held.put(owner, after);
    }
    owner.holds(this, !after.isEmpty());
    return weaker;
  }

  /** Joins neighbours of the same kind. */
  private static void merge(List<Range> ranges) {
    int kept = 0;
    for (int i = 1; i < ranges.size(); i++) {
      Range last = ranges.get(kept);
      Range next = ranges.get(i);
      if (last.exclusive == next.exclusive && last.last + 1 == next.first) {
        ranges.set(kept, new Range(last.exclusive, last.first, next.last));
      } else {
        kept = kept + 1;
        ranges.set(kept, next);
      }
    }
    if (!ranges.isEmpty()) {
      ranges.subList(kept + 1, ranges.size()).clear();
    }
  }

  private void count(int more) {
    for (int i = more; i < 0; i++) {
      table.recordLocks().give();
    }
    int taken = 0;
    try {
      for (; taken < more; taken++) {
        table.recordLocks().take();
      }
    } catch (ErrnoException limited) {
      for (; taken > 0; taken--) {
        table.recordLocks().give();
      }
      throw limited;
    }
  }
}
