package io.vivarium.kernel.wait;

import static io.vivarium.kernel.errno.Errno.EINTR;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/**
 * A task whose signals a test sends: {@link #signal()} makes its next or present wait end in EINTR.
 */
public final class TestTask implements Task {
  private final Waiter waiter = new Waiter(Thread.currentThread());
  private final AtomicInteger brokenPipes = new AtomicInteger();
  private final AtomicInteger waits = new AtomicInteger();
  private volatile boolean signalled;

  private TestTask() {}

  /** A task for the calling thread. */
  public static TestTask here() {
    return new TestTask();
  }

  /** Sends a signal that a handler wants. */
  public void signal() {
    signalled = true;
    waiter.wake();
  }

  /** How many SIGPIPE were raised. */
  public int brokenPipes() {
    return brokenPipes.get();
  }

  /** How many waits began. */
  public int waits() {
    return waits.get();
  }

  @Override
  public boolean await(BooleanSupplier ready, long deadline, WaitQueue... queues) {
    waits.incrementAndGet();
    return waiter.sleep(
        () -> {
          if (ready.getAsBoolean()) {
            return true;
          }
          if (signalled) {
            signalled = false;
            throw EINTR.exception();
          }
          return false;
        },
        deadline,
        queues);
  }

  @Override
  public void raiseBrokenPipe() {
    brokenPipes.incrementAndGet();
  }
}
