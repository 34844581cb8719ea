package io.vivarium.kernel.trace;

import io.vivarium.kernel.errno.ErrnoException;
import io.vivarium.kernel.wait.Task;
import io.vivarium.kernel.wait.WaitQueue;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The lines of a trace on their way from guests to a reader, who gets them on a thread of its own.
 * Thread-safe.
 *
 * <p>While the reader is behind, guests wait for room, as in any system call: who is killed stops
 * waiting. A reader that takes nothing for {@value #PATIENCE_MILLIS} ms is stuck: from then until
 * it takes a line, nobody waits and lines are lost. So the machine stands still for no longer than
 * that, however often it has something to say. Lines are also lost when a signal interrupts the
 * wait, and when a process that ends finds no room.
 *
 * <p>Lost lines are counted, and where they would have been the reader gets a line that says how
 * many they were.
 */
public final class TraceLines implements AutoCloseable {
  /** How many lines may be on their way; each has at most 4 KiB. */
  private static final int CAPACITY = 1_024;

  /** How long a reader may take for a line while guests wait. */
  private static final long PATIENCE_MILLIS = 1_000;

  /** How long the reader may take for the rest once the machine is closed, seconds. */
  private static final int PATIENCE_AT_END_SECONDS = 5;

  private final WaitQueue room = new WaitQueue();
  private final Consumer<String> reader;
  private final Thread thread;

  // Guarded by this.
  private final Queue<String> lines = new ArrayDeque<>();
  private long lost;
  private long busySince = System.nanoTime();
  private boolean idle;
  private boolean closed;

  /**
   * Starts.
   *
   * @param reader gets each line, without line feed; what it throws ends the trace
   */
  public TraceLines(Consumer<String> reader) {
    this.reader = reader;
    this.thread = Thread.ofPlatform().daemon().name("vivarium-trace").start(this::deliver);
  }

  /**
   * Adds a line; waits for room while there is hope.
   *
   * @throws io.vivarium.kernel.process.ControlFlow when the process ends meanwhile
   */
  public void add(Task task, String line) {
    if (tryAdd(line)) {
      return;
    }
    boolean done = false;
    try {
      long deadline = stuckAt();
      while (!done && deadline - System.nanoTime() > 0) {
        done = task.await(() -> tryAdd(line), deadline, room);
        deadline = stuckAt();
      }
    } catch (ErrnoException e) {
      // A handler has to run first. Waiting again would not end, and going on not be bounded.
    } finally {
      if (!done) {
        offer(line);
      }
    }
  }

  /** Adds a line if there is room. */
  public void offer(String line) {
    if (!tryAdd(line)) {
      synchronized (this) {
        lost++;
      }
    }
  }

  /** Whether the line is on its way, or nobody wants it any more. */
  private synchronized boolean tryAdd(String line) {
    if (closed) {
      return true;
    }
    // After a loss there is room for two: its notice and the line.
    if (lines.size() + (lost > 0 ? 1 : 0) >= CAPACITY) {
      return false;
    }
    if (lost > 0) {
      lines.add(takeNotice());
    }
    lines.add(line);
    if (idle) {
      idle = false;
      busySince = System.nanoTime();
      notifyAll();
    }
    return true;
  }

  private String takeNotice() {
    String notice = "[" + lost + (lost == 1 ? " line lost]" : " lines lost]");
    lost = 0;
    return notice;
  }

  /** When the reader counts as stuck, {@link System#nanoTime()}. */
  private synchronized long stuckAt() {
    return busySince + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
  }

  private void deliver() {
    try {
      for (String line = take(); line != null; line = take()) {
        room.wakeAll();
        reader.accept(line);
      }
    } catch (InterruptedException e) {
      // The reader had its time.
    } finally {
      stop();
    }
  }

  /** The next line, once there is one; null at the end. */
  private synchronized @Nullable String take() throws InterruptedException {
    while (lines.isEmpty() && lost == 0 && !closed) {
      idle = true;
      wait();
    }
    idle = false;
    busySince = System.nanoTime();
    String line = lines.poll();
    return line == null && lost > 0 ? takeNotice() : line;
  }

  private void stop() {
    synchronized (this) {
      closed = true;
      lines.clear();
      notifyAll();
    }
    room.wakeAll();
  }

  /** Waits a while until everything is read. Guests that still add lines do so in vain. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      notifyAll();
    }
    room.wakeAll();
    boolean interrupted = false;
    try {
      thread.join(TimeUnit.SECONDS.toMillis(PATIENCE_AT_END_SECONDS));
    } catch (InterruptedException e) {
      interrupted = true;
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    thread.interrupt();
  }
}
