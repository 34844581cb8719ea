package io.vivarium.kernel.process;

/**
 * Leaves the running image of a process: thrown by a system call, through the guest's frames, to
 * the main loop of the process. Nothing in between may swallow it; cleaning up on its way is fine.
 * Has no stack trace.
 */
public abstract sealed class ControlFlow extends RuntimeException
    permits ProcessTermination, ImageReplaced {
  private static final long serialVersionUID = 1L;

  ControlFlow(String message) {
    super(message, null, false, false);
  }
}
