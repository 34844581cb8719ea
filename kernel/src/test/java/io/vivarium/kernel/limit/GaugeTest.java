package io.vivarium.kernel.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.vivarium.kernel.event.KernelEvent;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GaugeTest {
  private final List<KernelEvent> events = Collections.synchronizedList(new ArrayList<>());

  private Gauge gauge(long capacity) {
    return Gauge.of(Limit.PIPES, 7, capacity, events::add);
  }

  private static LimitEvent near(long used, long capacity) {
    return new LimitEvent(Limit.PIPES, 7, used, capacity, false);
  }

  @Test
  void warns_once_at_80_percent_and_again_after_less_than_half() {
    Gauge gauge = gauge(100);
    gauge.rose(79);
    assertThat(events).isEmpty();
    gauge.rose(80);
    gauge.rose(81);
    gauge.fell(50);
    gauge.rose(90);
    assertThat(events).containsExactly(near(80, 100));
    gauge.fell(49);
    gauge.rose(95);
    assertThat(events).containsExactly(near(80, 100), near(95, 100));
  }

  @Test
  void tells_once_that_something_was_refused() {
    Gauge gauge = gauge(10);
    gauge.rose(10);
    gauge.refused(11);
    gauge.refused(12);
    gauge.fell(9);
    gauge.rose(10);
    gauge.refused(11);
    LimitEvent reached = new LimitEvent(Limit.PIPES, 7, 11, 10, true);
    assertThat(events).containsExactly(near(10, 10), reached);
    gauge.fell(4);
    gauge.refused(11);
    assertThat(events).containsExactly(near(10, 10), reached, reached);
  }

  @ParameterizedTest
  @CsvSource({"1, 1, 0", "2, 2, 0", "3, 3, 1", "5, 4, 2", "6, 5, 2", "1001, 801, 500"})
  void shares_of_small_capacities_are_rounded_up(long capacity, long warning, long rearming) {
    Gauge gauge = gauge(capacity);
    gauge.rose(warning - 1);
    assertThat(events).isEmpty();
    gauge.rose(warning);
    gauge.fell(rearming + 1);
    gauge.rose(warning);
    assertThat(events).hasSize(1);
    gauge.fell(rearming);
    gauge.rose(warning);
    assertThat(events).hasSize(2);
  }

  @Test
  void the_largest_capacity_does_not_overflow() {
    Gauge gauge = gauge(Long.MAX_VALUE);
    gauge.rose(Long.MAX_VALUE / 10 * 7);
    assertThat(events).isEmpty();
    gauge.rose(Long.MAX_VALUE / 10 * 9);
    assertThat(events).hasSize(1);
  }

  @Test
  void remembers_the_highest_figure_and_not_what_was_refused() {
    Gauge gauge = gauge(10);
    gauge.rose(3);
    gauge.rose(6);
    gauge.fell(2);
    gauge.rose(4);
    gauge.refused(11);
    assertThat(gauge.peak()).isEqualTo(6);
    assertThat(gauge.used()).isZero();
    gauge.shows(() -> 4);
    assertThat(gauge.used()).isEqualTo(4);
  }

  @Test
  void the_highest_figure_of_several_threads_is_exact() throws InterruptedException {
    Gauge gauge = gauge(1_000_000);
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      int first = i;
      threads.add(
          Thread.ofPlatform()
              .start(() -> {
                for (int figure = first; figure < 100_000; figure += 4) {
                  gauge.rose(figure);
                }
              }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(gauge.peak()).isEqualTo(99_999);
  }

  @Test
  void gauges_of_a_machine_are_read_in_the_order_of_the_inventory() {
    Gauges gauges = new Gauges(Limits.DEFAULT, events::add);
    Gauge sockets = gauges.ofMachine(Limit.SOCKETS);
    sockets.shows(() -> 1);
    sockets.rose(2);
    gauges.ofMachine(Limit.PIPES).rose(5);
    gauges.ofProcess(Limit.DESCRIPTORS, 7).rose(9);
    assertThat(gauges.readings())
        .containsExactly(
            new GaugeReading(Limit.PIPES, 0, 5, Limit.PIPES.initial()),
            new GaugeReading(Limit.SOCKETS, 1, 2, Limit.SOCKETS.initial()));
  }

  @Test
  void gauges_that_no_machine_owns_hold_on_to_nothing() {
    Gauges.SILENT.ofMachine(Limit.PIPES).rose(5);
    Gauge.NONE.shows(() -> 5);
    assertThat(Gauges.SILENT.readings()).isEmpty();
    assertThat(Gauge.NONE.used()).isZero();
  }

  @Test
  void of_several_threads_that_cross_the_line_one_tells() throws InterruptedException {
    for (int round = 0; round < 200; round++) {
      events.clear();
      Gauge gauge = gauge(10);
      CountDownLatch start = new CountDownLatch(1);
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        threads.add(
            Thread.ofPlatform()
                .start(() -> {
                  try {
                    start.await();
                  } catch (InterruptedException e) {
                    throw new AssertionError(e);
                  }
                  gauge.rose(8);
                  gauge.refused(11);
                }));
      }
      start.countDown();
      for (Thread thread : threads) {
        thread.join();
      }
      assertThat(events.stream().filter(e -> ((LimitEvent) e).reached())).hasSize(1);
      assertThat(events.stream().filter(e -> !((LimitEvent) e).reached())).hasSizeLessThan(2);
    }
  }
}
