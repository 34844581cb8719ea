package io.vivarium.kernel.tty;

import static io.vivarium.kernel.errno.Errno.EAGAIN;
import static io.vivarium.kernel.errno.Errno.EINTR;
import static io.vivarium.kernel.errno.Errno.EINVAL;
import static io.vivarium.kernel.errno.Errno.EIO;
import static io.vivarium.kernel.errno.Errno.ENOTTY;
import static io.vivarium.kernel.errno.Errno.ENXIO;
import static io.vivarium.kernel.errno.Errno.EPERM;
import static io.vivarium.kernel.errno.Errno.ESRCH;
import static io.vivarium.kernel.file.Errnos.assertFails;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.vivarium.kernel.file.CountLimit;
import io.vivarium.kernel.file.FileDescription;
import io.vivarium.kernel.file.OpenFlags;
import io.vivarium.kernel.fs.DeviceNumber;
import io.vivarium.kernel.fs.Inode;
import io.vivarium.kernel.tty.TerminalDescription.Flow;
import io.vivarium.kernel.tty.TerminalDescription.When;
import io.vivarium.kernel.wait.HostTask;
import io.vivarium.kernel.wait.Task;
import io.vivarium.kernel.wait.TestTask;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class JobControlTest {
  private static final int TTIN = 21;
  private static final int TTOU = 22;

  private final TestJobs jobs = new TestJobs();
  private final PtyTable table = new PtyTable(new CountLimit(8, EAGAIN), jobs);
  // Session 10: its leader, a process of group 11, and one of group 12; session 20: its leader.
  private final Task leader = TestTask.here();
  private final Task job = TestTask.here();
  private final Task background = TestTask.here();
  private final Task stranger = TestTask.here();
  private final TerminalDescription master = openMaster();
  private TerminalDescription slave;

  @BeforeEach
  void open_as_session_leader() {
    jobs.put(leader, 10, 10, 10);
    jobs.put(job, 11, 11, 10);
    jobs.put(background, 12, 12, 10);
    jobs.put(stranger, 20, 20, 20);
    slave = openSlave(leader, 0, OpenFlags.O_RDWR);
  }

  private TerminalDescription openMaster() {
    return table.openMaster(leader, ((DevPts) table.fileSystem()).multiplexor(), OpenFlags.O_RDWR);
  }

  private TerminalDescription openSlave(Task by, int index, int flags) {
    Inode node = table.fileSystem().root().lookup(Integer.toString(index));
    return table.openSlave(by, node, flags);
  }

  private static void write(Task by, FileDescription end, String text) {
    end.write(by, text.getBytes(ISO_8859_1), 0, text.length());
  }

  private static String read(Task by, FileDescription end) {
    byte[] buffer = new byte[100];
    return new String(buffer, 0, end.read(by, buffer, 0, buffer.length), ISO_8859_1);
  }

  private TerminalDescription devTty(Task by) {
    return table.openControlling(by, slave.inode(), OpenFlags.O_RDWR);
  }

  private void foreground(int group) {
    jobs.ignore(TTOU);
    slave.setForegroundGroup(leader, group);
  }

  // ---- controlling terminals
  // ---------------------------------------------------------------------

  @Test
  void a_session_leader_that_opens_a_terminal_gets_it_as_controlling_terminal() {
    assertThat(slave.session(job)).isEqualTo(10);
    assertThat(slave.foregroundGroup(leader)).isEqualTo(10);
    assertThat(table.controllingDevice(10)).isEqualTo(DeviceNumber.of(136, 0));
    assertThat(table.foregroundGroup(10)).isEqualTo(10);
    assertThat(table.controllingDevice(20)).isZero();
    assertThat(table.foregroundGroup(20)).isEqualTo(-1);
  }

  @Test
  void nobody_else_gets_one_by_opening() {
    openMaster();
    openSlave(stranger, 1, OpenFlags.O_RDWR | OpenFlags.O_NOCTTY);
    openSlave(stranger, 1, OpenFlags.O_WRONLY);
    openSlave(job, 1, OpenFlags.O_RDWR);
    openSlave(leader, 1, OpenFlags.O_RDWR);
    openSlave(HostTask.current(), 1, OpenFlags.O_RDWR);
    assertThat(table.controllingDevice(20)).isZero();
    openSlave(stranger, 0, OpenFlags.O_RDWR);
    assertThat(table.controllingDevice(20)).isZero();
    openSlave(stranger, 1, OpenFlags.O_RDONLY);
    assertThat(table.controllingDevice(20)).isEqualTo(DeviceNumber.of(136, 1));
  }

  @Test
  void tiocsctty_is_for_session_leaders_without_terminal_and_free_terminals() {
    openMaster();
    TerminalDescription other = openSlave(job, 1, OpenFlags.O_RDWR);
    slave.becomeControlling(leader);
    assertFails(EPERM, () -> other.becomeControlling(leader));
    assertFails(EPERM, () -> other.becomeControlling(job));
    assertFails(EPERM, () -> slave.becomeControlling(stranger));
    assertFails(EINVAL, () -> master.becomeControlling(stranger));
    other.becomeControlling(stranger);
    assertThat(other.foregroundGroup(stranger)).isEqualTo(20);
  }

  @Test
  void dev_tty_is_the_controlling_terminal() {
    TerminalDescription tty = devTty(job);
    assertThat(tty.index()).isZero();
    foreground(11);
    write(job, tty, "x");
    assertThat(read(leader, master)).isEqualTo("x");
    assertFails(ENXIO, () -> devTty(stranger));
    assertFails(ENXIO, () -> devTty(HostTask.current()));
  }

  @Test
  void when_the_last_slave_closes_the_session_has_no_terminal_any_more() {
    slave.release();
    assertThat(table.controllingDevice(10)).isZero();
    TerminalDescription again = openSlave(leader, 0, OpenFlags.O_RDWR);
    assertThat(again.session(leader)).isEqualTo(10);
  }

  @Test
  void the_host_can_give_a_session_its_terminal() {
    HostTerminal terminal = table.openHost(WindowSize.DEFAULT, 0);
    FileDescription stdio = terminal.openSlave();
    assertThat(terminal.control(10)).isFalse();
    assertThat(terminal.control(20)).isTrue();
    assertThat(terminal.control(21)).isFalse();
    assertThat(((TerminalDescription) stdio).foregroundGroup(stranger)).isEqualTo(20);
    terminal.resize(new WindowSize(1, 2));
    assertThat(jobs.takeSignals()).containsExactly("WINCH group 20");
  }

  // ---- foreground
  // --------------------------------------------------------------------------------

  @Test
  void tcsetpgrp_takes_groups_of_the_session_only() {
    slave.setForegroundGroup(leader, 11);
    assertThat(slave.foregroundGroup(background)).isEqualTo(11);
    assertThat(master.foregroundGroup(stranger)).isEqualTo(11);
    jobs.ignore(TTOU);
    assertFails(ESRCH, () -> slave.setForegroundGroup(leader, 99));
    assertFails(ESRCH, () -> slave.setForegroundGroup(leader, 0));
    assertFails(EPERM, () -> slave.setForegroundGroup(leader, 20));
    assertFails(EINVAL, () -> slave.setForegroundGroup(leader, -5));
    assertFails(ENOTTY, () -> slave.setForegroundGroup(stranger, 20));
    assertThat(slave.foregroundGroup(leader)).isEqualTo(11);
  }

  @Test
  void questions_about_another_sessions_terminal_are_enotty() {
    assertFails(ENOTTY, () -> slave.foregroundGroup(stranger));
    assertFails(ENOTTY, () -> slave.session(stranger));
    assertThat(master.session(stranger)).isEqualTo(10);
    openMaster();
    TerminalDescription free = openSlave(job, 1, OpenFlags.O_RDWR);
    assertFails(ENOTTY, () -> free.foregroundGroup(leader));
    assertFails(ENOTTY, () -> free.session(leader));
    assertFails(ENOTTY, () -> free.setForegroundGroup(leader, 10));
  }

  @Test
  void typed_signal_characters_go_to_the_foreground_group() {
    foreground(11);
    write(stranger, master, "\u0003\u001c\u001a");
    assertThat(jobs.takeSignals())
        .containsExactlyInAnyOrder("INT group 11", "QUIT group 11", "TSTP group 11");
    slave.setAttributes(leader, When.NOW, Termios.DEFAULT.withLocal(0, Termios.ISIG));
    write(stranger, master, "\u0003");
    assertThat(jobs.takeSignals()).isEmpty();
  }

  @Test
  void typed_signal_characters_without_a_session_go_nowhere() {
    openMaster();
    TerminalDescription free = openMaster();
    write(leader, free, "\u0003");
    assertThat(jobs.takeSignals()).isEmpty();
  }

  @Test
  void another_window_size_is_told_to_the_foreground_group_once() {
    assertThat(slave.windowSize()).isEqualTo(new WindowSize(24, 80));
    slave.setWindowSize(new WindowSize(24, 80));
    assertThat(jobs.takeSignals()).isEmpty();
    master.setWindowSize(new WindowSize(30, 100));
    slave.setWindowSize(new WindowSize(30, 100));
    assertThat(jobs.takeSignals()).containsExactly("WINCH group 10");
    assertThat(slave.windowSize()).isEqualTo(new WindowSize(30, 100, 0, 0));
    slave.setWindowSize(new WindowSize(70_000, -1));
    assertThat(slave.windowSize()).isEqualTo(new WindowSize(70_000 - 65_536, 65_535));
  }

  // ---- the background
  // ----------------------------------------------------------------------------

  @Test
  void reading_from_the_background_stops_the_group_and_goes_on_in_the_foreground() {
    write(leader, master, "line\n");
    jobs.whenSignalled(() -> foreground(12));
    assertThat(read(background, slave)).isEqualTo("line\n");
    assertThat(jobs.takeSignals()).containsExactly("TTIN own group 12");
  }

  @Test
  void a_reader_that_continues_in_the_background_is_stopped_again() {
    write(leader, master, "line\n");
    int[] stops = new int[1];
    jobs.whenSignalled(() -> {
      stops[0] = stops[0] + 1;
      if (stops[0] == 3) {
        foreground(12);
      }
    });
    assertThat(read(background, slave)).isEqualTo("line\n");
    assertThat(jobs.takeSignals()).hasSize(3);
  }

  @Test
  void a_handler_for_sigttin_interrupts_the_read() {
    jobs.whenSignalled(() -> {
      throw EINTR.exception();
    });
    assertFails(EINTR, () -> read(background, slave));
  }

  @Test
  void a_background_reader_that_cannot_be_stopped_gets_eio() {
    jobs.ignore(TTIN);
    assertFails(EIO, () -> read(background, slave));
    assertThat(jobs.takeSignals()).isEmpty();
  }

  @Test
  void orphaned_background_groups_get_eio() {
    jobs.orphan(12);
    assertFails(EIO, () -> read(background, slave));
    assertFails(EIO, () -> slave.setAttributes(background, When.NOW, Termios.DEFAULT));
    assertFails(ENOTTY, () -> slave.setForegroundGroup(background, 12));
    assertThat(jobs.takeSignals()).isEmpty();
  }

  @Test
  void writing_from_the_background_is_allowed_without_tostop() {
    write(background, slave, "x");
    assertThat(jobs.takeSignals()).isEmpty();
    slave.setAttributes(leader, When.NOW, Termios.DEFAULT.withLocal(Termios.TOSTOP, 0));
    jobs.whenSignalled(() -> foreground(12));
    write(background, slave, "y");
    assertThat(jobs.takeSignals()).containsExactly("TTOU own group 12");
    assertThat(read(leader, master)).isEqualTo("xy");
  }

  @Test
  void changing_the_terminal_from_the_background_raises_sigttou_unless_ignored() {
    jobs.whenSignalled(() -> {
      throw EINTR.exception();
    });
    assertFails(EINTR, () -> slave.setAttributes(background, When.DRAIN, Termios.DEFAULT));
    assertFails(EINTR, () -> slave.setForegroundGroup(background, 12));
    assertFails(EINTR, () -> slave.flush(background, true, true));
    assertFails(EINTR, () -> slave.flow(background, Flow.STOP_OUTPUT));
    assertFails(EINTR, () -> slave.drain(background));
    assertThat(jobs.takeSignals()).hasSize(5).containsOnly("TTOU own group 12");
    slave.setWindowSize(new WindowSize(5, 5));
    slave.attributes();
    assertThat(jobs.takeSignals()).containsExactly("WINCH group 10");
    jobs.ignore(TTOU);
    slave.setForegroundGroup(background, 12);
    assertThat(slave.foregroundGroup(leader)).isEqualTo(12);
  }

  @Test
  void other_sessions_and_the_host_are_never_in_the_background() {
    write(leader, master, "a\nb\n");
    assertThat(read(stranger, slave)).isEqualTo("a\n");
    assertThat(read(HostTask.current(), slave)).isEqualTo("b\n");
    slave.setAttributes(stranger, When.NOW, Termios.DEFAULT);
    assertThat(jobs.takeSignals()).isEmpty();
  }

  // ---- hang-up
  // -----------------------------------------------------------------------------------

  @Test
  void a_hang_up_is_told_to_the_leader_and_when_that_exits_to_the_foreground_group() {
    foreground(11);
    master.release();
    assertThat(jobs.takeSignals()).containsExactly("HUP process 10", "CONT process 10");
    assertFails(ENXIO, () -> devTty(job));
    table.sessionLeaderExited(10);
    assertThat(jobs.takeSignals()).containsExactly("HUP group 11", "CONT group 11");
    table.sessionLeaderExited(10);
    assertThat(jobs.takeSignals()).isEmpty();
  }

  @Test
  void a_leader_that_exits_hangs_up_on_the_foreground_group_and_frees_the_terminal() {
    foreground(11);
    table.sessionLeaderExited(10);
    assertThat(jobs.takeSignals()).containsExactly("HUP group 11");
    assertFails(ENXIO, () -> devTty(job));
    write(job, slave, "still open");
    slave.becomeControlling(stranger);
    assertThat(slave.session(stranger)).isEqualTo(20);
  }

  @Test
  void a_hang_up_of_a_terminal_without_session_is_told_to_nobody() {
    TerminalDescription free = openMaster();
    free.release();
    assertThat(jobs.takeSignals()).isEmpty();
  }
}
