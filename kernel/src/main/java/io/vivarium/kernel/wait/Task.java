package io.vivarium.kernel.wait;

import java.util.function.BooleanSupplier;

/**
 * Whoever makes a system call: a guest process, or a host thread that works on a machine from
 * outside. What may block or raise a signal takes the task it happens for.
 */
public interface Task {
  /**
   * Blocks until a condition holds. The one way to wait in the kernel: data, signals, deadlines and
   * kill all end it.
   *
   * @param ready the condition
   * @param deadline {@link System#nanoTime()} at which to give up, or {@link Waiter#NEVER}
   * @param queues where changes of the condition are announced
   * @return whether the condition held; false means the deadline passed
   * @throws io.vivarium.kernel.errno.ErrnoException EINTR when a signal is to be handled first. A
   *     condition that holds already wins over a signal
   */
  boolean await(BooleanSupplier ready, long deadline, WaitQueue... queues);

  /** The task wrote to a pipe or socket without readers: raises SIGPIPE where there are signals. */
  void raiseBrokenPipe();
}
