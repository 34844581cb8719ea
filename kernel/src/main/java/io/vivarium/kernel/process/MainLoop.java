package io.vivarium.kernel.process;

import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the thread of a process does: runs its program, and the programs that replace it, and ends
 * the process whatever happens. Nothing that a program throws gets any further.
 *
 * <p>A program that runs out of stack ends as by SIGSEGV, out of heap as by SIGKILL, and one that
 * fails otherwise, which is a fault of its lane, as by SIGABRT. The host's log hears of it, the
 * guest does not; it hears a bounded number of times, so that guests cannot fill it.
 */
final class MainLoop implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(MainLoop.class);

  /** How many failures of lanes a JVM logs; guests could fill the log otherwise. */
  private static final int MAX_REPORTS = 64;

  private static final AtomicInteger REPORTS = new AtomicInteger();

  private final Process process;
  private final Program first;

  MainLoop(Process process, Program first) {
    this.process = process;
    this.first = first;
  }

  @Override
  public void run() {
    int status = WaitStatus.signalled(Signal.SIGKILL, false);
    try {
      status = ScopedValue.where(Process.currentKey(), process).call(this::runPrograms);
    } catch (Throwable failure) {
      status = abnormal(failure);
    } finally {
      end(status);
    }
  }

  private int runPrograms() {
    Program program = first;
    while (true) {
      try {
        process.checkSignals();
        process.enterGuest();
        int code = program.run(process);
        return WaitStatus.exited(code);
      } catch (ProcessTermination termination) {
        return termination.status();
      } catch (ImageReplaced replaced) {
        program = replaced.program();
      }
    }
  }

  private int abnormal(Throwable failure) {
    if (failure instanceof StackOverflowError) {
      return ProcessTermination.signal(Signal.SIGSEGV).status();
    }
    boolean outOfMemory = failure instanceof OutOfMemoryError;
    report(failure);
    return ProcessTermination.signal(outOfMemory ? Signal.SIGKILL : Signal.SIGABRT).status();
  }

  private void end(int status) {
    process.endInterrupts();
    try {
      process.releaseResources();
    } catch (Throwable failure) {
      report(failure);
    }
    process.table().exits().exit(process, status);
  }

  private void report(Throwable failure) {
    if (REPORTS.incrementAndGet() > MAX_REPORTS) {
      return;
    }
    try {
      LOG.warn("Process {} failed in its lane", process.pid(), failure);
    } catch (Throwable alsoFailed) {
      // Without memory there is no log; the process ends all the same.
    }
  }
}
