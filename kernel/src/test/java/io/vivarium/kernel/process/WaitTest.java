package io.vivarium.kernel.process;

import static io.vivarium.kernel.errno.Errno.ECHILD;
import static io.vivarium.kernel.errno.Errno.EINTR;
import static io.vivarium.kernel.errno.Errno.EINVAL;
import static io.vivarium.kernel.errno.Errno.ESRCH;
import static io.vivarium.kernel.file.Errnos.assertFails;
import static io.vivarium.kernel.process.Signal.SIGCHLD;
import static io.vivarium.kernel.process.Signal.SIGCONT;
import static io.vivarium.kernel.process.Signal.SIGKILL;
import static io.vivarium.kernel.process.Signal.SIGSTOP;
import static io.vivarium.kernel.process.Signal.SIGTERM;
import static io.vivarium.kernel.process.Signal.SIGUSR1;
import static io.vivarium.kernel.process.TestMachine.awaitState;
import static io.vivarium.kernel.process.TestMachine.request;
import static io.vivarium.kernel.process.WaitOptions.WCONTINUED;
import static io.vivarium.kernel.process.WaitOptions.WNOHANG;
import static io.vivarium.kernel.process.WaitOptions.WUNTRACED;
import static org.assertj.core.api.Assertions.assertThat;

import io.vivarium.kernel.wait.Waiter;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Holds waitpid(2), zombies and reparenting to what Linux does. */
class WaitTest {
  private final TestMachine machine = new TestMachine();
  private final String sleeper = machine.command("/bin/sleeper", WaitTest::sleepForever);

  @AfterEach
  void close() {
    machine.close();
  }

  private static int sleepForever(Process process) {
    process.sleep(Waiter.NEVER);
    return 0;
  }

  private String exiting(int code) {
    return machine.command(process -> code);
  }

  private int spawn(Process parent, String path) {
    return parent.spawn(request(path).build());
  }

  @Test
  void wait_answers_pid_and_exit_code_of_a_child() {
    String child = exiting(7);
    int status =
        machine.run(process -> {
          int pid = spawn(process, child);
          WaitResult result = process.waitFor(-1, 0);
          assertThat(result.pid()).isEqualTo(pid);
          assertThat(result.status()).isEqualTo(7 << 8);
          return 3;
        });
    assertThat(status).isEqualTo(3 << 8);
  }

  @Test
  void only_the_low_eight_bits_of_an_exit_code_count() {
    assertThat(machine.run(process -> 0x1ff)).isEqualTo(0xff00);
    assertThat(machine.run(process -> -1)).isEqualTo(0xff00);
    assertThat(machine.run(process -> 256)).isZero();
  }

  @Test
  void wait_without_children_fails_with_echild() {
    machine.run(process -> {
      assertFails(ECHILD, () -> process.waitFor(-1, 0));
      assertFails(ECHILD, () -> process.waitFor(-1, WNOHANG));
      assertFails(ECHILD, () -> process.waitFor(process.pid(), 0));
      assertFails(ECHILD, () -> process.waitFor(1, WNOHANG));
      assertFails(EINVAL, () -> process.waitFor(-1, 4));
      assertFails(ESRCH, () -> process.waitFor(Integer.MIN_VALUE, 0));
      return 0;
    });
  }

  @Test
  void nohang_answers_zero_while_the_child_runs() {
    machine.run(process -> {
      int pid = spawn(process, sleeper);
      assertThat(process.waitFor(pid, WNOHANG)).isEqualTo(new WaitResult(0, 0));
      process.kill(pid, SIGKILL);
      assertThat(process.waitFor(pid, 0)).isEqualTo(new WaitResult(pid, SIGKILL));
      assertFails(ECHILD, () -> process.waitFor(pid, 0));
      return 0;
    });
  }

  @Test
  void a_zombie_stays_until_it_is_waited_for_and_can_be_signalled() {
    String child = exiting(1);
    machine.run(process -> {
      int pid = spawn(process, child);
      Process zombie = machine.table.find(pid);
      awaitState(zombie, ProcessState.ZOMBIE);
      process.kill(pid, SIGKILL);
      assertThat(machine.table.find(pid)).isSameAs(zombie);
      assertThat(process.waitFor(pid, WNOHANG).status()).isEqualTo(1 << 8);
      assertThat(machine.table.find(pid)).isNull();
      assertThat(zombie.state()).isEqualTo(ProcessState.DEAD);
      return 0;
    });
  }

  @Test
  void wait_chooses_by_pid_and_by_group() {
    String child = exiting(0);
    machine.run(process -> {
      int own = spawn(process, child);
      int leader = process.spawn(request(child).group(0).build());
      int member = process.spawn(request(child).group(leader).build());
      assertThat(process.waitFor(member, 0).pid()).isEqualTo(member);
      assertThat(process.waitFor(-leader, 0).pid()).isEqualTo(leader);
      assertFails(ECHILD, () -> process.waitFor(-leader, 0));
      assertThat(process.waitFor(0, 0).pid()).isEqualTo(own);
      assertFails(ECHILD, () -> process.waitFor(-1, 0));
      return 0;
    });
  }

  @Test
  void a_group_lives_as_long_as_a_zombie_is_in_it() {
    String child = exiting(0);
    machine.run(process -> {
      int leader = process.spawn(request(child).group(0).build());
      awaitState(machine.table.find(leader), ProcessState.ZOMBIE);
      int member = process.spawn(request(sleeper).group(leader).build());
      assertThat(process.waitFor(leader, 0).pid()).isEqualTo(leader);
      process.kill(-leader, SIGKILL);
      assertThat(process.waitFor(-leader, 0)).isEqualTo(new WaitResult(member, SIGKILL));
      assertFails(ESRCH, () -> process.kill(-leader, 0));
      return 0;
    });
  }

  @Test
  void stops_and_continues_are_reported_once_to_those_who_ask() {
    machine.run(process -> {
      int pid = spawn(process, sleeper);
      process.kill(pid, SIGSTOP);
      WaitResult stopped = process.waitFor(pid, WUNTRACED);
      assertThat(stopped.status()).isEqualTo(SIGSTOP << 8 | 0x7f);
      assertThat(process.waitFor(pid, WUNTRACED | WNOHANG).pid()).isZero();
      assertThat(machine.table.find(pid).state()).isEqualTo(ProcessState.STOPPED);

      process.kill(pid, SIGCONT);
      assertThat(process.waitFor(pid, WCONTINUED).status()).isEqualTo(0xffff);
      assertThat(process.waitFor(pid, WCONTINUED | WNOHANG).pid()).isZero();

      process.kill(pid, SIGSTOP);
      awaitState(machine.table.find(pid), ProcessState.STOPPED);
      assertThat(process.waitFor(pid, WNOHANG).pid()).as("nobody asked for stops").isZero();
      process.kill(pid, SIGKILL);
      assertThat(process.waitFor(pid, WUNTRACED).status()).isEqualTo(SIGKILL);
      return 0;
    });
  }

  @Test
  void a_stopped_process_keeps_other_signals_until_it_continues() {
    machine.run(process -> {
      int pid = spawn(process, sleeper);
      process.kill(pid, SIGSTOP);
      assertThat(process.waitFor(pid, WUNTRACED).pid()).isEqualTo(pid);
      process.kill(pid, SIGTERM);
      assertThat(process.waitFor(pid, WNOHANG).pid()).isZero();
      assertThat(machine.table.find(pid).state()).isEqualTo(ProcessState.STOPPED);
      process.kill(pid, SIGCONT);
      assertThat(process.waitFor(pid, 0).status()).isEqualTo(SIGTERM);
      return 0;
    });
  }

  @Test
  void orphans_become_children_of_init_which_reaps_them() {
    List<Integer> grandchildren = new ArrayList<>();
    String ended = exiting(0);
    String child =
        machine.command(process -> {
          grandchildren.add(spawn(process, sleeper));
          grandchildren.add(spawn(process, ended));
          awaitState(machine.table.find(grandchildren.get(1)), ProcessState.ZOMBIE);
          return 0;
        });
    machine.run(process -> {
      int pid = spawn(process, child);
      process.waitFor(pid, 0);
      assertThat(machine.table.find(grandchildren.get(1))).as("zombie reaped").isNull();
      Process orphan = machine.table.find(grandchildren.get(0));
      assertThat(orphan.parentPid()).isEqualTo(1);
      assertFails(ECHILD, () -> process.waitFor(orphan.pid(), 0));
      process.kill(orphan.pid(), SIGKILL);
      machine.end(orphan);
      assertThat(machine.table.find(orphan.pid())).isNull();
      return 0;
    });
  }

  @Test
  void ignoring_sigchld_reaps_children_and_wait_blocks_until_the_last_is_gone() {
    machine.run(process -> {
      process.signals().setAction(SIGCHLD, SignalAction.IGNORE);
      int first = spawn(process, sleeper);
      int second = spawn(process, sleeper);
      process.kill(first, SIGKILL);
      process.kill(second, SIGKILL);
      assertFails(ECHILD, () -> process.waitFor(-1, 0));
      assertThat(machine.table.find(first)).isNull();
      assertThat(machine.table.find(second)).isNull();
      return 0;
    });
  }

  @Test
  void nocldwait_reaps_children_but_still_signals() {
    List<Integer> delivered = new ArrayList<>();
    String child = exiting(0);
    machine.run(process -> {
      process.signals().setTrampoline(delivered::add);
      process.signals().setAction(SIGCHLD, SignalAction.handler(0, SignalAction.SA_NOCLDWAIT));
      spawn(process, child);
      assertFails(EINTR, () -> process.sleep(Waiter.NEVER));
      process.checkSignals();
      assertThat(delivered).containsExactly(SIGCHLD);
      assertFails(ECHILD, () -> process.waitFor(-1, WNOHANG));
      return 0;
    });
  }

  @Test
  void the_end_of_a_child_wins_over_the_signal_that_tells_it() {
    List<Integer> delivered = new ArrayList<>();
    machine.run(process -> {
      process.signals().setTrampoline(delivered::add);
      process.signals().setAction(SIGCHLD, SignalAction.handler(0, 0));
      for (int i = 1; i <= 500; i++) {
        int pid = spawn(process, sleeper);
        process.kill(pid, SIGKILL);
        assertThat(process.waitFor(pid, 0).pid()).isEqualTo(pid);
        process.checkSignals();
        assertThat(delivered).hasSize(i);
      }
      return 0;
    });
  }

  @Test
  void a_handled_signal_interrupts_wait() {
    machine.run(process -> {
      process.signals().setTrampoline(signal -> {});
      process.signals().setAction(SIGUSR1, SignalAction.handler(0, 0));
      int self = process.pid();
      String signaller =
          machine.command(child -> {
            awaitState(machine.table.find(self), ProcessState.SLEEPING);
            child.kill(self, SIGUSR1);
            return sleepForever(child);
          });
      int pid = spawn(process, signaller);
      assertFails(EINTR, () -> process.waitFor(pid, 0));
      process.checkSignals();
      assertThat(process.waitFor(pid, WNOHANG).pid()).isZero();
      return 0;
    });
  }

  @Test
  void nocldstop_keeps_stops_from_signalling() {
    machine.run(process -> {
      List<Integer> delivered = new ArrayList<>();
      process.signals().setTrampoline(delivered::add);
      process.signals().setAction(SIGCHLD, SignalAction.handler(0, SignalAction.SA_NOCLDSTOP));
      int pid = spawn(process, sleeper);
      process.kill(pid, SIGSTOP);
      assertThat(process.waitFor(pid, WUNTRACED).pid()).isEqualTo(pid);
      process.kill(pid, SIGCONT);
      assertThat(process.waitFor(pid, WCONTINUED).pid()).isEqualTo(pid);
      process.checkSignals();
      assertThat(delivered).isEmpty();
      process.kill(pid, SIGKILL);
      process.waitFor(pid, 0);
      process.checkSignals();
      assertThat(delivered).containsExactly(SIGCHLD);
      return 0;
    });
  }
}
