package io.vivarium.wasm.engine;

import java.util.concurrent.atomic.AtomicLong;

/**
 * One bound on the memory of many guests: what all of them together may make the host allocate.
 * Linear memory lives in arrays on the heap of the JVM, so the bound is what keeps guests from
 * filling the heap of the application around them. Thread-safe.
 */
public final class MemoryBudget implements MemoryAdmission {
  private final long limit;
  private final AtomicLong held = new AtomicLong();

  /**
   * A budget.
   *
   * @param limit bytes, 0 or more
   */
  public MemoryBudget(long limit) {
    if (limit < 0) {
      throw new IllegalArgumentException("limit is negative: " + limit);
    }
    this.limit = limit;
  }

  /** Half of what the heap of this JVM can grow to, bytes. */
  public static long defaultLimit() {
    return Runtime.getRuntime().maxMemory() / 2;
  }

  /** Bytes that may be held. */
  public long limit() {
    return limit;
  }

  /** Bytes that are held now. */
  public long held() {
    return held.get();
  }

  @Override
  public boolean tryAcquire(long bytes) {
    while (true) {
      long now = held.get();
      if (bytes > limit - now) {
        return false;
      }
      if (held.compareAndSet(now, now + bytes)) {
        return true;
      }
    }
  }

  @Override
  public boolean ample(long bytes) {
    return bytes <= limit / 2 - held.get();
  }

  @Override
  public void release(long bytes) {
    held.addAndGet(-bytes);
  }
}
