package io.vivarium.kernel.process;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads of a machine's processes, so that closing it can wait for them: a thread lives a
 * moment longer than its process is in the table. Thread-safe.
 */
final class ThreadList {
  private static final Logger LOG = LoggerFactory.getLogger(ThreadList.class);
  private static final int PRUNE_ABOVE = 32;

  private final List<Thread> threads = new ArrayList<>();
  private int pruneAt = PRUNE_ABOVE;

  synchronized void add(Thread thread) {
    if (threads.size() >= pruneAt) {
      threads.removeIf(old -> old.getState() == Thread.State.TERMINATED);
      pruneAt = PRUNE_ABOVE + threads.size() * 2;
    }
    threads.add(thread);
  }

  /**
   * Waits for all threads to end, even if the calling thread is interrupted.
   *
   * @param deadline {@link System#nanoTime()} at which to give up
   * @return whether they ended
   */
  boolean join(long deadline) {
    List<Thread> present;
    synchronized (this) {
      present = new ArrayList<>(threads);
      threads.clear();
    }
    boolean interrupted = Thread.interrupted();
    boolean complete = true;
    for (int i = 0; i < present.size(); ) {
      Thread thread = present.get(i);
      try {
        long left = Math.max(1, deadline - System.nanoTime());
        if (thread.getState() != Thread.State.NEW && !thread.join(Duration.ofNanos(left))) {
          complete = false;
          LOG.error("{} could not be ended; it is stuck", thread.getName());
        }
        i++;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return complete;
  }
}
