package io.vivarium.kernel.process;

import static io.vivarium.kernel.errno.Errno.EACCES;
import static io.vivarium.kernel.errno.Errno.EINVAL;
import static io.vivarium.kernel.errno.Errno.EPERM;
import static io.vivarium.kernel.errno.Errno.ESRCH;
import static io.vivarium.kernel.process.Signal.SIGCONT;
import static io.vivarium.kernel.process.Signal.SIGHUP;

import org.jspecify.annotations.Nullable;

/** Process groups and sessions: setpgid(2), setsid(2), and what happens to orphaned groups. */
final class Jobs {
  private final ProcessTable table;

  Jobs(ProcessTable table) {
    this.table = table;
  }

  /** The process a call means, where 0 is the caller; ESRCH without one. */
  Process find(Process caller, int pid) {
    Process found = pid == 0 ? caller : table.find(pid);
    if (found == null) {
      throw ESRCH.exception();
    }
    return found;
  }

  void setGroup(Process caller, int pid, int groupId) {
    if (groupId < 0) {
      throw EINVAL.exception();
    }
    synchronized (table.lock) {
      Process target = find(caller, pid);
      boolean child = target != caller && target.parent() == caller;
      if (target != caller && !child) {
        throw ESRCH.exception();
      }
      if (child && target.session() != caller.session()) {
        throw EPERM.exception();
      }
      if (child && target.hasExecuted()) {
        throw EACCES.exception();
      }
      if (target.session().leader() == target) {
        throw EPERM.exception();
      }
      move(target, groupId == 0 ? target.pid() : groupId);
    }
  }

  /** Moves a process into a group of its session, or into a new one with its own id. Lock held. */
  void move(Process process, int groupId) {
    Session session = process.session();
    ProcessGroup next = table.group(groupId);
    if (next == null) {
      if (groupId != process.pid()) {
        throw EPERM.exception();
      }
      next = new ProcessGroup(groupId, session);
    } else if (next.session() != session) {
      throw EPERM.exception();
    }
    if (next != process.group()) {
      table.leaveGroup(process);
      table.joinGroup(process, next);
    }
  }

  int newSession(Process process) {
    synchronized (table.lock) {
      if (table.group(process.pid()) != null) {
        throw EPERM.exception();
      }
      table.leaveGroup(process);
      table.joinGroup(process, new ProcessGroup(process.pid(), new Session(process)));
      return process.pid();
    }
  }

  /** Whether no member has a parent outside the group but inside the session. */
  boolean isOrphaned(ProcessGroup group) {
    synchronized (table.lock) {
      return isOrphaned(group, null);
    }
  }

  private static boolean isOrphaned(ProcessGroup group, @Nullable Process ignored) {
    for (Process member : group.members) {
      if (member == ignored || !member.isAlive() || member.parent().isInit()) {
        continue;
      }
      ProcessGroup parents = member.parent().group();
      if (parents != group && parents.session() == group.session()) {
        return false;
      }
    }
    return true;
  }

  /**
   * A group may become orphaned because {@code leaving} ends, or stops being the parent of one of
   * its members: when it does and has stopped members, it gets SIGHUP and SIGCONT. Lock held.
   *
   * @param member the process that connects the group with {@code parent}
   * @param leaving a member that no longer counts, or null
   */
  void hangUpIfOrphaned(Process member, Process parent, @Nullable Process leaving) {
    ProcessGroup group = member.group();
    boolean connected = parent.group() != group && parent.session() == group.session();
    if (!connected || !isOrphaned(group, leaving)) {
      return;
    }
    for (Process stopped : group.members) {
      if (stopped.isStopped()) {
        signal(group, SIGHUP);
        signal(group, SIGCONT);
        return;
      }
    }
  }

  /** Sends a signal to every member, without asking for permission: terminals do. */
  void signal(ProcessGroup group, int signal) {
    synchronized (table.lock) {
      for (Process member : group.members) {
        member.signals().post(signal);
      }
    }
  }
}
