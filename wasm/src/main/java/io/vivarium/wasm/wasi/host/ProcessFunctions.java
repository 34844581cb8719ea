package io.vivarium.wasm.wasi.host;

import static io.vivarium.kernel.errno.Errno.EINTR;
import static io.vivarium.kernel.errno.Errno.EINVAL;
import static io.vivarium.kernel.errno.Errno.EOPNOTSUPP;
import static io.vivarium.kernel.errno.Errno.ESRCH;
import static io.vivarium.wasm.engine.ValueType.I32;
import static io.vivarium.wasm.engine.ValueType.I64;

import io.vivarium.kernel.errno.ErrnoException;
import io.vivarium.kernel.process.WaitOptions;
import io.vivarium.kernel.process.WaitResult;
import io.vivarium.kernel.process.WaitStatus;
import io.vivarium.kernel.syscall.ProcessCalls;
import io.vivarium.wasm.engine.GuestMemory;
import io.vivarium.wasm.wasi.GuestContext;
import io.vivarium.wasm.wasi.ImportModule;
import io.vivarium.wasm.wasi.WasiError;

/**
 * Waiting, identity and limits of processes.
 *
 * <p>Source: ABI section 6.1.
 */
final class ProcessFunctions {
  /** The one resource that is known: RLIMIT_NOFILE. */
  private static final int NOFILE = 7;

  private static final int WAIT_OPTIONS =
      WaitOptions.WNOHANG | WaitOptions.WUNTRACED | WaitOptions.WCONTINUED;

  private static final long NANOS_PER_MILLI = 1_000_000;

  private ProcessFunctions() {}

  static void define(ImportModule.Builder module) {
    module
        .errno("proc_waitpid", ProcessFunctions::procWaitpid, I32, I32, I32, I32)
        .errno("proc_waitpid_v2", ProcessFunctions::procWaitpidV2, I32, I32, I32, I32, I32, I32)
        .errno("proc_waitpid_v3", ProcessFunctions::procWaitpidV3, I32, I32, I32, I32)
        .errno("proc_getpid", ProcessFunctions::procGetpid, I32)
        .errno("proc_getppid", ProcessFunctions::procGetppid, I32)
        .errno("proc_getpgid", ProcessFunctions::procGetpgid, I32, I32)
        .errno("proc_setpgid", ProcessFunctions::procSetpgid, I32, I32)
        .errno("proc_getrlimit", ProcessFunctions::procGetrlimit, I32, I32, I32)
        .errno("proc_setrlimit", ProcessFunctions::procSetrlimit, I32, I64, I64)
        .errno("proc_umask", ProcessFunctions::procUmask, I32, I32)
        .errno("umask", ProcessFunctions::umask, I32, I32, I32)
        .errno("sleep_ms", ProcessFunctions::sleepMs, I32);
  }

  /**
   * {@code proc_waitpid(pid, options, status: *u32, pid: *u32)}: the oldest form; the status is the
   * exit code, or 128 and the signal.
   */
  static void procWaitpid(GuestContext guest, GuestMemory memory, long[] a) {
    memory.offset((int) a[2], 4);
    memory.offset((int) a[3], 4);
    WaitResult result = waitForEnd(guest, (int) a[0], (int) a[1]);
    if (result.pid() != 0) {
      memory.putInt((int) a[2], WaitStatus.shellStatus(result.status()));
    }
    memory.putInt((int) a[3], result.pid());
  }

  /**
   * {@code proc_waitpid_v2(pid, options, exit_code: *u32, signal: *u32, pid: *u32, core: *u32)}:
   * waits for a child to end; all ones is any. When WNOHANG finds none, only the pid is written, as
   * 0.
   *
   * <p>EINVAL for other options, ECHILD, EINTR.
   */
  static void procWaitpidV2(GuestContext guest, GuestMemory memory, long[] a) {
    for (int i = 2; i < 6; i++) {
      memory.offset((int) a[i], 4);
    }
    WaitResult result = waitForEnd(guest, (int) a[0], (int) a[1]);
    memory.putInt((int) a[4], result.pid());
    if (result.pid() == 0) {
      return;
    }
    int status = result.status();
    boolean signalled = WaitStatus.isSignalled(status);
    memory.putInt((int) a[2], WaitStatus.shellStatus(status));
    memory.putInt((int) a[3], signalled ? WaitStatus.termSignal(status) : 0);
    memory.putInt((int) a[5], WaitStatus.hasCore(status) ? 1 : 0);
  }

  private static WaitResult waitForEnd(GuestContext guest, int pid, int options) {
    if ((options & ~WaitOptions.WNOHANG) != 0) {
      throw EINVAL.exception();
    }
    return guest.waitpid(pid, options);
  }

  /**
   * {@code proc_waitpid_v3(pid, options, status: *u32, pid: *u32)}: waitpid(2) with its pids,
   * options 1 WNOHANG, 2 WUNTRACED, 8 WCONTINUED and status words. When WNOHANG finds none, both
   * are 0.
   */
  static void procWaitpidV3(GuestContext guest, GuestMemory memory, long[] a) {
    memory.offset((int) a[2], 4);
    memory.offset((int) a[3], 4);
    int options = (int) a[1];
    if ((options & ~WAIT_OPTIONS) != 0) {
      throw EINVAL.exception();
    }
    WaitResult result = guest.waitpid((int) a[0], options);
    memory.putInt((int) a[2], result.status());
    memory.putInt((int) a[3], result.pid());
  }

  /** {@code proc_getpid(pid: *u32)}. */
  static void procGetpid(GuestContext guest, GuestMemory memory, long[] a) {
    memory.putInt((int) a[0], guest.calls().processes().getpid());
  }

  /** {@code proc_getppid(pid: *u32)}. */
  static void procGetppid(GuestContext guest, GuestMemory memory, long[] a) {
    memory.putInt((int) a[0], guest.calls().processes().getppid());
  }

  /** {@code proc_getpgid(pid, group: *u32)}: getpgid(2); 0 is the caller. ESRCH. */
  static void procGetpgid(GuestContext guest, GuestMemory memory, long[] a) {
    int pid = (int) a[0];
    memory.offset((int) a[1], 4);
    if (pid < 0) {
      throw ESRCH.exception();
    }
    memory.putInt((int) a[1], guest.calls().processes().getpgid(pid));
  }

  /** {@code proc_setpgid(pid, group)}: setpgid(2). EPERM, ESRCH, EINVAL, EACCES. */
  static void procSetpgid(GuestContext guest, GuestMemory memory, long[] a) {
    guest.calls().processes().setpgid((int) a[0], (int) a[1]);
  }

  /**
   * {@code proc_getrlimit(resource, soft: *u64, hard: *u64)}: getrlimit(2) for the number of
   * descriptors, resource 7. EOPNOTSUPP for others.
   */
  static void procGetrlimit(GuestContext guest, GuestMemory memory, long[] a) {
    memory.offset((int) a[1], 8);
    memory.offset((int) a[2], 8);
    checkResource((int) a[0]);
    memory.putLong((int) a[1], guest.calls().descriptors().softLimit());
    memory.putLong((int) a[2], guest.calls().descriptors().hardLimit());
  }

  /**
   * {@code proc_setrlimit(resource, soft: u64, hard: u64)}: setrlimit(2) for the number of
   * descriptors, resource 7. EINVAL, EPERM, EOPNOTSUPP for other resources.
   */
  static void procSetrlimit(GuestContext guest, GuestMemory memory, long[] a) {
    checkResource((int) a[0]);
    guest.calls().descriptors().setLimits(a[1], a[2]);
  }

  private static void checkResource(int resource) {
    if (resource != NOFILE) {
      throw EOPNOTSUPP.exception();
    }
  }

  /** {@code proc_umask(mask, previous: *u32)}: umask(2). */
  static void procUmask(GuestContext guest, GuestMemory memory, long[] a) {
    memory.offset((int) a[1], 4);
    memory.putInt((int) a[1], guest.calls().processes().umask((int) a[0]));
  }

  /** {@code umask(mask, set, previous: *u32)}: umask(2), or only asks when {@code set} is 0. */
  static void umask(GuestContext guest, GuestMemory memory, long[] a) {
    memory.offset((int) a[2], 4);
    ProcessCalls calls = guest.calls().processes();
    memory.putInt((int) a[2], (int) a[1] == 0 ? calls.umask() : calls.umask((int) a[0]));
  }

  /** {@code sleep_ms(milliseconds: u32)}: sleeps until a signal is handled. EINTR. */
  static void sleepMs(GuestContext guest, GuestMemory memory, long[] a) {
    try {
      guest.calls().processes().sleep((a[0] & 0xffff_ffffL) * NANOS_PER_MILLI);
    } catch (ErrnoException e) {
      throw e.errno() == EINTR ? WasiError.INTR : e;
    }
  }
}
