package io.vivarium.kernel.process;

/** The terminal that a session is controlled from, as far as processes need to know it. */
public interface ControllingTerminal {
  /** Its device number, as /proc/PID/stat shows it. */
  long device();

  /** The id of its foreground process group; -1 when there is none. */
  int foregroundGroup();

  /**
   * The leader of the session that it controls has ended: it stops being a controlling terminal.
   * The kernel hangs the foreground group up. Called once per session, without locks held.
   */
  void leaderEnded();
}
