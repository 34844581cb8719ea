package io.vivarium.kernel.fs;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Tells whether the paths of directories may have changed, as Linux's {@code rename_lock} does:
 * what was found out about the path of a directory holds while {@link #read()} answers the same. A
 * change counts from before its first effect until after its last one. Thread-safe.
 */
public final class RenameSequence {
  /** Answer of {@link #read()} while a directory is on its way; never equal to another moment. */
  public static final long CHANGING = -1;

  private final AtomicLong begun = new AtomicLong();
  private final AtomicLong ended = new AtomicLong();

  RenameSequence() {}

  /** The number of this state of the tree, or {@link #CHANGING}. */
  public long read() {
    // In this order: a change that begins in between is seen.
    long complete = ended.get();
    return begun.get() == complete ? complete : CHANGING;
  }

  /** Does what moves, removes or covers a directory. */
  void change(Runnable change) {
    begun.incrementAndGet();
    try {
      change.run();
    } finally {
      ended.incrementAndGet();
    }
  }
}
