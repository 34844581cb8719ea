package io.vivarium;

import io.vivarium.kernel.limit.Gauge;
import io.vivarium.wasm.engine.MemoryAdmission;
import io.vivarium.wasm.engine.MemoryBudget;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The memory that the guests of all machines hold together, and the watch over it. Thread-safe. */
final class SharedMemory implements MemoryAdmission {
  /** What the flight recorder calls it. */
  private static final String NAME = "memory.jvm";

  private final MemoryBudget budget;
  private final Gauge gauge;

  /**
   * Memory.
   *
   * @param bytes that may be held
   * @param listener hears when that is near, and when somebody got none; null for nobody
   */
  SharedMemory(long bytes, @Nullable Consumer<VivariumEvent> listener) {
    this.budget = new MemoryBudget(bytes);
    if (listener == null) {
      this.gauge = Gauge.of(NAME, bytes, (used, reached) -> {});
    } else {
      EventQueue<VivariumEvent> queue =
          new EventQueue<>("vivarium", listener, VivariumEvent.EventsLost::new);
      this.gauge =
          Gauge.of(
              NAME,
              bytes,
              (used, reached) ->
                  queue.add(
                      reached
                          ? new VivariumEvent.GuestMemoryReached(used, bytes)
                          : new VivariumEvent.GuestMemoryNear(used, bytes)));
    }
  }

  /** Bytes that are held. */
  long held() {
    return budget.held();
  }

  @Override
  public boolean tryAcquire(long bytes) {
    if (!budget.tryAcquire(bytes)) {
      return false;
    }
    gauge.rose(budget.held());
    return true;
  }

  @Override
  public boolean ample(long bytes) {
    return budget.ample(bytes);
  }

  @Override
  public void release(long bytes) {
    budget.release(bytes);
    gauge.fell(budget.held());
  }

  @Override
  public void refused(long wanted) {
    long all = budget.held() + wanted;
    if (all > budget.limit()) {
      gauge.refused(all);
    }
  }
}
