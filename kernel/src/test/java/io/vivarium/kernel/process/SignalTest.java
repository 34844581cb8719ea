package io.vivarium.kernel.process;

import static io.vivarium.kernel.errno.Errno.EINTR;
import static io.vivarium.kernel.errno.Errno.EINVAL;
import static io.vivarium.kernel.errno.Errno.EPERM;
import static io.vivarium.kernel.errno.Errno.ESRCH;
import static io.vivarium.kernel.file.Errnos.assertFails;
import static io.vivarium.kernel.process.Signal.SIGALRM;
import static io.vivarium.kernel.process.Signal.SIGCHLD;
import static io.vivarium.kernel.process.Signal.SIGCONT;
import static io.vivarium.kernel.process.Signal.SIGHUP;
import static io.vivarium.kernel.process.Signal.SIGINT;
import static io.vivarium.kernel.process.Signal.SIGKILL;
import static io.vivarium.kernel.process.Signal.SIGPIPE;
import static io.vivarium.kernel.process.Signal.SIGQUIT;
import static io.vivarium.kernel.process.Signal.SIGRTMAX;
import static io.vivarium.kernel.process.Signal.SIGRTMIN;
import static io.vivarium.kernel.process.Signal.SIGSTOP;
import static io.vivarium.kernel.process.Signal.SIGTERM;
import static io.vivarium.kernel.process.Signal.SIGTSTP;
import static io.vivarium.kernel.process.Signal.SIGUSR1;
import static io.vivarium.kernel.process.Signal.SIGUSR2;
import static io.vivarium.kernel.process.Signal.SIGWINCH;
import static io.vivarium.kernel.process.TestMachine.awaitState;
import static io.vivarium.kernel.process.TestMachine.request;
import static io.vivarium.kernel.process.WaitOptions.WNOHANG;
import static io.vivarium.kernel.process.WaitOptions.WUNTRACED;
import static org.assertj.core.api.Assertions.assertThat;

import io.vivarium.kernel.user.Credentials;
import io.vivarium.kernel.wait.WaitQueue;
import io.vivarium.kernel.wait.Waiter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Holds sending and taking signals to signal(7), sigaction(2) and kill(2). */
class SignalTest {
  private final TestMachine machine = new TestMachine();
  private final String sleeper = machine.command("/bin/sleeper", SignalTest::sleepForever);
  private final List<Integer> delivered = new ArrayList<>();

  @AfterEach
  void close() {
    machine.close();
  }

  private static int sleepForever(Process process) {
    process.sleep(Waiter.NEVER);
    return 0;
  }

  private void handle(Process process, int signal, long mask, int flags) {
    process.signals().setTrampoline(delivered::add);
    process.signals().setAction(signal, SignalAction.handler(mask, flags));
  }

  private static void raise(Process process, int signal) {
    process.kill(process.pid(), signal);
  }

  // ---- default actions
  // ---------------------------------------------------------------------------

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 9, 10, 12, 13, 14, 15, 16, 26, 27, 29, 30, 34, 50, 64})
  void these_signals_terminate(int signal) {
    assertThat(machine.run(process -> endBy(process, signal))).isEqualTo(signal);
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 4, 5, 6, 7, 8, 11, 24, 25, 31})
  void these_signals_terminate_with_the_core_flag(int signal) {
    int status = machine.run(process -> endBy(process, signal));
    assertThat(status).isEqualTo(signal | 0x80);
    assertThat(WaitStatus.hasCore(status)).isTrue();
    assertThat(WaitStatus.shellStatus(status)).isEqualTo(128 + signal);
  }

  private static int endBy(Process process, int signal) {
    raise(process, signal);
    process.checkSignals();
    throw new AssertionError("signal " + signal + " had no effect");
  }

  @ParameterizedTest
  @ValueSource(ints = {17, 18, 23, 28})
  void these_signals_do_nothing(int signal) {
    machine.run(process -> {
      raise(process, signal);
      assertThat(process.checkSignals()).isFalse();
      assertThat(process.signals().pending()).isZero();
      return 0;
    });
  }

  @Test
  void a_signal_ends_a_wait_without_handler() {
    Process process = machine.launch(SignalTest::sleepForever);
    awaitState(process, ProcessState.SLEEPING);
    machine.table.signal(process, SIGTERM);
    assertThat(machine.end(process)).isEqualTo(SIGTERM);
  }

  // ---- handlers
  // ----------------------------------------------------------------------------------

  @Test
  void a_handler_runs_at_the_next_boundary_and_blocks_its_signal_and_mask_meanwhile() {
    machine.run(process -> {
      List<Long> masks = new ArrayList<>();
      process.signals().setMask(SignalSet.of(SIGHUP));
      process
          .signals()
          .setTrampoline(signal -> {
            delivered.add(signal);
            masks.add(process.signals().mask());
          });
      process.signals().setAction(SIGUSR1, SignalAction.handler(SignalSet.of(SIGUSR2, SIGKILL), 0));
      raise(process, SIGUSR1);
      assertThat(delivered).isEmpty();
      process.checkSignals();
      assertThat(delivered).containsExactly(SIGUSR1);
      assertThat(masks).containsExactly(SignalSet.of(SIGHUP, SIGUSR1, SIGUSR2));
      assertThat(process.signals().mask()).isEqualTo(SignalSet.of(SIGHUP));
      return 0;
    });
  }

  @Test
  void nodefer_lets_the_signal_into_its_own_handler() {
    machine.run(process -> {
      process
          .signals()
          .setTrampoline(signal -> {
            delivered.add(signal);
            if (delivered.size() < 3) {
              raise(process, signal);
              process.checkSignals();
              delivered.add(-signal);
            }
          });
      process.signals().setAction(SIGUSR1, SignalAction.handler(0, SignalAction.SA_NODEFER));
      raise(process, SIGUSR1);
      process.checkSignals();
      assertThat(delivered).containsExactly(10, 10, 10, -10, -10);
      return 0;
    });
  }

  @Test
  void without_nodefer_the_signal_waits_for_its_handler_to_return() {
    machine.run(process -> {
      process
          .signals()
          .setTrampoline(signal -> {
            delivered.add(signal);
            if (delivered.size() < 4) {
              raise(process, signal);
              raise(process, signal);
              process.checkSignals();
              delivered.add(-signal);
            }
          });
      process.signals().setAction(SIGUSR1, SignalAction.handler(0, 0));
      raise(process, SIGUSR1);
      process.checkSignals();
      assertThat(delivered).containsExactly(10, -10, 10, -10, 10);
      return 0;
    });
  }

  @Test
  void resethand_handles_once() {
    int status =
        machine.run(process -> {
          handle(process, SIGUSR1, 0, SignalAction.SA_RESETHAND);
          raise(process, SIGUSR1);
          process.checkSignals();
          assertThat(delivered).containsExactly(SIGUSR1);
          assertThat(process.signals().action(SIGUSR1)).isEqualTo(SignalAction.DEFAULT);
          raise(process, SIGUSR1);
          process.checkSignals();
          return 0;
        });
    assertThat(status).isEqualTo(SIGUSR1);
  }

  @Test
  void the_answer_says_whether_every_handler_wants_interrupted_calls_made_again() {
    machine.run(process -> {
      handle(process, SIGUSR1, 0, SignalAction.SA_RESTART);
      handle(process, SIGUSR2, 0, 0);
      raise(process, SIGUSR1);
      assertThat(process.checkSignals()).isTrue();
      raise(process, SIGUSR1);
      raise(process, SIGUSR2);
      assertThat(process.checkSignals()).isFalse();
      assertThat(process.checkSignals()).isFalse();
      return 0;
    });
  }

  @Test
  void what_a_handler_throws_passes_through_and_leaves_its_mask() {
    machine.run(process -> {
      IllegalStateException thrown = new IllegalStateException("longjmp");
      process
          .signals()
          .setTrampoline(signal -> {
            throw thrown;
          });
      process.signals().setAction(SIGUSR1, SignalAction.handler(0, 0));
      raise(process, SIGUSR1);
      org.assertj.core.api.Assertions.assertThatThrownBy(process::checkSignals).isSameAs(thrown);
      assertThat(process.signals().mask()).isEqualTo(SignalSet.of(SIGUSR1));
      return 0;
    });
  }

  @Test
  void exit_in_a_handler_ends_the_process() {
    int status =
        machine.run(process -> {
          process
              .signals()
              .setTrampoline(signal -> {
                throw ProcessTermination.exit(5);
              });
          process.signals().setAction(SIGUSR1, SignalAction.handler(0, 0));
          raise(process, SIGUSR1);
          process.checkSignals();
          return 0;
        });
    assertThat(status).isEqualTo(5 << 8);
  }

  @Test
  void pending_signals_come_in_ascending_order() {
    machine.run(process -> {
      for (int signal : new int[] {SIGUSR2, SIGHUP, SIGRTMIN, SIGUSR1}) {
        handle(process, signal, 0, 0);
      }
      process.signals().setMask(SignalSet.ALL);
      for (int signal : new int[] {SIGRTMIN, SIGUSR2, SIGHUP, SIGUSR1}) {
        raise(process, signal);
      }
      process.signals().setMask(SignalSet.NONE);
      process.checkSignals();
      assertThat(delivered).containsExactly(SIGHUP, SIGUSR1, SIGUSR2, SIGRTMIN);
      return 0;
    });
  }

  // ---- blocking
  // ----------------------------------------------------------------------------------

  @Test
  void blocked_standard_signals_coalesce_and_realtime_signals_queue_up_to_a_bound() {
    machine.run(process -> {
      handle(process, SIGUSR1, 0, 0);
      handle(process, SIGRTMAX, 0, 0);
      process.signals().setMask(SignalSet.of(SIGUSR1, SIGRTMAX));
      for (int i = 0; i < 100; i++) {
        raise(process, SIGUSR1);
        raise(process, SIGRTMAX);
      }
      process.checkSignals();
      assertThat(delivered).isEmpty();
      assertThat(process.signals().pending()).isEqualTo(SignalSet.of(SIGUSR1, SIGRTMAX));
      process.signals().setMask(0);
      process.checkSignals();
      assertThat(delivered).hasSize(1 + SignalState.MAX_QUEUED).startsWith(SIGUSR1);
      assertThat(process.signals().pending()).isZero();
      return 0;
    });
  }

  @Test
  void kill_and_stop_cannot_be_blocked_caught_or_ignored() {
    machine.run(process -> {
      process.signals().setMask(SignalSet.ALL);
      assertThat(process.signals().mask()).isEqualTo(~SignalSet.of(SIGKILL, SIGSTOP));
      for (int signal : new int[] {SIGKILL, SIGSTOP, 0, 65, -1}) {
        assertFails(EINVAL, () -> process.signals().setAction(signal, SignalAction.DEFAULT));
      }
      return 0;
    });
  }

  @Test
  void kill_ends_a_process_that_blocks_everything() {
    Process process =
        machine.launch(self -> {
          self.signals().setMask(SignalSet.ALL);
          return sleepForever(self);
        });
    awaitState(process, ProcessState.SLEEPING);
    machine.table.signal(process, SIGTERM);
    machine.table.signal(process, SIGKILL);
    assertThat(machine.end(process)).isEqualTo(SIGKILL);
  }

  @Test
  void ignoring_drops_what_is_pending_and_blocked_ignored_signals_wait() {
    machine.run(process -> {
      process.signals().setMask(SignalSet.of(SIGTERM, SIGWINCH));
      raise(process, SIGTERM);
      process.signals().setAction(SIGTERM, SignalAction.IGNORE);
      assertThat(process.signals().pending()).isZero();
      raise(process, SIGWINCH);
      assertThat(process.signals().pending()).isEqualTo(SignalSet.of(SIGWINCH));
      handle(process, SIGWINCH, 0, 0);
      process.signals().setMask(0);
      process.checkSignals();
      assertThat(delivered).containsExactly(SIGWINCH);
      return 0;
    });
  }

  // ---- waits
  // -------------------------------------------------------------------------------------

  @Test
  void a_condition_that_holds_wins_over_a_signal() {
    machine.run(process -> {
      handle(process, SIGUSR1, 0, 0);
      raise(process, SIGUSR1);
      assertThat(process.await(() -> true, Waiter.NEVER)).isTrue();
      assertFails(EINTR, () -> process.await(() -> false, Waiter.NEVER));
      assertThat(delivered).isEmpty();
      process.checkSignals();
      assertThat(delivered).containsExactly(SIGUSR1);
      assertThat(process.await(() -> false, System.nanoTime())).isFalse();
      return 0;
    });
  }

  @Test
  void ignored_and_blocked_signals_do_not_interrupt_a_wait() {
    WaitQueue queue = new WaitQueue();
    AtomicBoolean condition = new AtomicBoolean();
    Process process =
        machine.launch(self -> {
          self.signals().setAction(SIGUSR1, SignalAction.IGNORE);
          self.signals().setMask(SignalSet.of(SIGTERM));
          assertThat(self.await(condition::get, Waiter.NEVER, queue)).isTrue();
          self.signals().setMask(0);
          self.checkSignals();
          return 0;
        });
    awaitState(process, ProcessState.SLEEPING);
    for (int signal : new int[] {SIGUSR1, SIGTERM, SIGCHLD, SIGWINCH}) {
      machine.table.signal(process, signal);
    }
    condition.set(true);
    queue.wakeAll();
    assertThat(machine.end(process)).isEqualTo(SIGTERM);
  }

  @Test
  void a_stop_suspends_a_wait_and_continuing_resumes_it_without_eintr() {
    WaitQueue queue = new WaitQueue();
    AtomicBoolean condition = new AtomicBoolean();
    Process process =
        machine.launch(self -> self.await(condition::get, Waiter.NEVER, queue) ? 4 : 5);
    awaitState(process, ProcessState.SLEEPING);
    for (int i = 0; i < 20; i++) {
      machine.table.signal(process, SIGSTOP);
      awaitState(process, ProcessState.STOPPED);
      machine.table.signal(process, SIGCONT);
      awaitState(process, ProcessState.SLEEPING);
    }
    machine.table.signal(process, SIGSTOP);
    awaitState(process, ProcessState.STOPPED);
    condition.set(true);
    queue.wakeAll();
    assertThat(process.state()).isEqualTo(ProcessState.STOPPED);
    machine.table.signal(process, SIGCONT);
    assertThat(machine.end(process)).isEqualTo(4 << 8);
  }

  @Test
  void a_call_with_another_mask_takes_what_that_mask_lets_through_and_restores() {
    machine.run(process -> {
      handle(process, SIGUSR1, 0, 0);
      process.signals().setMask(SignalSet.of(SIGUSR1));
      raise(process, SIGUSR1);
      process.checkSignals();
      assertThat(delivered).isEmpty();
      assertFails(
          EINTR,
          () -> process.signals().withMask(0, () -> process.await(() -> false, Waiter.NEVER)));
      assertThat(delivered).containsExactly(SIGUSR1);
      assertThat(process.signals().mask()).isEqualTo(SignalSet.of(SIGUSR1));
      assertThat(process.signals().<Boolean>withMask(0, () -> true)).isTrue();
      assertThat(process.signals().mask()).isEqualTo(SignalSet.of(SIGUSR1));
      return 0;
    });
  }

  // ---- stopping
  // ----------------------------------------------------------------------------------

  @Test
  void continuing_drops_pending_stops_and_stopping_drops_a_pending_continue() {
    machine.run(process -> {
      process.signals().setMask(SignalSet.of(SIGTSTP, SIGCONT));
      raise(process, SIGTSTP);
      raise(process, SIGCONT);
      assertThat(process.signals().pending()).isEqualTo(SignalSet.of(SIGCONT));
      raise(process, SIGTSTP);
      assertThat(process.signals().pending()).isEqualTo(SignalSet.of(SIGTSTP));
      return 0;
    });
  }

  @Test
  void continuing_works_although_sigcont_is_blocked_or_ignored_and_a_handler_runs() {
    machine.run(process -> {
      String child =
          machine.command(self -> {
            self.signals().setTrampoline(delivered::add);
            self.signals().setAction(SIGCONT, SignalAction.handler(0, 0));
            raise(self, SIGSTOP);
            self.checkSignals();
            assertThat(delivered).containsExactly(SIGCONT);
            self.signals().setAction(SIGCONT, SignalAction.IGNORE);
            self.signals().setMask(SignalSet.of(SIGCONT));
            raise(self, SIGSTOP);
            self.checkSignals();
            return 0;
          });
      int pid = process.spawn(request(child).build());
      for (int i = 0; i < 2; i++) {
        assertThat(WaitStatus.isStopped(process.waitFor(pid, WUNTRACED).status())).isTrue();
        process.kill(pid, SIGCONT);
      }
      assertThat(process.waitFor(pid, 0).status()).isZero();
      return 0;
    });
  }

  @Test
  void terminal_stops_do_not_stop_an_orphaned_group() {
    assertThat(
            machine.run(process -> {
              raise(process, SIGTSTP);
              process.checkSignals();
              return 6;
            }))
        .isEqualTo(6 << 8);
  }

  // ---- kill
  // --------------------------------------------------------------------------------------

  @Test
  void signal_zero_probes() {
    machine.run(process -> {
      process.kill(process.pid(), 0);
      process.kill(0, 0);
      assertFails(ESRCH, () -> process.kill(12345, 0));
      assertFails(ESRCH, () -> process.kill(-12345, 0));
      assertFails(EINVAL, () -> process.kill(process.pid(), 65));
      assertFails(EINVAL, () -> process.kill(process.pid(), -1));
      assertFails(EPERM, () -> process.kill(1, 0));
      return 0;
    });
  }

  @ParameterizedTest
  @CsvSource({"0,true", "1000,true", "1001,false"})
  void users_may_signal_their_own_processes_and_root_everything(int uid, boolean allowed) {
    Process target = machine.launch(SignalTest::sleepForever);
    machine.run(
        Credentials.of(uid, uid),
        process -> {
          if (allowed) {
            process.kill(target.pid(), SIGTERM);
          } else {
            assertFails(EPERM, () -> process.kill(target.pid(), SIGTERM));
            assertFails(EPERM, () -> process.kill(-target.pid(), SIGTERM));
            assertFails(EPERM, () -> process.kill(target.pid(), SIGCONT));
          }
          return 0;
        });
    if (!allowed) {
      assertThat(target.isAlive()).isTrue();
      machine.table.signal(target, SIGTERM);
    }
    assertThat(machine.end(target)).isEqualTo(SIGTERM);
  }

  @Test
  void sigcont_is_allowed_within_a_session_whoever_it_is() {
    machine.run(
        Credentials.root(),
        process -> {
          String child =
              machine.command(self -> {
                self.setCredentials(self.credentials().setUid(1001));
                assertFails(EPERM, () -> self.kill(process.pid(), SIGTERM));
                self.kill(process.pid(), SIGCONT);
                return 9;
              });
          int pid = process.spawn(request(child).build());
          assertThat(process.waitFor(pid, 0).status()).isEqualTo(9 << 8);
          return 0;
        });
  }

  @Test
  void kill_minus_one_reaches_everybody_but_the_caller_and_init() {
    Process one = machine.launch(SignalTest::sleepForever);
    Process two = machine.launch(SignalTest::sleepForever);
    Process foreign =
        machine.launch(request(sleeper).newSession(), Credentials.of(1001, 1001), process -> {});
    machine.run(process -> {
      process.kill(-1, SIGTERM);
      process.checkSignals();
      return 0;
    });
    assertThat(machine.end(one)).isEqualTo(SIGTERM);
    assertThat(machine.end(two)).isEqualTo(SIGTERM);
    assertThat(foreign.isAlive()).isTrue();
    machine.table.signal(foreign, SIGKILL);
    machine.end(foreign);
    machine.run(process -> {
      assertFails(ESRCH, () -> process.kill(-1, 0));
      return 0;
    });
  }

  @Test
  void kill_zero_reaches_the_own_group() {
    int status =
        machine.run(process -> {
          int same = process.spawn(request(sleeper).build());
          int other = process.spawn(request(sleeper).group(0).build());
          process.signals().setAction(SIGTERM, SignalAction.IGNORE);
          process.kill(0, SIGTERM);
          assertThat(process.waitFor(same, 0).status()).isEqualTo(SIGTERM);
          assertThat(process.waitFor(other, WNOHANG).pid()).isZero();
          process.signals().setAction(SIGTERM, SignalAction.DEFAULT);
          process.kill(0, SIGTERM);
          process.checkSignals();
          return 0;
        });
    assertThat(status).isEqualTo(SIGTERM);
  }

  @Test
  void nobody_can_hurt_init() {
    machine.run(
        Credentials.root(),
        process -> {
          for (int signal : new int[] {SIGKILL, SIGSTOP, SIGTERM}) {
            process.kill(1, signal);
          }
          assertThat(machine.table.init().isAlive()).isTrue();
          return 0;
        });
    assertThat(machine.run(process -> 0)).isZero();
  }

  // ---- running guests
  // ----------------------------------------------------------------------------

  @Test
  void kill_ends_a_loop_without_system_calls() {
    AtomicInteger started = new AtomicInteger();
    Process process =
        machine.launch(self -> {
          self.leaveKernel();
          started.set(1);
          while (!Thread.interrupted()) {
            Thread.onSpinWait();
          }
          self.checkSignals();
          throw new AssertionError("interrupted without reason");
        });
    TestMachine.eventually("it loops", () -> started.get() == 1);
    machine.table.signal(process, SIGTERM);
    assertThat(machine.end(process)).isEqualTo(SIGTERM);
  }

  @Test
  void a_thread_inside_the_kernel_is_not_interrupted() {
    AtomicInteger stage = new AtomicInteger();
    Process process =
        machine.launch(self -> {
          self.enterKernel();
          stage.set(1);
          long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(50);
          TestMachine.eventually("signalled", () -> stage.get() == 2);
          while (System.nanoTime() < until) {
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
          }
          self.leaveKernel();
          throw new AssertionError("left the kernel alive");
        });
    TestMachine.eventually("it is in the kernel", () -> stage.get() == 1);
    machine.table.signal(process, SIGKILL);
    stage.set(2);
    assertThat(machine.end(process)).isEqualTo(SIGKILL);
  }

  @Test
  void a_broken_pipe_raises_sigpipe() {
    assertThat(
            machine.run(process -> {
              process.raiseBrokenPipe();
              process.checkSignals();
              return 0;
            }))
        .isEqualTo(SIGPIPE);
  }

  // ---- interval timer
  // ----------------------------------------------------------------------------

  @Test
  void the_interval_timer_sends_sigalrm() {
    assertThat(
            machine.run(process -> {
              process.timer().set(TimeUnit.MILLISECONDS.toNanos(1), 0);
              return sleepForever(process);
            }))
        .isEqualTo(SIGALRM);
  }

  @Test
  void an_interval_repeats_until_it_is_disarmed() {
    machine.run(process -> {
      handle(process, SIGALRM, 0, 0);
      process.timer().set(1000, TimeUnit.MILLISECONDS.toNanos(1));
      for (int i = 1; i <= 5; i++) {
        assertFails(EINTR, () -> process.sleep(Waiter.NEVER));
        process.checkSignals();
        // On a slow host the next interval may be over already.
        assertThat(delivered).hasSizeGreaterThanOrEqualTo(i);
      }
      IntervalTimer.Setting previous = process.timer().set(0, 0);
      assertThat(previous.interval()).isEqualTo(TimeUnit.MILLISECONDS.toNanos(1));
      assertThat(process.timer().get()).isEqualTo(new IntervalTimer.Setting(0, 0));
      return 0;
    });
  }

  @Test
  void a_timer_tells_what_is_left_and_children_do_not_inherit_it() {
    machine.run(process -> {
      long hour = TimeUnit.HOURS.toNanos(1);
      assertThat(process.timer().set(hour, 0).value()).isZero();
      assertThat(process.timer().get().value()).isBetween(hour / 2, hour);
      String child =
          machine.command(self -> {
            assertThat(self.timer().get().value()).isZero();
            return 0;
          });
      process.waitFor(process.spawn(request(child).build()), 0);
      assertThat(process.timer().set(Long.MAX_VALUE, Long.MAX_VALUE).value()).isPositive();
      return 0;
    });
  }

  // ---- names
  // -------------------------------------------------------------------------------------

  @Test
  void signals_have_the_names_of_kill_l() {
    assertThat(Signal.name(SIGQUIT)).isEqualTo("QUIT");
    assertThat(Signal.name(SIGRTMIN)).isEqualTo("RTMIN");
    assertThat(Signal.name(49)).isEqualTo("RTMIN+15");
    assertThat(Signal.name(50)).isEqualTo("RTMAX-14");
    assertThat(Signal.name(32)).isEqualTo("32");
    for (int signal = 1; signal <= SIGRTMAX; signal++) {
      assertThat(Signal.parse(Signal.name(signal))).isEqualTo(signal);
      assertThat(Signal.parse("SIG" + Signal.name(signal))).isEqualTo(signal);
      assertThat(Signal.parse(Integer.toString(signal))).isEqualTo(signal);
    }
    assertThat(Signal.parse("sigint")).isEqualTo(SIGINT);
    assertThat(Signal.parse("cld")).isEqualTo(SIGCHLD);
    assertThat(Signal.parse("65")).isZero();
    assertThat(Signal.parse("")).isZero();
  }
}
