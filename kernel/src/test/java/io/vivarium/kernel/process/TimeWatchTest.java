package io.vivarium.kernel.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.vivarium.kernel.errno.Errno;
import io.vivarium.kernel.errno.ErrnoException;
import io.vivarium.kernel.event.KernelEvent;
import io.vivarium.kernel.limit.Gauges;
import io.vivarium.kernel.limit.Limit;
import io.vivarium.kernel.limit.LimitEvent;
import io.vivarium.kernel.limit.Limits;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** CPU time and wall-clock time of processes and of the machine. */
@Timeout(120)
class TimeWatchTest {
  private final List<KernelEvent> events = Collections.synchronizedList(new ArrayList<>());
  private TestMachine machine;

  private void boot(Limit limit, long millis) {
    machine = new TestMachine(64, new Gauges(Limits.DEFAULT.with(limit, millis), events::add));
  }

  @AfterEach
  void close() {
    machine.close();
  }

  /** Uses CPU time without a system call, until it is interrupted. */
  private static int loop() {
    while (!Thread.currentThread().isInterrupted()) {
      Thread.onSpinWait();
    }
    return 0;
  }

  private int statusOf(Program program) {
    return machine.run(program);
  }

  private List<LimitEvent> told(Limit limit) {
    return events.stream().map(LimitEvent.class::cast).filter(e -> e.limit() == limit).toList();
  }

  @Test
  void a_process_that_has_used_its_time_gets_sigxcpu() {
    boot(Limit.PROCESS_TIME, 200);
    long start = System.nanoTime();
    int status =
        statusOf(process -> {
          loop();
          process.enterKernel();
          return 0;
        });
    assertThat(WaitStatus.termSignal(status)).isEqualTo(Signal.SIGXCPU);
    assertThat(System.nanoTime() - start).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(200));
    assertThat(told(Limit.PROCESS_TIME)).hasSize(2);
    assertThat(told(Limit.PROCESS_TIME).get(0).used()).isBetween(160L, 200L);
    assertThat(told(Limit.PROCESS_TIME).get(1).reached()).isTrue();
    assertThat(told(Limit.PROCESS_TIME).get(1).used()).isGreaterThanOrEqualTo(200);
  }

  @Test
  void one_that_ignores_sigxcpu_is_killed_a_second_of_cpu_time_later() {
    boot(Limit.PROCESS_TIME, 100);
    long[] used = new long[1];
    int status =
        statusOf(process -> {
          process.signals().setAction(Signal.SIGXCPU, SignalAction.IGNORE);
          while (true) {
            used[0] = CpuClock.of(Thread.currentThread());
            process.enterKernel();
            process.leaveKernel();
          }
        });
    assertThat(WaitStatus.termSignal(status)).isEqualTo(Signal.SIGKILL);
    assertThat(used[0]).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(1050));
  }

  @Test
  void waiting_is_not_charged() {
    boot(Limit.PROCESS_TIME, 50);
    int status =
        statusOf(process -> {
          process.sleep(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(400));
          return 7;
        });
    assertThat(WaitStatus.exitCode(status)).isEqualTo(7);
    assertThat(events).isEmpty();
  }

  @Test
  void wall_clock_time_is_charged_for_waiting_too() {
    boot(Limit.PROCESS_WALL_TIME, 100);
    int status =
        statusOf(process -> {
          process.sleep(System.nanoTime() + TimeUnit.MINUTES.toNanos(1));
          return 7;
        });
    assertThat(WaitStatus.termSignal(status)).isEqualTo(Signal.SIGKILL);
    assertThat(told(Limit.PROCESS_WALL_TIME)).hasSize(2);
  }

  @Test
  void the_time_of_a_machine_counts_all_processes_and_nothing_starts_after_it() {
    boot(Limit.MACHINE_TIME, 300);
    machine.command(
        "/bin/child",
        process -> {
          long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
          while (CpuClock.of(Thread.currentThread()) < TimeUnit.MILLISECONDS.toNanos(20)
              && System.nanoTime() < end) {
            Thread.onSpinWait();
          }
          return 0;
        });
    int[] children = new int[1];
    int status =
        statusOf(process -> {
          while (true) {
            process.enterKernel();
            int child = process.spawn(SpawnRequest.program("/bin/child", List.of("child")).build());
            process.waitFor(child, 0);
            children[0]++;
            process.leaveKernel();
          }
        });
    assertThat(WaitStatus.termSignal(status)).isEqualTo(Signal.SIGKILL);
    assertThat(children[0]).isBetween(2, 16);
    assertThatExceptionOfType(ErrnoException.class)
        .isThrownBy(() -> machine.launch(TestMachine.request("/bin/child")))
        .satisfies(e -> assertThat(e.errno()).isEqualTo(Errno.EAGAIN));
    assertThat(told(Limit.MACHINE_TIME)).hasSize(2);
  }

  @Test
  void a_closed_machine_is_let_go_before_the_look_that_was_due() throws InterruptedException {
    boot(Limit.PROCESS_TIME, 30_000);
    WeakReference<ProcessTable> closed = liveAndDie();
    for (int i = 0; i < 50 && !closed.refersTo(null); i++) {
      System.gc();
      Thread.sleep(20);
    }
    assertThat(closed.refersTo(null)).isTrue();
  }

  private WeakReference<ProcessTable> liveAndDie() {
    try (TestMachine mortal = new TestMachine()) {
      assertThat(mortal.run(process -> 3)).isEqualTo(WaitStatus.exited(3));
      return new WeakReference<>(mortal.table);
    }
  }
}
