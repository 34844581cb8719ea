package io.vivarium.kernel.file;

import static io.vivarium.kernel.errno.Errno.EAGAIN;
import static io.vivarium.kernel.errno.Errno.EBADF;
import static io.vivarium.kernel.errno.Errno.EINVAL;

import io.vivarium.kernel.wait.Task;
import io.vivarium.kernel.wait.WaitQueue;
import io.vivarium.kernel.wait.Waiter;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The flock(2) locks of one inode in one machine. They belong to open descriptions, so {@code dup}
 * and children share them, and they go when the description closes. They know nothing of {@link
 * RecordLocks}.
 */
public final class Flock {
  /** Shared lock. */
  public static final int LOCK_SH = 1;

  /** Exclusive lock. */
  public static final int LOCK_EX = 2;

  /** Added to the others: do not wait. */
  public static final int LOCK_NB = 4;

  /** Unlock. */
  public static final int LOCK_UN = 8;

  private final WaitQueue queue = new WaitQueue();

  // Guarded by this. At most one of the two is in use.
  private final Set<FileDescription> shared = new HashSet<>();
  private @Nullable FileDescription exclusive;

  Flock() {}

  /**
   * flock(2). A lock that is held already is converted, which is not atomic: it is given up first,
   * and lost when the new one cannot be had.
   *
   * @param task who may have to wait
   * @param table the locks of the machine
   * @param file whose lock it is
   * @param operation one of SH, EX, UN, with or without NB
   * @throws io.vivarium.kernel.errno.ErrnoException EAGAIN with NB when somebody holds a lock that
   *     conflicts, EINTR, EINVAL for another operation, EBADF with O_PATH
   */
  public static void flock(Task task, LockTable table, FileDescription file, int operation) {
    if ((file.flags() & OpenFlags.O_PATH) != 0) {
      throw EBADF.exception();
    }
    int wanted = operation & ~LOCK_NB;
    switch (wanted) {
      case LOCK_UN -> table.flockOf(file.inode()).unlock(file);
      case LOCK_SH, LOCK_EX ->
          table
              .flockOf(file.inode())
              .lock(task, file, wanted == LOCK_EX, (operation & LOCK_NB) != 0);
      default -> throw EINVAL.exception();
    }
  }

  private void lock(Task task, FileDescription file, boolean exclusively, boolean nonBlocking) {
    file.holdsFlock(this);
    if (!holds(file, exclusively)) {
      unlock(file);
    }
    if (tryLock(file, exclusively)) {
      return;
    }
    if (nonBlocking) {
      throw EAGAIN.exception();
    }
    task.await(() -> tryLock(file, exclusively), Waiter.NEVER, queue);
  }

  private synchronized boolean holds(FileDescription file, boolean exclusively) {
    return exclusively ? file.equals(exclusive) : shared.contains(file);
  }

  private synchronized boolean tryLock(FileDescription file, boolean exclusively) {
    if (exclusive != null && !exclusive.equals(file)) {
      return false;
    }
    if (!exclusively) {
      shared.add(file);
      return true;
    }
    if (!shared.isEmpty()) {
      return false;
    }
    exclusive = file;
    return true;
  }

  /** Gives up what the description holds; it unlocks or closes. */
  void unlock(FileDescription file) {
    boolean changed;
    synchronized (this) {
      changed = shared.remove(file);
      if (file.equals(exclusive)) {
        exclusive = null;
        changed = true;
      }
    }
    if (changed) {
      queue.wakeAll();
    }
  }
}
