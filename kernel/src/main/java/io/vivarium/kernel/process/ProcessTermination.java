package io.vivarium.kernel.process;

/** The process ends: it called exit, or a signal killed it. */
public final class ProcessTermination extends ControlFlow {
  private static final long serialVersionUID = 1L;

  private final int status;

  private ProcessTermination(int status) {
    super("process ends");
    this.status = status;
  }

  /** By exit; the low 8 bits of the code count. */
  public static ProcessTermination exit(int code) {
    return new ProcessTermination(WaitStatus.exited(code));
  }

  /** By a signal, as if its default action had ended the process. */
  public static ProcessTermination signal(int signal) {
    boolean core = Signal.defaultAction(signal) == Signal.DefaultAction.CORE;
    return new ProcessTermination(WaitStatus.signalled(signal, core));
  }

  /** The {@link WaitStatus} word. */
  public int status() {
    return status;
  }
}
