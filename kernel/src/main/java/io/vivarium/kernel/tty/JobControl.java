package io.vivarium.kernel.tty;

import io.vivarium.kernel.wait.Task;

/**
 * What terminals need to know of processes, and may do to them. The process table implements it; it
 * is never called with a lock of a terminal held, so it may call back.
 *
 * <p>A task that is no process of the machine (a host thread) is in session 0 and group 0, which no
 * process is.
 */
public interface JobControl {
  /** The session of a task's process. */
  int sessionOf(Task task);

  /** The process group of a task's process. */
  int processGroupOf(Task task);

  /** Whether a task's process leads its session. */
  boolean leadsSession(Task task);

  /** The user who owns the terminals that a task opens: its effective user. */
  int userOf(Task task);

  /** Whether a task's process ignores or blocks a signal. */
  boolean ignoresOrBlocks(Task task, int signal);

  /** Whether a group is orphaned: nobody in it has a parent in its session but outside of it. */
  boolean isOrphaned(int processGroup);

  /** The session a process group is in; 0 when there is no such group. */
  int sessionOfGroup(int processGroup);

  /** Sends a signal to every process of a group; nothing happens when there is none. */
  void signalGroup(int processGroup, int signal);

  /** Sends a signal to a process; nothing happens when there is none. */
  void signalProcess(int pid, int signal);

  /**
   * Sends a signal to the group of a task's own process because the task may not use its terminal
   * now, and lets the signal act on the task. Returns when the process was stopped and continues;
   * the caller then looks again.
   *
   * @throws io.vivarium.kernel.errno.ErrnoException EINTR when the process handles the signal
   *     itself
   */
  void signalOwnGroup(Task task, int signal);
}
