package io.vivarium.kernel.process;

import static io.vivarium.kernel.errno.Errno.EINVAL;
import static io.vivarium.kernel.errno.Errno.EPERM;
import static io.vivarium.kernel.errno.Errno.ESRCH;
import static io.vivarium.kernel.process.Signal.SIGCONT;

import io.vivarium.kernel.user.Credentials;

/** Sending signals with permission: kill(2). */
final class Kills {
  private final ProcessTable table;

  Kills(ProcessTable table) {
    this.table = table;
  }

  void kill(Process caller, int pid, int signal) {
    if (signal != 0 && !Signal.isValid(signal)) {
      throw EINVAL.exception();
    }
    synchronized (table.lock) {
      if (pid > 0) {
        killOne(caller, pid, signal);
      } else if (pid == -1) {
        killAll(caller, signal);
      } else {
        killGroup(caller, pid == 0 ? caller.group() : table.group(-pid), signal);
      }
    }
  }

  private void killOne(Process caller, int pid, int signal) {
    Process target = table.find(pid);
    if (target == null) {
      throw ESRCH.exception();
    }
    if (!trySend(caller, target, signal)) {
      throw EPERM.exception();
    }
  }

  private void killGroup(
      Process caller, @org.jspecify.annotations.Nullable ProcessGroup group, int signal) {
    if (group == null) {
      throw ESRCH.exception();
    }
    boolean sent = false;
    for (Process member : group.members) {
      sent |= trySend(caller, member, signal);
    }
    if (!sent) {
      throw EPERM.exception();
    }
  }

  /** Everything but init and the caller; success when there is anything, as on Linux. */
  private void killAll(Process caller, int signal) {
    boolean any = false;
    for (Process target : table.processes()) {
      if (target != caller && !target.isInit()) {
        any = true;
        trySend(caller, target, signal);
      }
    }
    if (!any) {
      throw ESRCH.exception();
    }
  }

  private static boolean trySend(Process caller, Process target, int signal) {
    Credentials who = caller.credentials();
    boolean allowed =
        caller == target
            || who.maySignal(target.credentials())
            || (signal == SIGCONT && caller.session() == target.session());
    if (allowed && signal != 0) {
      target.signals().post(signal);
    }
    return allowed;
  }
}
