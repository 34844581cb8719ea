package io.vivarium.kernel.syscall;

import io.vivarium.kernel.file.FdTable;
import io.vivarium.kernel.file.FileDescription;
import io.vivarium.kernel.file.Flock;
import io.vivarium.kernel.file.RecordLock;
import io.vivarium.kernel.file.RecordLocks;
import io.vivarium.kernel.process.Process;
import org.jspecify.annotations.Nullable;

/**
 * Advisory locks: flock(2) and the record locks of fcntl(2). For the thread of the process only.
 */
public final class LockCalls {
  private final Process process;
  private final FdTable table;

  LockCalls(Process process) {
    this.process = process;
    this.table = process.descriptors();
  }

  /** flock(2): operation LOCK_SH 1, LOCK_EX 2 or LOCK_UN 8, with LOCK_NB 4 to not wait. */
  public void flock(int fd, int operation) {
    FileDescription file = table.get(fd);
    try {
      Flock.flock(process, table.lockOwner().table(), file, operation);
    } finally {
      file.release();
    }
  }

  /**
   * fcntl(F_SETLK) and fcntl(F_SETLKW) with F_RDLCK or F_WRLCK.
   *
   * @param exclusive F_WRLCK
   * @param start first byte from the beginning of the file
   * @param length bytes; 0 up to the end of the file, however it grows
   * @param wait F_SETLKW
   */
  public void lockRecord(int fd, boolean exclusive, long start, long length, boolean wait) {
    FileDescription file = table.get(fd);
    try {
      RecordLocks.lock(process, file, table.lockOwner(), exclusive, start, length, wait);
    } finally {
      file.release();
    }
  }

  /** fcntl(F_SETLK) with F_UNLCK. */
  public void unlockRecord(int fd, long start, long length) {
    RecordLocks.unlock(table.peek(fd), table.lockOwner(), start, length);
  }

  /** fcntl(F_GETLK): a lock that would be in the way, or null. */
  public @Nullable RecordLock testRecord(int fd, boolean exclusive, long start, long length) {
    return RecordLocks.test(table.peek(fd), table.lockOwner(), exclusive, start, length);
  }
}
