package io.vivarium.kernel.process;

import static io.vivarium.kernel.errno.Errno.EACCES;
import static io.vivarium.kernel.errno.Errno.EINVAL;
import static io.vivarium.kernel.errno.Errno.EPERM;
import static io.vivarium.kernel.errno.Errno.ESRCH;
import static io.vivarium.kernel.file.Errnos.assertFails;
import static io.vivarium.kernel.process.Signal.SIGCONT;
import static io.vivarium.kernel.process.Signal.SIGHUP;
import static io.vivarium.kernel.process.Signal.SIGSTOP;
import static io.vivarium.kernel.process.Signal.SIGTSTP;
import static io.vivarium.kernel.process.TestMachine.awaitState;
import static io.vivarium.kernel.process.TestMachine.eventually;
import static io.vivarium.kernel.process.TestMachine.request;
import static io.vivarium.kernel.process.WaitOptions.WUNTRACED;
import static org.assertj.core.api.Assertions.assertThat;

import io.vivarium.kernel.wait.Waiter;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Holds process groups and sessions to setpgid(2), setsid(2) and POSIX job control. */
class JobsTest {
  private final TestMachine machine = new TestMachine();
  private final String sleeper =
      machine.command(
          "/bin/sleeper",
          process -> {
            process.sleep(Waiter.NEVER);
            return 0;
          });

  @AfterEach
  void close() {
    machine.close();
  }

  @Test
  void a_launched_session_leader_leads_its_group_too() {
    machine.run(process -> {
      assertThat(process.groupOf(0)).isEqualTo(process.pid());
      assertThat(process.sessionOf(0)).isEqualTo(process.pid());
      assertThat(process.sessionOf(1)).isEqualTo(1);
      assertFails(ESRCH, () -> process.groupOf(4711));
      assertFails(ESRCH, () -> process.sessionOf(-1));
      assertFails(EPERM, process::newSession);
      assertFails(EPERM, () -> process.setGroup(0, 0));
      return 0;
    });
  }

  @Test
  void a_process_moves_itself_between_the_groups_of_its_session() {
    machine.run(process -> {
      int other = process.spawn(request(sleeper).group(0).build());
      int foreign = process.spawn(request(sleeper).newSession().build());
      String mover =
          machine.command(self -> {
            self.setGroup(0, 0);
            assertThat(self.groupOf(0)).isEqualTo(self.pid());
            self.setGroup(self.pid(), other);
            assertThat(self.groupOf(0)).isEqualTo(other);
            assertThat(machine.table.group(self.pid())).as("empty group").isNull();
            self.setGroup(0, process.pid());
            assertFails(EPERM, () -> self.setGroup(0, foreign));
            assertFails(EPERM, () -> self.setGroup(0, 31_000));
            assertFails(EINVAL, () -> self.setGroup(0, -1));
            assertFails(ESRCH, () -> self.setGroup(other, 0));
            assertFails(ESRCH, () -> self.setGroup(31_000, 0));
            self.setGroup(0, 0);
            assertFails(EPERM, self::newSession);
            self.setGroup(0, process.pid());
            assertThat(self.newSession()).isEqualTo(self.pid());
            assertThat(self.sessionOf(0)).isEqualTo(self.pid());
            return 0;
          });
      int pid = process.spawn(request(mover).build());
      assertThat(process.waitFor(pid, 0).status()).isZero();
      return 0;
    });
  }

  @Test
  void a_parent_cannot_move_a_child_that_runs_a_program_of_its_own() {
    machine.run(process -> {
      int child = process.spawn(request(sleeper).build());
      assertFails(EACCES, () -> process.setGroup(child, child));
      int foreign = process.spawn(request(sleeper).newSession().build());
      assertFails(EPERM, () -> process.setGroup(foreign, process.pid()));
      return 0;
    });
  }

  @Test
  void a_stopped_group_that_becomes_orphaned_is_hung_up_and_continued() {
    List<Integer> delivered = new CopyOnWriteArrayList<>();
    AtomicInteger job = new AtomicInteger();
    String stopping =
        machine.command(process -> {
          process.signals().setTrampoline(delivered::add);
          process.signals().setAction(SIGHUP, SignalAction.handler(0, 0));
          process.signals().setAction(SIGCONT, SignalAction.handler(0, 0));
          process.kill(process.pid(), SIGTSTP);
          process.checkSignals();
          return 0;
        });
    Process shell =
        machine.launch(process -> {
          job.set(process.spawn(request(stopping).group(0).build()));
          assertThat(WaitStatus.isStopped(process.waitFor(-1, WUNTRACED).status())).isTrue();
          return 0;
        });
    machine.end(shell);
    eventually("the job is gone", () -> machine.table.find(job.get()) == null);
    assertThat(delivered).containsExactly(SIGHUP, SIGCONT);
  }

  @Test
  void a_running_group_that_becomes_orphaned_is_left_alone() {
    AtomicInteger job = new AtomicInteger();
    Process shell =
        machine.launch(process -> {
          job.set(process.spawn(request(sleeper).group(0).build()));
          awaitState(machine.table.find(job.get()), ProcessState.SLEEPING);
          return 0;
        });
    machine.end(shell);
    Process left = machine.table.find(job.get());
    assertThat(left.parentPid()).isEqualTo(1);
    assertThat(machine.table.isOrphaned(left.group())).isTrue();
    assertThat(left.signals().pending()).isZero();
    assertThat(left.state()).isEqualTo(ProcessState.SLEEPING);
  }

  @Test
  void the_end_of_the_last_parent_outside_the_group_orphans_it_too() {
    // shell -> middle (own group) -> member in the group of the shell's job
    AtomicInteger stopped = new AtomicInteger();
    String middle =
        machine.command(process -> {
          int leader = process.spawn(request(sleeper).group(0).build());
          process.kill(leader, SIGSTOP);
          process.waitFor(leader, WUNTRACED);
          stopped.set(leader);
          return 0;
        });
    machine.run(process -> {
      int pid = process.spawn(request(middle).group(0).build());
      process.waitFor(pid, 0);
      Process orphan = machine.table.find(stopped.get());
      if (orphan != null) {
        machine.end(orphan);
      }
      assertThat(machine.table.find(stopped.get())).as("SIGHUP ended it").isNull();
      return 0;
    });
  }

  @Test
  void pids_of_living_groups_and_sessions_are_not_given_out_again() {
    AtomicInteger member = new AtomicInteger();
    String forking =
        machine.command(process -> {
          member.set(process.spawn(request(sleeper).build()));
          return 0;
        });
    machine.run(process -> {
      int leader = process.spawn(request(forking).newSession().build());
      process.waitFor(leader, 0);
      assertThat(machine.table.find(leader)).isNull();
      assertThat(machine.table.group(leader)).as("the member keeps it").isNotNull();
      machine.table.setLastPid(leader - 1);
      int next = process.spawn(request(sleeper).build());
      assertThat(next).isNotIn(leader, member.get()).isGreaterThan(leader);
      return 0;
    });
  }

  @Test
  void the_end_of_a_session_leader_hangs_up_its_terminal() {
    List<String> events = new CopyOnWriteArrayList<>();
    AtomicInteger foreground = new AtomicInteger();
    Process leader =
        machine.launch(process -> {
          foreground.set(process.spawn(request(sleeper).group(0).build()));
          int background = process.spawn(request(sleeper).group(0).build());
          events.add("background " + background);
          process
              .session()
              .setTerminal(
                  new ControllingTerminal() {
                    @Override
                    public long device() {
                      return 1;
                    }

                    @Override
                    public int foregroundGroup() {
                      return foreground.get();
                    }

                    @Override
                    public void leaderEnded() {
                      events.add("hang up");
                    }
                  });
          return 0;
        });
    machine.end(leader);
    assertThat(events).hasSize(2).contains("hang up");
    eventually("foreground is gone", () -> machine.table.find(foreground.get()) == null);
    int background = Integer.parseInt(events.get(0).substring("background ".length()));
    assertThat(machine.table.find(background).isAlive()).isTrue();
    assertThat(leader.session().terminal()).isNull();
  }
}
