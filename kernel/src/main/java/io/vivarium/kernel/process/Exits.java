package io.vivarium.kernel.process;

import static io.vivarium.kernel.process.Signal.SIGCONT;
import static io.vivarium.kernel.process.Signal.SIGHUP;

import java.util.List;

/** The end of a process: what _exit(2) does to its session, its children and its parent. */
final class Exits {
  private final ProcessTable table;

  Exits(ProcessTable table) {
    this.table = table;
  }

  /** Ends a process whose descriptors are closed already. Its own thread, no locks. */
  void exit(Process process, int status) {
    leaveTerminal(process);
    synchronized (table.lock) {
      Process parent = process.parent();
      abandonChildren(process);
      table.jobs().hangUpIfOrphaned(process, parent, process);
      process.becomeZombie(status);
      if (parent.isInit() || parent.signals().reapsChildren()) {
        table.reap(process);
      }
      process.notifyParent(false);
      table.processEnded();
    }
  }

  /** The end of a session's leader hangs up its terminal. */
  private void leaveTerminal(Process process) {
    Session session = process.session();
    ControllingTerminal terminal = session.terminal();
    if (session.leader() != process || terminal == null) {
      return;
    }
    int foreground = terminal.foregroundGroup();
    session.setTerminal(null);
    terminal.leaderEnded();
    synchronized (table.lock) {
      ProcessGroup group = foreground > 0 ? table.group(foreground) : null;
      if (group != null && group.session() == session) {
        table.jobs().signal(group, SIGHUP);
        table.jobs().signal(group, SIGCONT);
      }
    }
  }

  /** Children become children of init, which reaps those that have ended. */
  private void abandonChildren(Process process) {
    Process init = table.init();
    for (Process child : List.copyOf(process.children())) {
      process.children().remove(child);
      child.setParent(init);
      init.children().add(child);
      table.jobs().hangUpIfOrphaned(child, process, null);
      if (child.isZombie()) {
        table.reap(child);
      }
    }
  }
}
