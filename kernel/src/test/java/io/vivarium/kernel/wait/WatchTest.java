package io.vivarium.kernel.wait;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class WatchTest {
  private final WaitQueue queue = new WaitQueue();
  private final AtomicInteger rung = new AtomicInteger();

  @Test
  void every_wake_up_rings_until_the_watch_is_closed() {
    WaitQueue.Watch watch = queue.watch(rung::incrementAndGet);
    assertThat(rung).hasValue(0);
    queue.wakeAll();
    queue.wakeAll();
    assertThat(rung).hasValue(2);
    watch.close();
    queue.wakeAll();
    assertThat(rung).hasValue(2);
  }

  @Test
  void watches_of_one_queue_are_told_apart() {
    AtomicInteger other = new AtomicInteger();
    WaitQueue.Watch watch = queue.watch(rung::incrementAndGet);
    try (WaitQueue.Watch second = queue.watch(other::incrementAndGet)) {
      watch.close();
      watch.close();
      queue.wakeAll();
      assertThat(second).isNotNull();
    }
    assertThat(rung).hasValue(0);
    assertThat(other).hasValue(1);
  }
}
