package io.vivarium.kernel.syscall;

import static io.vivarium.kernel.errno.Errno.EACCES;
import static io.vivarium.kernel.errno.Errno.EINVAL;
import static io.vivarium.kernel.errno.Errno.ENOENT;

import io.vivarium.kernel.errno.ErrnoException;
import io.vivarium.kernel.process.IntervalTimer;
import io.vivarium.kernel.process.Process;
import io.vivarium.kernel.process.SpawnRequest;
import io.vivarium.kernel.process.WaitResult;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Processes: posix_spawn(3), execve(2), waitpid(2), kill(2), getpid(2) and their relatives. For the
 * thread of the process only.
 */
public final class ProcessCalls {
  /**
   * An interval timer: setitimer(2).
   *
   * @param remaining nanoseconds until it fires; 0 when it is not armed
   * @param interval nanoseconds between later firings; 0 for none
   */
  public record TimerState(long remaining, long interval) {}

  private final Process process;

  ProcessCalls(Process process) {
    this.process = process;
  }

  /** posix_spawn(3); answers the pid of the child. */
  public int spawn(SpawnRequest request) {
    return process.spawn(request);
  }

  /**
   * execve(2), or with a search path execvp(3); returns only by throwing.
   *
   * @param searchPath directories to look in for a path without slash, or null
   * @param alsoClose descriptors that close besides those with close-on-exec flag
   */
  public void exec(
      String path,
      @Nullable String searchPath,
      List<String> argv,
      List<String> environment,
      int... alsoClose) {
    if (searchPath == null || path.indexOf('/') >= 0) {
      process.exec(path, argv, environment, alsoClose);
      return;
    }
    boolean denied = false;
    for (String directory : searchPath.split(":", -1)) {
      try {
        String candidate = directory.isEmpty() ? path : directory + "/" + path;
        process.exec(candidate, argv, environment, alsoClose);
      } catch (ErrnoException e) {
        switch (e.errno()) {
          case EACCES -> denied = true;
          case ENOENT, ENOTDIR, ENAMETOOLONG -> {}
          default -> throw e;
        }
      }
    }
    throw (denied ? EACCES : ENOENT).exception();
  }

  /** fexecve(3); returns only by throwing. */
  public void fexec(int fd, List<String> argv, List<String> environment, int... alsoClose) {
    process.execDescriptor(fd, argv, environment, alsoClose);
  }

  /** waitpid(2); pid 0 in the result when WNOHANG found none. */
  public WaitResult waitpid(int pid, int options) {
    return process.waitFor(pid, options);
  }

  /**
   * waitpid(2) with a limit to the waiting; pid 0 in the result when it passed.
   *
   * @param nanoseconds how long at most
   */
  public WaitResult waitpid(int pid, int options, long nanoseconds) {
    return process.waitFor(pid, options, Deadlines.after(nanoseconds));
  }

  /** kill(2). */
  public void kill(int pid, int signal) {
    process.kill(pid, signal);
  }

  /** getpid(2). */
  public int getpid() {
    return process.pid();
  }

  /** getppid(2). */
  public int getppid() {
    return process.parentPid();
  }

  /** getpgid(2); 0 is the process itself. */
  public int getpgid(int pid) {
    return process.groupOf(pid);
  }

  /** setpgid(2). */
  public void setpgid(int pid, int group) {
    process.setGroup(pid, group);
  }

  /** getsid(2); 0 is the process itself. */
  public int getsid(int pid) {
    return process.sessionOf(pid);
  }

  /** setsid(2); answers the new session's id. */
  public int setsid() {
    return process.newSession();
  }

  /** umask(2); answers the previous one. */
  public int umask(int mask) {
    return process.setUmask(mask);
  }

  /** The umask, unchanged. */
  public int umask() {
    return process.umask();
  }

  /** getitimer(ITIMER_REAL). */
  public TimerState getitimer() {
    return state(process.timer().get());
  }

  /** setitimer(ITIMER_REAL); answers what was set before. A value of 0 disarms. */
  public TimerState setitimer(long value, long interval) {
    if (value < 0 || interval < 0) {
      throw EINVAL.exception();
    }
    return state(process.timer().set(value, interval));
  }

  /** nanosleep(2); EINTR when a signal is to be handled first. */
  public void sleep(long nanoseconds) {
    process.sleep(Deadlines.after(Math.max(0, nanoseconds)));
  }

  private static TimerState state(IntervalTimer.Setting setting) {
    return new TimerState(setting.value(), setting.interval());
  }
}
