package io.vivarium.kernel.wait;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/** A thread that makes system calls for a test, with every wait of the test bounded. */
public final class Guest<T> {
  private static final long PATIENCE_SECONDS = 20;

  private final FutureTask<T> result;
  private final Thread thread;
  private volatile TestTask task;

  private Guest(Function<TestTask, T> body) {
    this.result =
        new FutureTask<>(() -> {
          task = TestTask.here();
          return body.apply(task);
        });
    this.thread = new Thread(result, "guest");
    thread.setDaemon(true);
  }

  /** Starts a thread that does something and answers. */
  public static <T> Guest<T> start(Function<TestTask, T> body) {
    Guest<T> guest = new Guest<>(body);
    guest.thread.start();
    return guest;
  }

  /** Starts a thread that does something, and waits until it is blocked in the kernel. */
  public static <T> Guest<T> startBlocked(Function<TestTask, T> body) {
    Guest<T> guest = start(body);
    guest.awaitBlocked();
    return guest;
  }

  /** Sends the thread a signal that it has a handler for. */
  public void signal() {
    task.signal();
  }

  /** Its task. */
  public TestTask task() {
    return task;
  }

  /** Waits until the thread sleeps in a wait queue. */
  public void awaitBlocked() {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!blocked()) {
      if (result.isDone()) {
        fail("did not block, but answered " + result());
      }
      if (System.nanoTime() - deadline > 0) {
        fail("did not block");
      }
      Thread.onSpinWait();
    }
  }

  private boolean blocked() {
    Thread.State state = thread.getState();
    return task != null
        && task.waits() > 0
        && (state == Thread.State.WAITING || state == Thread.State.TIMED_WAITING);
  }

  /** Whether the thread has answered. */
  public boolean isDone() {
    return result.isDone();
  }

  /** Asserts that the thread goes on waiting although something happened. */
  public void assertStaysBlocked() {
    try {
      T answer = result.get(30, TimeUnit.MILLISECONDS);
      fail("was to stay blocked, but answered " + answer);
    } catch (TimeoutException expected) {
      assertThat(result.isDone()).isFalse();
    } catch (InterruptedException | ExecutionException failed) {
      throw new AssertionError(failed);
    }
  }

  /** What the thread answered; rethrows what it threw. */
  public T result() {
    try {
      return result.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException failed) {
      if (failed.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new AssertionError(failed.getCause());
    } catch (TimeoutException | InterruptedException stuck) {
      AssertionError error = new AssertionError("the guest thread is stuck");
      error.setStackTrace(thread.getStackTrace());
      throw error;
    }
  }
}
