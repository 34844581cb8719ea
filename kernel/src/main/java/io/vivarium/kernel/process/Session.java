package io.vivarium.kernel.process;

import org.jspecify.annotations.Nullable;

/** Process groups that share a controlling terminal (setsid(2), credentials(7)). Thread-safe. */
public final class Session {
  private final int id;
  private final Process leader;
  private volatile @Nullable ControllingTerminal terminal;

  // Guarded by the lock of the table.
  int groups;

  Session(Process leader) {
    this.id = leader.pid();
    this.leader = leader;
    this.terminal = leader.table().terminalOf(id);
  }

  /** The session id: the pid of the process that made it. */
  public int id() {
    return id;
  }

  /** The process that made the session; may have ended. */
  public Process leader() {
    return leader;
  }

  /** The controlling terminal, or null. */
  public @Nullable ControllingTerminal terminal() {
    return terminal;
  }

  /** Sets or, with null, removes the controlling terminal. The terminal decides when. */
  public void setTerminal(@Nullable ControllingTerminal terminal) {
    this.terminal = terminal;
  }
}
