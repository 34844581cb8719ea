package io.vivarium.kernel.process;

/** How the kernel calls a guest's signal handlers. The lane of a running image provides it. */
@FunctionalInterface
public interface SignalTrampoline {
  /**
   * Runs the guest's handler for a signal on the thread of the process. Whatever it throws passes
   * through the system call at whose boundary the signal was delivered.
   */
  void deliver(int signal);
}
