package io.vivarium.kernel;

import io.vivarium.kernel.process.ControllingTerminal;
import io.vivarium.kernel.process.Process;
import io.vivarium.kernel.process.ProcessGroup;
import io.vivarium.kernel.process.ProcessTable;
import io.vivarium.kernel.tty.JobControl;
import io.vivarium.kernel.tty.PtyTable;
import io.vivarium.kernel.wait.Task;
import io.vivarium.kernel.wait.Waiter;
import org.jspecify.annotations.Nullable;

/** What the terminals of a machine do to its processes. */
final class TerminalJobs implements JobControl {
  /** How often a wait looks at its condition before it has taken pending signals. */
  private static final int LOOKS_BEFORE_SIGNALS = 2;

  private final ProcessTable processes;

  TerminalJobs(ProcessTable processes) {
    this.processes = processes;
  }

  /** The terminal that controls a session, whichever it is at the moment. */
  static ControllingTerminal terminalOf(PtyTable terminals, int session) {
    return new ControllingTerminal() {
      @Override
      public long device() {
        return terminals.controllingDevice(session);
      }

      @Override
      public int foregroundGroup() {
        return terminals.foregroundGroup(session);
      }

      @Override
      public void leaderEnded() {
        terminals.sessionLeaderExited(session);
      }
    };
  }

  @Override
  public int sessionOf(Task task) {
    return task instanceof Process process ? process.session().id() : 0;
  }

  @Override
  public int processGroupOf(Task task) {
    return task instanceof Process process ? process.group().id() : 0;
  }

  @Override
  public boolean leadsSession(Task task) {
    return task instanceof Process process && process.session().leader() == process;
  }

  @Override
  public int userOf(Task task) {
    return task instanceof Process process ? process.credentials().effectiveUid() : 0;
  }

  @Override
  public boolean ignoresOrBlocks(Task task, int signal) {
    return task instanceof Process process && process.signals().blocksOrIgnores(signal);
  }

  @Override
  public boolean isOrphaned(int processGroup) {
    ProcessGroup group = processes.group(processGroup);
    return group == null || processes.isOrphaned(group);
  }

  @Override
  public int sessionOfGroup(int processGroup) {
    ProcessGroup group = processes.group(processGroup);
    return group == null ? 0 : group.session().id();
  }

  @Override
  public void signalGroup(int processGroup, int signal) {
    ProcessGroup group = processes.group(processGroup);
    if (group != null) {
      processes.signal(group, signal);
    }
  }

  @Override
  public void signalProcess(int pid, int signal) {
    @Nullable Process process = processes.find(pid);
    if (process != null) {
      processes.signal(process, signal);
    }
  }

  @Override
  public void signalOwnGroup(Task task, int signal) {
    if (task instanceof Process process) {
      processes.signal(process.group(), signal);
      // A wait that ends by itself once it has looked at signals: a wait is where they act.
      int[] looks = {0};
      process.await(() -> looks[0]++ >= LOOKS_BEFORE_SIGNALS, Waiter.NEVER);
    }
  }
}
