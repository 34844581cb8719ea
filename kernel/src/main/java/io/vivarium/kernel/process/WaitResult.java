package io.vivarium.kernel.process;

/**
 * What wait(2) answers.
 *
 * @param pid the child, or 0 when WNOHANG found none
 * @param status its {@link WaitStatus} word
 */
public record WaitResult(int pid, int status) {
  /** No child changed its state. */
  public static final WaitResult NONE = new WaitResult(0, 0);
}
