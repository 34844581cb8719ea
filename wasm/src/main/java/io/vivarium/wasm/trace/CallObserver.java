package io.vivarium.wasm.trace;

import io.vivarium.kernel.errno.Errno;
import io.vivarium.kernel.process.Process;
import io.vivarium.kernel.process.Signal;
import io.vivarium.kernel.process.WaitStatus;
import io.vivarium.kernel.trace.CallMetrics;
import io.vivarium.kernel.trace.PhaseClock;
import io.vivarium.kernel.trace.TraceLines;
import io.vivarium.wasm.engine.GuestMemory;
import org.jspecify.annotations.Nullable;

/**
 * Watches the system calls of one process. Makes none itself. Belongs to the thread of the process.
 */
public final class CallObserver {
  /** Longest name of an unknown function that is shown, characters. */
  private static final int LONGEST_NAME = 128;

  private final Process process;
  private final String prefix;
  private final @Nullable CallMetrics metrics;
  private final @Nullable TraceLines lines;
  private final PhaseClock clock = new PhaseClock();

  CallObserver(Process process, @Nullable CallMetrics metrics, @Nullable TraceLines lines) {
    this.process = process;
    this.prefix = "[pid " + process.pid() + "] ";
    this.metrics = metrics;
    this.lines = lines;
  }

  /** The program begins on this thread. */
  public void begin() {
    PhaseClock.attach(metrics == null ? null : clock);
  }

  /** The program has ended, or another one takes its place. */
  public void end() {
    PhaseClock.attach(null);
  }

  /**
   * A call begins.
   *
   * @param function module and name
   * @param memory the memory of the guest
   * @param arguments of the call; not changed while it lasts
   */
  public ObservedCall enter(String function, GuestMemory memory, long[] arguments) {
    CallDescription description = CallDescriptions.of(function, arguments.length);
    CallText text = lines == null ? null : new CallText(description, memory, arguments);
    return new ObservedCall(this, description.name(), text);
  }

  /** A call of a function that there is not; the names are the guest's, and are not counted. */
  public void unknown(String function, GuestMemory memory, long[] arguments) {
    if (lines != null) {
      String shown = function.length() > LONGEST_NAME ? "unknown" : printable(function);
      CallDescription description = CallDescriptions.of(shown, arguments.length);
      Errno errno = Errno.ENOSYS;
      say(
          new CallText(description, memory, arguments)
              .line(false, "-1 " + errno.name() + " (" + errno.message() + ")"));
    }
  }

  private static String printable(String name) {
    return name.replaceAll("[^ -~]", "?");
  }

  /** A handler of the guest is about to run for a signal. */
  public void signal(int signal) {
    say("--- " + name(signal) + " ---");
  }

  /**
   * The process ends.
   *
   * @param status the word of wait(2)
   */
  public void ended(int status) {
    if (lines == null) {
      return;
    }
    String how =
        WaitStatus.isSignalled(status)
            ? "+++ killed by " + name(WaitStatus.termSignal(status)) + " +++"
            : "+++ exited with " + WaitStatus.exitCode(status) + " +++";
    lines.offer(prefix + how);
  }

  private static String name(int signal) {
    return Signal.isValid(signal) ? "SIG" + Signal.name(signal) : String.valueOf(signal);
  }

  void say(String line) {
    if (lines != null) {
      lines.add(process, prefix + line);
    }
  }

  /** For the last line of a process that is about to end and can not wait any more. */
  void sayAtOnce(String line) {
    if (lines != null) {
      lines.offer(prefix + line);
    }
  }

  PhaseClock clock() {
    return clock;
  }

  @Nullable CallMetrics metrics() {
    return metrics;
  }

  int pid() {
    return process.pid();
  }
}
