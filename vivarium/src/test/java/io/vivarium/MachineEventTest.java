package io.vivarium;

import static org.assertj.core.api.Assertions.assertThat;

import io.vivarium.MachineEvent.EventsLost;
import io.vivarium.MachineEvent.LimitNear;
import io.vivarium.MachineEvent.LimitReached;
import io.vivarium.kernel.limit.Limit;
import io.vivarium.kernel.limit.LimitEvent;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the owner of a machine hears of it. */
@Timeout(60)
class MachineEventTest {
  private final BlockingQueue<MachineEvent> heard = new LinkedBlockingQueue<>();

  private MachineEvent next() throws InterruptedException {
    MachineEvent event = heard.poll(30, TimeUnit.SECONDS);
    assertThat(event).isNotNull();
    return event;
  }

  @Test
  void owner_hears_that_storage_runs_out_and_forks_tell_for_themselves()
      throws InterruptedException {
    try (Vivarium vivarium = Vivarium.create();
        VirtualMachine machine =
            vivarium.machine(o -> o.limit("storage.bytes", 1 << 20).onEvent(heard::add))) {
      assertThat(machine.exec("head -c 900000 /dev/zero > f").succeeded()).isTrue();
      assertThat(next())
          .isInstanceOfSatisfying(
              LimitNear.class,
              near -> {
                assertThat(near.machine()).isEqualTo(machine.id());
                assertThat(near.limit()).isEqualTo("storage.bytes");
                assertThat(near.pid()).isZero();
                assertThat(near.capacity()).isEqualTo(1 << 20);
                assertThat(near.used()).isBetween(838_861L, 1L << 20);
              });
      assertThat(machine.exec("head -c 900000 /dev/zero > g").succeeded()).isFalse();
      assertThat(next())
          .isInstanceOfSatisfying(
              LimitReached.class, reached -> assertThat(reached.used()).isGreaterThan(1 << 20));
      try (VirtualMachine fork = machine.fork()) {
        assertThat(fork.id()).isNotEqualTo(machine.id());
        // It starts as full as the machine is, and says so.
        assertThat(next().machine()).isEqualTo(fork.id());
        assertThat(fork.exec("rm f g; head -c 900000 /dev/zero > f").succeeded()).isTrue();
        assertThat(next())
            .isInstanceOfSatisfying(
                LimitNear.class, near -> assertThat(near.machine()).isEqualTo(fork.id()));
      }
      assertThat(heard).isEmpty();
    }
  }

  @Test
  void owner_hears_that_output_was_too_much_to_keep() throws InterruptedException {
    try (Vivarium vivarium = Vivarium.create();
        VirtualMachine machine =
            vivarium.machine(o -> o.limit("output.captured-bytes", 1000).onEvent(heard::add))) {
      ExecResult just = machine.exec("head -c 1000 /dev/zero");
      assertThat(just.truncated()).isFalse();
      assertThat(just.stdout()).hasSize(1000);
      assertThat(next()).isInstanceOf(LimitNear.class);
      ExecResult over = machine.exec("head -c 1001 /dev/zero");
      assertThat(over.truncated()).isTrue();
      assertThat(over.stdout()).hasSize(1000);
      assertThat(next()).isInstanceOf(LimitNear.class);
      assertThat(next()).isInstanceOf(LimitReached.class);
      // What a command says of itself wins.
      assertThat(machine.exec(Command.shell("head -c 2000 /dev/zero").withCaptureLimit(3000)))
          .satisfies(result -> assertThat(result.stdout()).hasSize(2000));
      assertThat(heard).isEmpty();
    }
  }

  @Test
  void flight_recorder_hears_it_too() throws InterruptedException {
    BlockingQueue<RecordedEvent> recorded = new LinkedBlockingQueue<>();
    try (RecordingStream stream = new RecordingStream();
        Vivarium vivarium = Vivarium.create();
        VirtualMachine machine = vivarium.machine(o -> o.limit("storage.bytes", 1 << 20))) {
      stream.enable("vivarium.Limit");
      stream.onEvent("vivarium.Limit", recorded::add);
      stream.startAsync();
      assertThat(machine.exec("head -c 900000 /dev/zero > f").succeeded()).isTrue();
      RecordedEvent event = recorded.poll(30, TimeUnit.SECONDS);
      assertThat(event).isNotNull();
      assertThat(event.getString("limit")).isEqualTo("storage.bytes");
      assertThat(event.getLong("capacity")).isEqualTo(1 << 20);
      assertThat(event.getBoolean("reached")).isFalse();
    }
  }

  @Test
  void a_slow_or_failing_listener_holds_nobody_up_and_loses_a_counted_number()
      throws InterruptedException {
    CountDownLatch go = new CountDownLatch(1);
    EventDelivery delivery =
        new EventDelivery(
            "vm",
            event -> {
              try {
                go.await();
              } catch (InterruptedException e) {
                throw new AssertionError(e);
              }
              heard.add(event);
              throw new IllegalStateException("a defect of the listener");
            });
    for (int i = 0; i < 5000; i++) {
      delivery.accept(new LimitEvent(Limit.PIPES, 0, i, 9, true));
    }
    go.countDown();
    long told = 0;
    MachineEvent event = next();
    while (event instanceof LimitReached reached) {
      // When the listener takes its first one, there is room for one that comes later.
      assertThat(told < 1024 ? reached.used() - told : 0).isZero();
      told++;
      event = next();
    }
    assertThat(told).isBetween(1024L, 1025L);
    assertThat(event).isEqualTo(new EventsLost("vm", 5000 - told));
  }
}
