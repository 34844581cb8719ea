package io.vivarium.kernel.process;

import static io.vivarium.kernel.errno.Errno.EAGAIN;
import static io.vivarium.kernel.file.Errnos.assertFails;
import static io.vivarium.kernel.file.OpenFlags.O_RDONLY;
import static io.vivarium.kernel.process.Signal.SIGABRT;
import static io.vivarium.kernel.process.Signal.SIGKILL;
import static io.vivarium.kernel.process.Signal.SIGSEGV;
import static io.vivarium.kernel.process.Signal.SIGSTOP;
import static io.vivarium.kernel.process.Signal.SIGTERM;
import static io.vivarium.kernel.process.TestMachine.awaitState;
import static io.vivarium.kernel.process.TestMachine.eventually;
import static io.vivarium.kernel.process.TestMachine.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vivarium.kernel.errno.ErrnoException;
import io.vivarium.kernel.wait.Waiter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Processes that end in every way there is, and machines that end with processes in them. */
class ProcessLifeTest {
  private TestMachine machine = new TestMachine(256);

  @AfterEach
  void close() {
    machine.close();
  }

  private static int sleepForever(Process process) {
    process.sleep(Waiter.NEVER);
    return 0;
  }

  private static int ignoreEverything(Process process) {
    for (int signal = 1; signal <= 64; signal++) {
      if (!SignalSet.contains(SignalSet.UNBLOCKABLE, signal)) {
        process.signals().setAction(signal, SignalAction.IGNORE);
      }
    }
    return sleepForever(process);
  }

  // ---- failing programs
  // --------------------------------------------------------------------------

  @SuppressWarnings("InfiniteRecursion") // that is the point
  private static int recurse(int depth) {
    return recurse(depth + 1) + 1;
  }

  @Test
  void whatever_a_program_throws_ends_only_its_process() {
    machine.expectsFailures = true;
    Process bystander = machine.launch(ProcessLifeTest::sleepForever);
    assertThat(machine.run(process -> recurse(0))).isEqualTo(SIGSEGV | 0x80);
    assertThat(
            machine.run(process -> {
              throw new OutOfMemoryError("test");
            }))
        .isEqualTo(SIGKILL);
    assertThat(
            machine.run(process -> {
              throw new IllegalStateException("test");
            }))
        .isEqualTo(SIGABRT | 0x80);
    assertThat(
            machine.run(process -> {
              throw new AssertionError("test");
            }))
        .isEqualTo(SIGABRT | 0x80);
    assertThat(bystander.isAlive()).isTrue();
    assertThat(machine.run(process -> 0)).isZero();
  }

  @Test
  void a_process_that_ends_closes_its_files_and_gives_up_its_places() {
    machine.mkdir("/tmp/dir", 0755);
    machine.run(process -> {
      for (int i = 0; i < 100; i++) {
        process.descriptors().install(machine.open("/tmp/dir", O_RDONLY), false);
      }
      process.setWorkingDirectory(machine.place("/tmp/dir"));
      throw ProcessTermination.exit(1);
    });
    assertThat(machine.openFiles.used()).isZero();
  }

  @Test
  void an_ended_process_answers_questions() {
    Process process = machine.launch(self -> 3);
    assertThat(machine.end(process)).isEqualTo(3 << 8);
    assertThat(process.awaitEnd()).isEqualTo(3 << 8);
    eventually("reaped", () -> process.state() == ProcessState.DEAD);
    assertThat(process.executable()).isNull();
    assertThat(process.workingDirectoryIfAlive()).isNull();
    assertThat(process.group()).isNotNull();
    machine.table.signal(process, SIGTERM);
    assertThat(process.status()).isEqualTo(3 << 8);
  }

  @Test
  void an_interrupt_without_doom_does_not_end_a_wait() {
    Process process = machine.launch(ProcessLifeTest::sleepForever);
    awaitState(process, ProcessState.SLEEPING);
    process.thread().interrupt();
    eventually("it sleeps again", () -> !process.thread().isInterrupted());
    awaitState(process, ProcessState.SLEEPING);
    machine.table.signal(process, SIGKILL);
    assertThat(machine.end(process)).isEqualTo(SIGKILL);
  }

  @Test
  void a_killed_process_is_not_interrupted_while_it_closes_its_files() {
    for (int i = 0; i < 20; i++) {
      Process process =
          machine.launch(self -> {
            while (!Thread.currentThread().isInterrupted()) {
              Thread.onSpinWait();
            }
            self.checkSignals();
            return 0;
          });
      machine.table.signal(process, SIGKILL);
      assertThat(machine.end(process)).isEqualTo(SIGKILL);
    }
  }

  @Test
  void cpu_time_is_counted_and_goes_to_the_parent() {
    machine.run(process -> {
      assertThat(process.cpuTime()).isNotNegative();
      String burner =
          machine.command(self -> {
            eventually("some time has been used", () -> self.cpuTime() > 5_000_000);
            return 0;
          });
      process.waitFor(process.spawn(request(burner).build()), 0);
      assertThat(process.childrenCpuTime()).isGreaterThan(5_000_000);
      return 0;
    });
  }

  // ---- pids
  // --------------------------------------------------------------------------------------

  @Test
  void pids_ascend_and_wrap_over_those_in_use() {
    Process first = machine.launch(ProcessLifeTest::sleepForever);
    assertThat(first.pid()).isEqualTo(2);
    String brief = machine.command(process -> 0);
    Set<Integer> seen = ConcurrentHashMap.newKeySet();
    machine.run(process -> {
      int last = process.pid();
      boolean wrapped = false;
      for (int i = 0; i < 200; i++) {
        if (i == 100) {
          machine.table.setLastPid(ProcessTable.PID_MAX - 10);
        }
        int pid = process.spawn(request(brief).build());
        process.waitFor(pid, 0);
        assertThat(seen.add(pid)).isTrue();
        assertThat(pid).isBetween(2, ProcessTable.PID_MAX - 1);
        wrapped |= pid < last;
        last = pid;
      }
      assertThat(wrapped).isTrue();
      assertThat(last).isGreaterThanOrEqualTo(300);
      return 0;
    });
  }

  // ---- closing machines
  // --------------------------------------------------------------------------

  @Test
  void closing_ends_every_kind_of_process_in_bounded_time() {
    List<Process> processes = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      processes.add(machine.launch(ProcessLifeTest::sleepForever));
      processes.add(machine.launch(ProcessLifeTest::ignoreEverything));
      Process stopped = machine.launch(ProcessLifeTest::sleepForever);
      machine.table.signal(stopped, SIGSTOP);
      processes.add(stopped);
    }
    processes.add(
        machine.launch(process -> {
          while (!Thread.interrupted()) {
            Thread.onSpinWait();
          }
          process.checkSignals();
          return 0;
        }));
    List<Thread> threads = new ArrayList<>();
    for (Process process : processes) {
      threads.add(process.thread());
    }
    assertThat(machine.table.close(Duration.ofMillis(20), Duration.ofSeconds(20))).isTrue();
    assertThat(processes).noneMatch(Process::isAlive);
    assertThat(threads).noneMatch(Thread::isAlive);
    assertFails(EAGAIN, () -> machine.launch(process -> 0));
    assertThat(machine.table.processes()).hasSize(1);
  }

  @Test
  void sigterm_comes_before_sigkill_when_a_machine_closes() {
    Process process =
        machine.launch(self -> {
          self.signals()
              .setTrampoline(signal -> {
                throw ProcessTermination.exit(77);
              });
          self.signals().setAction(SIGTERM, SignalAction.handler(0, 0));
          try {
            return sleepForever(self);
          } catch (ErrnoException interrupted) {
            self.checkSignals();
            return 1;
          }
        });
    awaitState(process, ProcessState.SLEEPING);
    assertThat(machine.table.close(Duration.ofSeconds(20), Duration.ofSeconds(20))).isTrue();
    assertThat(process.status()).isEqualTo(77 << 8);
  }

  @Test
  void an_interrupted_host_thread_still_closes_and_stays_interrupted() {
    machine.launch(ProcessLifeTest::ignoreEverything);
    Thread.currentThread().interrupt();
    boolean closed = machine.table.close(Duration.ofMillis(5), Duration.ofSeconds(20));
    assertThat(Thread.interrupted()).isTrue();
    assertThat(closed).isTrue();
  }

  @Test
  void a_fork_bomb_fills_its_machine_and_nothing_else() {
    AtomicInteger refused = new AtomicInteger();
    String bomb = "/bin/bomb";
    machine.command(
        bomb,
        process -> {
          while (true) {
            try {
              process.spawn(request(bomb).build());
              process.spawn(request(bomb).newSession().build());
            } catch (ErrnoException full) {
              assertThat(full.errno()).isEqualTo(EAGAIN);
              refused.incrementAndGet();
              process.sleep(System.nanoTime() + 1_000_000);
            }
            process.checkSignals();
          }
        });
    try (TestMachine neighbour = new TestMachine()) {
      machine.launch(request(bomb));
      eventually("the machine is full", () -> refused.get() > 500);
      assertThat(machine.table.processes()).hasSizeLessThanOrEqualTo(257);
      assertThat(neighbour.run(process -> 5)).isEqualTo(5 << 8);
    }
    assertThat(machine.table.close(Duration.ZERO, Duration.ofSeconds(30))).isTrue();
    assertThat(machine.table.processes()).hasSize(1);
  }

  @Test
  void machines_leave_no_threads_behind() {
    for (int i = 0; i < 20; i++) {
      try (TestMachine brief = new TestMachine()) {
        for (int j = 0; j < 5; j++) {
          brief.launch(ProcessLifeTest::sleepForever);
        }
      }
    }
    assertThat(guestThreads()).isEmpty();
  }

  private static Set<String> guestThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> name.matches("vivarium-\\d+-.*"))
        .collect(Collectors.toSet());
  }

  // ---- everything at once
  // ------------------------------------------------------------------------

  @Test
  void random_families_end_without_losing_anybody() {
    Random seeds = new Random(20_260_101);
    AtomicInteger started = new AtomicInteger();
    AtomicInteger waited = new AtomicInteger();
    String family = "/bin/family";
    machine.command(
        family,
        process -> {
          started.incrementAndGet();
          int depth = Integer.parseInt(process.arguments().get(1));
          Random random = new Random(Long.parseLong(process.arguments().get(2)));
          int children = 0;
          for (int i = 0; depth > 0 && i < 3; i++) {
            String seed = Long.toString(random.nextLong());
            SpawnRequest.Builder request = request(family, Integer.toString(depth - 1), seed);
            request = random.nextInt(4) == 0 ? request.group(0) : request;
            int pid = process.spawn(request.build());
            children++;
            switch (random.nextInt(4)) {
              case 0 -> process.kill(pid, SIGKILL);
              case 1 -> process.kill(pid, SIGSTOP);
              default -> {}
            }
            if (random.nextInt(3) == 0) {
              process.kill(pid, Signal.SIGCONT);
            }
          }
          for (int i = 0; i < children; i++) {
            WaitResult result = process.waitFor(-1, WaitOptions.WUNTRACED);
            if (WaitStatus.isStopped(result.status())) {
              process.kill(result.pid(), Signal.SIGCONT);
              i--;
            } else {
              waited.incrementAndGet();
            }
          }
          assertThatThrownBy(() -> process.waitFor(-1, 0)).isInstanceOf(ErrnoException.class);
          return 0;
        });
    List<Process> families = new ArrayList<>();
    for (int round = 0; round < 10; round++) {
      String seed = Long.toString(seeds.nextLong());
      families.add(machine.launch(request(family, "3", seed).newSession()));
    }
    // Whose parent was killed may have been left stopped.
    eventually(
        "everybody is gone",
        () -> {
          List<Process> left = machine.table.processes();
          left.forEach(process -> machine.table.signal(process, Signal.SIGCONT));
          return left.size() == 1;
        });
    assertThat(families).noneMatch(Process::isAlive);
    assertThat(started.get()).isGreaterThan(10);
    assertThat(waited.get()).isPositive();
  }
}
