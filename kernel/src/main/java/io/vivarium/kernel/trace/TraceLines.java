package io.vivarium.kernel.trace;

import io.vivarium.kernel.errno.ErrnoException;
import io.vivarium.kernel.wait.Task;
import io.vivarium.kernel.wait.WaitQueue;
import io.vivarium.kernel.wait.Waiter;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * The lines of a trace on their way from guests to a reader, who gets them on a thread of its own.
 * While the reader is behind, guests wait, as in any system call: who is killed stops waiting.
 * Thread-safe.
 *
 * <p>Lines are lost only when a signal interrupts that wait, and when the reader does not come back
 * before the end; they are counted, and the reader is told.
 */
public final class TraceLines implements AutoCloseable {
  /** How many lines may be on their way; each has at most 4 KiB. */
  private static final int CAPACITY = 1_024;

  /** How long the reader may take for the rest once the machine is closed, seconds. */
  private static final int PATIENCE_SECONDS = 5;

  private static final int POLL_MILLIS = 20;

  private final BlockingQueue<String> lines = new ArrayBlockingQueue<>(CAPACITY);
  private final WaitQueue room = new WaitQueue();
  private final AtomicLong lost = new AtomicLong();
  private final Consumer<String> reader;
  private final Thread thread;
  private volatile boolean closed;

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
   * Adds a line; waits for room.
   *
   * @throws io.vivarium.kernel.process.ControlFlow when the process ends meanwhile
   */
  public void add(Task task, String line) {
    if (lines.offer(line) || closed) {
      return;
    }
    try {
      task.await(() -> closed || lines.offer(line), Waiter.NEVER, room);
    } catch (ErrnoException e) {
      // A handler has to run first. Waiting again would not end, and going on not be bounded.
      lost.incrementAndGet();
    }
  }

  /** Adds a line if there is room. */
  public void offer(String line) {
    if (!lines.offer(line)) {
      lost.incrementAndGet();
    }
  }

  private void deliver() {
    try {
      while (true) {
        String line = lines.poll(POLL_MILLIS, TimeUnit.MILLISECONDS);
        if (line != null) {
          room.wakeAll();
          reader.accept(line);
        } else if (closed) {
          break;
        }
      }
      long missing = lost.get();
      if (missing > 0) {
        reader.accept("[" + missing + " lines lost]");
      }
    } catch (InterruptedException e) {
      // The reader had its time.
    } finally {
      closed = true;
      lines.clear();
      room.wakeAll();
    }
  }

  /** Waits a while until everything is read. Guests that still add lines do so in vain. */
  @Override
  public void close() {
    closed = true;
    room.wakeAll();
    boolean interrupted = false;
    try {
      thread.join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
    } catch (InterruptedException e) {
      interrupted = true;
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    thread.interrupt();
  }
}
