package io.vivarium.wasm.trace;

import io.vivarium.kernel.errno.Errno;
import io.vivarium.kernel.process.ControlFlow;
import io.vivarium.kernel.process.ProcessTermination;
import io.vivarium.kernel.trace.CallMetrics;
import io.vivarium.kernel.trace.SystemCallFlightEvent;
import org.jspecify.annotations.Nullable;

/**
 * One call that is being made. Exactly one of its methods is called, as soon as the outcome is
 * known.
 */
public final class ObservedCall {
  private static final String INTERRUPTED = "? ERESTARTSYS (To be restarted if SA_RESTART is set)";

  private final CallObserver observer;
  private final String name;
  private final @Nullable CallText text;
  private final SystemCallFlightEvent event = new SystemCallFlightEvent();
  private final long start;

  ObservedCall(CallObserver observer, String name, @Nullable CallText text) {
    this.observer = observer;
    this.name = name;
    this.text = text;
    event.begin();
    start = System.nanoTime();
    observer.clock().start(start);
  }

  /** It did what it should. */
  public void succeeded(long value) {
    count(null);
    say(true, Long.toString(value));
  }

  /** It failed in the kernel. */
  public void failed(Errno errno) {
    failed(errno.name(), errno.message());
  }

  /** A signal came; whether it is made again is not known yet. */
  public void interrupted() {
    count(Errno.EINTR.name());
    say(false, INTERRUPTED);
  }

  /** It failed with an error that has a name only in the interface of the guests. */
  public void failed(String errno, String message) {
    count(errno);
    say(false, "-1 " + errno + " (" + message + ")");
  }

  /** It does not return: the program ended, or another one has taken its place. */
  public void left(RuntimeException how) {
    count(null);
    if (text != null) {
      boolean replaced = how instanceof ControlFlow && !(how instanceof ProcessTermination);
      observer.sayAtOnce(text.line(false, replaced ? "0" : "?"));
    }
  }

  private void count(@Nullable String error) {
    long end = System.nanoTime();
    CallMetrics metrics = observer.metrics();
    if (metrics != null) {
      long[] phases = observer.clock().stop(end);
      metrics.add(name, observer.pid(), error, end - start, phases, event);
    }
  }

  private void say(boolean hasOutput, String result) {
    if (text != null) {
      observer.say(text.line(hasOutput, result));
    }
  }
}
