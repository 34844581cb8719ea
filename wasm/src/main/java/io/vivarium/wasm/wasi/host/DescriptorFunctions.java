package io.vivarium.wasm.wasi.host;

import static io.vivarium.kernel.errno.Errno.EINVAL;
import static io.vivarium.kernel.errno.Errno.EOPNOTSUPP;
import static io.vivarium.wasm.engine.ValueType.I32;
import static io.vivarium.wasm.engine.ValueType.I64;

import io.vivarium.kernel.file.FdPair;
import io.vivarium.kernel.file.RecordLock;
import io.vivarium.kernel.fs.FileType;
import io.vivarium.wasm.engine.GuestMemory;
import io.vivarium.wasm.wasi.GuestContext;
import io.vivarium.wasm.wasi.ImportModule;
import org.jspecify.annotations.Nullable;

/**
 * Descriptors beyond preview 1: pipes, duplicates, close-on-exec, locks.
 *
 * <p>Source: ABI section 6.1.
 */
final class DescriptorFunctions {
  private static final int FD_CLOEXEC = 1;
  private static final int GETLK = 12;
  private static final int SETLK = 13;
  private static final int SETLKW = 14;
  private static final int RDLCK = 0;
  private static final int WRLCK = 1;
  private static final int UNLCK = 2;

  private DescriptorFunctions() {}

  static void define(ImportModule.Builder module) {
    module
        .errno("fd_pipe", DescriptorFunctions::fdPipe, I32, I32)
        .errno("fd_dup", DescriptorFunctions::fdDup, I32, I32)
        .errno("fd_dup2", DescriptorFunctions::fdDup2, I32, I32)
        .errno("fd_dup_min", DescriptorFunctions::fdDupMin, I32, I32, I32)
        .errno("fd_getfd", DescriptorFunctions::fdGetfd, I32, I32)
        .errno("fd_setfd", DescriptorFunctions::fdSetfd, I32, I32)
        .errno("proc_closefrom", DescriptorFunctions::procClosefrom, I32)
        .errno("fd_flock", DescriptorFunctions::fdFlock, I32, I32)
        .errno(
            "fd_record_lock",
            DescriptorFunctions::fdRecordLock,
            I32,
            I32,
            I32,
            I64,
            I64,
            I32,
            I32,
            I32,
            I32);
  }

  /** {@code fd_pipe(read: *u32, write: *u32)}: pipe(2). EMFILE, ENFILE. */
  static void fdPipe(GuestContext guest, GuestMemory memory, long[] a) {
    memory.offset((int) a[0], 4);
    memory.offset((int) a[1], 4);
    FdPair pipe = guest.calls().descriptors().pipe(0);
    guest.rights().forget(pipe.first());
    guest.rights().forget(pipe.second());
    memory.putInt((int) a[0], pipe.first());
    memory.putInt((int) a[1], pipe.second());
  }

  /** {@code fd_dup(fd, new: *u32)}: dup(2). EMFILE. */
  static void fdDup(GuestContext guest, GuestMemory memory, long[] a) {
    memory.offset((int) a[1], 4);
    int fd = guest.descriptor((int) a[0]);
    memory.putInt((int) a[1], duplicated(guest, fd, guest.calls().descriptors().dup(fd)));
  }

  /** {@code fd_dup2(old, new)}: dup2(2). EBADF also for a new one beyond the soft limit. */
  static void fdDup2(GuestContext guest, GuestMemory memory, long[] a) {
    int old = guest.descriptor((int) a[0]);
    int target = guest.descriptor((int) a[1]);
    guest.calls().descriptors().dup2(old, target);
    if (old != target) {
      guest.rights().copy(old, target);
    }
  }

  /**
   * {@code fd_dup_min(fd, minimum, new: *u32)}: F_DUPFD of fcntl(2). EINVAL for a minimum that is
   * negative or beyond the soft limit, EMFILE.
   */
  static void fdDupMin(GuestContext guest, GuestMemory memory, long[] a) {
    memory.offset((int) a[2], 4);
    int fd = guest.descriptor((int) a[0]);
    int copy = guest.calls().descriptors().dupFrom(fd, (int) a[1], false);
    memory.putInt((int) a[2], duplicated(guest, fd, copy));
  }

  private static int duplicated(GuestContext guest, int fd, int copy) {
    guest.rights().copy(fd, copy);
    return copy;
  }

  /** {@code fd_getfd(fd, flags: *u32)}: F_GETFD of fcntl(2); bit 0 is FD_CLOEXEC. */
  static void fdGetfd(GuestContext guest, GuestMemory memory, long[] a) {
    memory.offset((int) a[1], 4);
    boolean closes = guest.calls().descriptors().closeOnExec((int) a[0]);
    memory.putInt((int) a[1], closes ? FD_CLOEXEC : 0);
  }

  /** {@code fd_setfd(fd, flags)}: F_SETFD of fcntl(2). */
  static void fdSetfd(GuestContext guest, GuestMemory memory, long[] a) {
    boolean closes = ((int) a[1] & FD_CLOEXEC) != 0;
    guest.calls().descriptors().setCloseOnExec((int) a[0], closes);
  }

  /** {@code proc_closefrom(low)}: closefrom(3); preopens outside the descriptor table stay. */
  static void procClosefrom(GuestContext guest, GuestMemory memory, long[] a) {
    int low = Math.max(0, (int) a[0]);
    guest.calls().descriptors().closeFrom(low);
    guest.rights().forgetFrom(low);
  }

  /**
   * {@code fd_flock(fd, operation)}: flock(2); 1 shared, 2 exclusive, 8 unlock, 4 added does not
   * wait (EAGAIN). EOPNOTSUPP for what is no file, EINTR.
   */
  static void fdFlock(GuestContext guest, GuestMemory memory, long[] a) {
    int fd = guest.descriptor((int) a[0]);
    FileType type = guest.calls().descriptors().type(fd);
    if (type != FileType.REGULAR && type != FileType.DIRECTORY) {
      throw EOPNOTSUPP.exception();
    }
    guest.calls().locks().flock(fd, (int) a[1]);
  }

  /**
   * {@code fd_record_lock(fd, command, type, start: i64, len: i64, type: *u32, pid: *u32, start:
   * *u64, len: *u64)}: F_GETLK (12), F_SETLK (13) and F_SETLKW (14) of fcntl(2). Types are 0 read,
   * 1 write, 2 unlock; start counts from the beginning, length 0 reaches to the end. Only F_GETLK
   * writes: the lock in the way, or type 2.
   *
   * <p>EINVAL for negative ranges, unknown types and commands; EAGAIN, EDEADLK, EINTR, ENOLCK.
   */
  static void fdRecordLock(GuestContext guest, GuestMemory memory, long[] a) {
    memory.offset((int) a[5], 4);
    memory.offset((int) a[6], 4);
    memory.offset((int) a[7], 8);
    memory.offset((int) a[8], 8);
    int fd = guest.descriptor((int) a[0]);
    int type = (int) a[2];
    if (a[3] < 0 || a[4] < 0 || type < RDLCK || type > UNLCK) {
      throw EINVAL.exception();
    }
    switch ((int) a[1]) {
      case GETLK -> {
        @Nullable RecordLock lock = guest.calls().locks().testRecord(fd, type == WRLCK, a[3], a[4]);
        writeLock(memory, a, lock);
      }
      case SETLK, SETLKW -> {
        if (type == UNLCK) {
          guest.calls().locks().unlockRecord(fd, a[3], a[4]);
        } else {
          boolean wait = (int) a[1] == SETLKW;
          guest.calls().locks().lockRecord(fd, type == WRLCK, a[3], a[4], wait);
        }
      }
      default -> throw EINVAL.exception();
    }
  }

  private static void writeLock(GuestMemory memory, long[] a, @Nullable RecordLock lock) {
    if (lock == null) {
      memory.putInt((int) a[5], UNLCK);
      memory.putInt((int) a[6], 0);
      memory.putLong((int) a[7], a[3]);
      memory.putLong((int) a[8], a[4]);
      return;
    }
    memory.putInt((int) a[5], lock.exclusive() ? WRLCK : RDLCK);
    memory.putInt((int) a[6], lock.pid());
    memory.putLong((int) a[7], lock.start());
    memory.putLong((int) a[8], lock.length());
  }
}
