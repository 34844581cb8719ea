package io.vivarium.kernel.process;

/** A program image that a lane can run. */
@FunctionalInterface
public interface Program {
  /**
   * Runs the program in a process, on the thread of the process, from beginning to end. Called
   * once.
   *
   * <p>Whatever it throws ends this process and nothing else. {@link ControlFlow} must pass
   * through. When the process is killed while guest code runs, the thread is interrupted; the lane
   * then stops the guest and calls {@link Process#checkSignals()}, which throws.
   *
   * @return the exit status; its low 8 bits count
   */
  int run(Process process);
}
