package io.vivarium.wasm.engine;

import java.util.concurrent.atomic.AtomicLong;

/** Admits up to a bound, and knows what is held. */
final class CountingAdmission implements MemoryAdmission {
  private final long most;
  private final AtomicLong held = new AtomicLong();

  CountingAdmission(long most) {
    this.most = most;
  }

  long held() {
    return held.get();
  }

  @Override
  public boolean tryAcquire(long bytes) {
    if (held.addAndGet(bytes) > most) {
      held.addAndGet(-bytes);
      return false;
    }
    return true;
  }

  @Override
  public void release(long bytes) {
    held.addAndGet(-bytes);
  }
}
