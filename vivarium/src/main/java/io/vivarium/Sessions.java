package io.vivarium;

import io.vivarium.kernel.process.Process;
import io.vivarium.kernel.process.ProcessTable;
import io.vivarium.kernel.process.Session;
import io.vivarium.kernel.process.Signal;
import java.util.HashSet;
import java.util.Set;

/** What the host does to all processes of a session: a command with everything it started. */
final class Sessions {
  private Sessions() {}

  /** Kills every process of a session; what they start meanwhile is killed as well. */
  static void kill(ProcessTable table, Session session) {
    Set<Process> signalled = new HashSet<>();
    boolean found = true;
    while (found) {
      found = false;
      for (Process process : table.processes()) {
        if (process.isAlive() && process.session() == session && signalled.add(process)) {
          table.signal(process, Signal.SIGKILL);
          found = true;
        }
      }
    }
  }
}
