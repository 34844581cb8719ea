package io.vivarium.kernel.process;

import java.util.ArrayList;
import java.util.List;

/** Processes that are signalled together, a job of a shell (setpgid(2)). */
public final class ProcessGroup {
  private final int id;
  private final Session session;

  // Guarded by the lock of the table; zombies are members until they are reaped.
  final List<Process> members = new ArrayList<>();

  ProcessGroup(int id, Session session) {
    this.id = id;
    this.session = session;
  }

  /** The group id: the pid of the process it was made for. */
  public int id() {
    return id;
  }

  /** The session it belongs to. */
  public Session session() {
    return session;
  }
}
