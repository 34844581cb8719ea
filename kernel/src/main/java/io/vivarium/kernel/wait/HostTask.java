package io.vivarium.kernel.wait;

import static io.vivarium.kernel.errno.Errno.EINTR;

import java.util.function.BooleanSupplier;

/**
 * A host thread that reads or writes something of a machine. It has no signals; interrupting the
 * thread answers EINTR and leaves its interrupt status set.
 */
public final class HostTask implements Task {
  private final Waiter waiter = new Waiter(Thread.currentThread());

  private HostTask() {}

  /** The task of the calling thread; valid on this thread only. */
  public static HostTask current() {
    return new HostTask();
  }

  @Override
  public boolean await(BooleanSupplier ready, long deadline, WaitQueue... queues) {
    return waiter.sleep(
        () -> {
          if (ready.getAsBoolean()) {
            return true;
          }
          if (Thread.currentThread().isInterrupted()) {
            throw EINTR.exception();
          }
          return false;
        },
        deadline,
        queues);
  }

  @Override
  public void raiseBrokenPipe() {}
}
