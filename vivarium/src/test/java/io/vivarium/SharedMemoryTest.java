package io.vivarium;

import static org.assertj.core.api.Assertions.assertThat;

import io.vivarium.VivariumEvent.EventsLost;
import io.vivarium.VivariumEvent.GuestMemoryNear;
import io.vivarium.VivariumEvent.GuestMemoryReached;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The memory of the guests of all machines, and who hears of it. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SharedMemoryTest {
  private final BlockingQueue<VivariumEvent> heard = new LinkedBlockingQueue<>();

  private @Nullable VivariumEvent next() throws InterruptedException {
    return heard.poll(30, TimeUnit.SECONDS);
  }

  @Test
  void host_hears_at_80_percent_and_when_something_is_refused_and_again_after_less_than_half()
      throws InterruptedException {
    SharedMemory memory = new SharedMemory(1000, heard::add);
    for (int round = 0; round < 2; round++) {
      assertThat(memory.tryAcquire(799)).isTrue();
      assertThat(memory.tryAcquire(1)).isTrue();
      assertThat(next()).isEqualTo(new GuestMemoryNear(800, 1000));
      assertThat(memory.tryAcquire(200)).isTrue();
      assertThat(memory.tryAcquire(1)).isFalse();
      memory.refused(1);
      memory.refused(1);
      assertThat(next()).isEqualTo(new GuestMemoryReached(1001, 1000));
      memory.release(500);
      assertThat(memory.tryAcquire(400)).isTrue(); // 500 are not less than half
      memory.release(900);
      assertThat(memory.held()).isZero();
      assertThat(heard).isEmpty();
    }
  }

  @Test
  void what_somebody_else_refused_is_none_of_its_business() {
    SharedMemory memory = new SharedMemory(1000, heard::add);
    memory.refused(1000);
    assertThat(heard).isEmpty();
    assertThat(new SharedMemory(10, null).tryAcquire(10)).isTrue();
  }

  @Test
  void a_slow_listener_holds_nobody_up() throws InterruptedException {
    CountDownLatch go = new CountDownLatch(1);
    SharedMemory memory =
        new SharedMemory(
            10,
            event -> {
              try {
                go.await();
              } catch (InterruptedException e) {
                throw new AssertionError(e);
              }
              heard.add(event);
            });
    for (int i = 0; i < 5000; i++) {
      assertThat(memory.tryAcquire(10)).isTrue();
      memory.release(10);
    }
    go.countDown();
    long told = 0;
    while (told < 5000) {
      VivariumEvent event = next();
      told += event instanceof EventsLost lost ? lost.count() : 1;
      assertThat(event).isNotNull();
    }
    assertThat(told).isEqualTo(5000);
  }

  @Test
  void guests_of_a_real_machine_make_it_heard_and_the_flight_recorder_hears_it_too()
      throws InterruptedException {
    BlockingQueue<RecordedEvent> recorded = new LinkedBlockingQueue<>();
    try (RecordingStream stream = new RecordingStream();
        Vivarium vivarium = Vivarium.builder().guestMemory(1 << 16).onEvent(heard::add).create();
        VirtualMachine machine = vivarium.machine()) {
      stream.enable("vivarium.Limit");
      stream.onEvent("vivarium.Limit", recorded::add);
      stream.startAsync();
      try {
        machine.exec("true");
      } catch (NotStartedException expected) {
        // No shell fits.
      }
      assertThat(next())
          .isInstanceOfSatisfying(
              GuestMemoryReached.class,
              event -> {
                assertThat(event.capacity()).isEqualTo(1 << 16);
                assertThat(event.used()).isGreaterThan(1 << 16);
              });
      RecordedEvent event = recorded.poll(30, TimeUnit.SECONDS);
      assertThat(event).isNotNull();
      assertThat(event.getString("limit")).isEqualTo("memory.jvm");
      assertThat(event.getBoolean("reached")).isTrue();
      assertThat(vivarium.guestMemoryHeld()).isZero();
    }
  }
}
