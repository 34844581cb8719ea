package io.vivarium.kernel.tty;

import static io.vivarium.kernel.errno.Errno.EAGAIN;
import static io.vivarium.kernel.errno.Errno.EINTR;
import static io.vivarium.kernel.errno.Errno.EIO;
import static io.vivarium.kernel.file.Errnos.assertFails;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.vivarium.kernel.errno.ErrnoException;
import io.vivarium.kernel.file.CountLimit;
import io.vivarium.kernel.file.FileDescription;
import io.vivarium.kernel.file.OpenFlags;
import io.vivarium.kernel.tty.TerminalDescription.Flow;
import io.vivarium.kernel.tty.TerminalDescription.When;
import io.vivarium.kernel.wait.Guest;
import io.vivarium.kernel.wait.Task;
import io.vivarium.kernel.wait.TestTask;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Reading, writing, waiting and closing; what Linux answers was tried on a host. */
class PtyTest {
  private static final int IN = 0x41;
  private static final int OUT = 0x104;
  private static final int HUP = 0x10;
  private static final int ALL = 0x15d;

  private final TestTask task = TestTask.here();
  private final CountLimit limit = new CountLimit(3, EAGAIN);
  private final PtyTable table = new PtyTable(limit, new TestJobs());
  private final TerminalDescription master =
      table.openMaster(task, ((DevPts) table.fileSystem()).multiplexor(), OpenFlags.O_RDWR);
  private final TerminalDescription slave = openSlave();

  private TerminalDescription openSlave() {
    return table.openSlave(task, table.fileSystem().root().lookup("0"), OpenFlags.O_RDWR);
  }

  private static int write(Task by, FileDescription end, String text) {
    byte[] bytes = text.getBytes(ISO_8859_1);
    return end.write(by, bytes, 0, bytes.length);
  }

  private static String read(Task by, FileDescription end, int length) {
    byte[] buffer = new byte[length];
    return new String(buffer, 0, end.read(by, buffer, 0, length), ISO_8859_1);
  }

  private int write(FileDescription end, String text) {
    return write(task, end, text);
  }

  private String read(FileDescription end) {
    return read(task, end, 100_000);
  }

  private void attributes(UnaryOperator<Termios> change) {
    slave.setAttributes(task, When.NOW, change.apply(slave.attributes()));
  }

  private void raw(int least, int time) {
    attributes(termios ->
        termios.raw().withCharacter(Termios.VMIN, least).withCharacter(Termios.VTIME, time));
  }

  private static void nonBlocking(FileDescription end) {
    end.setStatusFlags(OpenFlags.O_NONBLOCK);
  }

  private static long seconds(long start) {
    return (System.nanoTime() - start) / 1_000_000_000L;
  }

  // ---- lines
  // -------------------------------------------------------------------------------------

  @Test
  void a_reader_waits_for_a_whole_line() {
    Guest<String> reader = Guest.startBlocked(t -> read(t, slave, 100));
    write(master, "hel");
    reader.assertStaysBlocked();
    write(master, "lo\n");
    assertThat(reader.result()).isEqualTo("hello\n");
    assertThat(read(master)).isEqualTo("hello\r\n");
  }

  @Test
  void a_master_that_reads_waits_for_output() {
    Guest<String> reader = Guest.startBlocked(t -> read(t, master, 100));
    write(slave, "out\n");
    assertThat(reader.result()).isEqualTo("out\r\n");
  }

  @Test
  void a_short_read_leaves_the_rest_of_the_line() {
    write(master, "abcdef\nx\n");
    assertThat(read(task, slave, 3)).isEqualTo("abc");
    assertThat(read(task, slave, 2)).isEqualTo("de");
    assertThat(read(task, slave, 100)).isEqualTo("f\n");
    assertThat(slave.available()).isEqualTo(2);
  }

  @Test
  void an_end_of_file_right_behind_what_was_asked_for_is_not_a_second_end() {
    write(master, "abc\u0004");
    assertThat(read(task, slave, 3)).isEqualTo("abc");
    nonBlocking(slave);
    assertFails(EAGAIN, () -> read(slave));
    write(master, "abc\n\u0004");
    assertThat(read(task, slave, 4)).isEqualTo("abc\n");
    assertThat(read(slave)).isEmpty();
  }

  @Test
  void reads_and_writes_of_nothing_return_at_once() {
    assertThat(slave.read(task, new byte[0], 0, 0)).isZero();
    assertThat(master.read(task, new byte[0], 0, 0)).isZero();
    assertThat(write(slave, "")).isZero();
    assertThat(write(master, "")).isZero();
  }

  @Test
  void a_line_that_is_too_long_keeps_its_beginning_and_its_end() {
    for (int length : new int[] {4093, 4094, 4095, 4096, 4200}) {
      write(master, "x".repeat(length) + "Y\nz\n");
      String line = read(slave);
      assertThat(line).hasSize(Math.min(length + 2, 4096)).startsWith("xxx");
      assertThat(line.endsWith("Y\n")).isEqualTo(length <= 4094);
      assertThat(line).endsWith("\n");
      assertThat(read(slave)).isEqualTo("z\n");
      read(master);
    }
    write(master, "x".repeat(4200) + "\u007f\u007fY\n");
    assertThat(read(slave)).hasSize(4095).endsWith("xY\n");
  }

  @Test
  void leaving_canonical_mode_shows_what_was_typed_as_bytes() {
    nonBlocking(slave);
    write(master, "ab\ncd\u0004ef");
    attributes(termios -> termios.withLocal(0, Termios.ICANON));
    assertThat(read(slave)).isEqualTo("ab\ncd\0ef");
  }

  @Test
  void entering_canonical_mode_completes_what_was_typed() {
    nonBlocking(slave);
    attributes(termios -> termios.withLocal(0, Termios.ICANON));
    write(master, "ab");
    attributes(termios -> termios.withLocal(Termios.ICANON, 0));
    write(master, "c\u007f\u007fd\n");
    assertThat(read(slave)).isEqualTo("ab");
    assertThat(read(slave)).isEqualTo("d\n");
  }

  // ---- raw
  // ---------------------------------------------------------------------------------------

  @Test
  void vmin_waits_for_that_many_bytes_or_a_full_buffer() {
    raw(3, 0);
    write(master, "ab");
    assertThat(slave.poll()).isEqualTo(OUT);
    Guest<String> reader = Guest.startBlocked(t -> read(t, slave, 10));
    reader.assertStaysBlocked();
    write(master, "cdef");
    assertThat(reader.result()).startsWith("abc");
    write(master, "gh");
    slave.flush(task, true, false);
    write(master, "ij");
    assertThat(read(task, slave, 2)).isEqualTo("ij");
  }

  @Test
  void vtime_alone_waits_a_while_for_anything() {
    raw(0, 2);
    long start = System.nanoTime();
    assertThat(read(slave)).isEmpty();
    assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(200_000_000L);
    write(master, "ab");
    assertThat(read(slave)).isEqualTo("ab");
    raw(0, 200);
    Guest<String> reader = Guest.startBlocked(t -> read(t, slave, 10));
    write(master, "c");
    assertThat(reader.result()).isEqualTo("c");
  }

  @Test
  void vmin_and_vtime_wait_for_the_first_byte_and_then_between_bytes() {
    raw(3, 1);
    write(master, "ab");
    assertThat(slave.poll()).isEqualTo(IN | OUT);
    assertThat(read(slave)).isEqualTo("ab");
    Guest<String> reader = Guest.startBlocked(t -> read(t, slave, 10));
    reader.assertStaysBlocked();
    write(master, "c");
    assertThat(reader.result()).isEqualTo("c");
  }

  @Test
  void neither_vmin_nor_vtime_never_waits() {
    raw(0, 0);
    assertThat(read(slave)).isEmpty();
    nonBlocking(slave);
    assertThat(read(slave)).isEmpty();
    write(master, "ab");
    assertThat(read(slave)).isEqualTo("ab");
  }

  @Test
  void nonblocking_reads_answer_what_there_is_or_eagain_whatever_vmin_says() {
    nonBlocking(slave);
    raw(3, 0);
    write(master, "ab");
    assertThat(read(slave)).isEqualTo("ab");
    assertFails(EAGAIN, () -> read(slave));
    raw(0, 5);
    assertFails(EAGAIN, () -> read(slave));
  }

  @Test
  void raw_bytes_of_any_number_pass_in_both_directions() {
    raw(1, 0);
    byte[] sent = new byte[300_000];
    new Random(3).nextBytes(sent);
    for (boolean down : new boolean[] {true, false}) {
      FileDescription from = down ? master : slave;
      FileDescription to = down ? slave : master;
      Guest<Integer> writer = Guest.start(t -> from.write(t, sent, 0, sent.length));
      byte[] received = new byte[sent.length];
      int count = 0;
      while (count < sent.length) {
        count += to.read(task, received, count, sent.length - count);
      }
      assertThat(writer.result()).isEqualTo(sent.length);
      assertThat(received).isEqualTo(sent);
    }
  }

  // ---- back-pressure
  // -----------------------------------------------------------------------------

  @Test
  void typing_ahead_of_a_reader_ends_somewhere_and_loses_nothing() {
    nonBlocking(master);
    nonBlocking(slave);
    attributes(termios -> termios.withLocal(0, Termios.ECHO));
    int typed = 0;
    try {
      while (typed < 10_000_000) {
        typed += write(master, "xxx\n".repeat(100));
      }
    } catch (ErrnoException full) {
      assertThat(full.errno()).isEqualTo(EAGAIN);
    }
    assertThat(typed).isBetween(65536, 80_000);
    assertThat(master.poll() & OUT).isZero();
    for (int i = 0; i < typed / 4; i++) {
      assertThat(read(task, slave, 10)).isEqualTo("xxx\n");
    }
    assertThat(master.poll() & OUT).isEqualTo(OUT);
  }

  @Test
  void writing_ahead_of_the_master_blocks_until_it_reads() {
    nonBlocking(slave);
    int written = write(slave, "x".repeat(100_000));
    assertThat(written).isBetween(65_000, 65_536);
    assertThat(slave.poll()).isZero();
    assertFails(EAGAIN, () -> write(slave, "y"));
    slave.setStatusFlags(0);
    Guest<Integer> writer = Guest.startBlocked(t -> write(t, slave, "tail"));
    assertThat(read(master)).hasSize(written);
    assertThat(writer.result()).isEqualTo(4);
    assertThat(read(master)).isEqualTo("tail");
  }

  @Test
  void echo_waits_for_room_and_comes_in_order() {
    nonBlocking(slave);
    int written = write(slave, "x".repeat(100_000));
    write(master, "ab\u0001\n");
    assertThat(read(master)).hasSize(written);
    assertThat(read(master)).isEqualTo("ab^A\r\n");
  }

  @Test
  void stopped_output_keeps_writes_and_echo_back() {
    nonBlocking(slave);
    nonBlocking(master);
    write(master, "\u0013");
    assertThat(slave.poll()).isZero();
    assertFails(EAGAIN, () -> write(slave, "x"));
    write(master, "ab");
    assertFails(EAGAIN, () -> read(master));
    slave.setStatusFlags(0);
    Guest<Integer> writer = Guest.startBlocked(t -> write(t, slave, "x"));
    write(master, "\u0011");
    assertThat(writer.result()).isEqualTo(1);
    assertThat(read(master)).isEqualTo("abx");
    write(master, "\u0013cd");
    attributes(termios -> termios.withInput(0, Termios.IXON));
    assertThat(read(master)).isEqualTo("cd");
  }

  @Test
  void tcflow_stops_and_starts_and_the_start_character_does_not_undo_it() {
    nonBlocking(slave);
    nonBlocking(master);
    slave.flow(task, Flow.STOP_OUTPUT);
    assertFails(EAGAIN, () -> write(slave, "x"));
    write(master, "\u0011");
    assertFails(EAGAIN, () -> write(slave, "x"));
    slave.flow(task, Flow.START_OUTPUT);
    write(slave, "x");
    assertThat(read(master)).isEqualTo("x");
    slave.flow(task, Flow.SEND_STOP);
    slave.flow(task, Flow.SEND_START);
    assertThat(read(master)).isEqualTo("\u0013\u0011");
  }

  @Test
  void tcflush_forgets_either_direction() {
    nonBlocking(slave);
    nonBlocking(master);
    attributes(termios -> termios.withLocal(0, Termios.ECHO));
    write(master, "abc\ndef");
    slave.flush(task, true, false);
    assertFails(EAGAIN, () -> read(slave));
    write(master, "g\n");
    assertThat(read(slave)).isEqualTo("g\n");
    write(slave, "x");
    slave.flush(task, false, true);
    assertFails(EAGAIN, () -> read(master));
    write(slave, "x");
    master.flush(task, true, false);
    assertFails(EAGAIN, () -> read(master));
    write(master, "abc");
    slave.setAttributes(task, When.FLUSH, slave.attributes().raw());
    assertFails(EAGAIN, () -> read(slave));
    slave.drain(task);
  }

  // ---- interruption and closing
  // ------------------------------------------------------------------

  @Test
  void signals_interrupt_and_what_was_done_counts() {
    Guest<String> reader = Guest.startBlocked(t -> read(t, slave, 10));
    reader.signal();
    assertFails(EINTR, reader::result);
    Guest<String> hostReader = Guest.startBlocked(t -> read(t, master, 10));
    hostReader.signal();
    assertFails(EINTR, hostReader::result);
    raw(3, 0);
    write(master, "ab");
    Guest<String> partial = Guest.startBlocked(t -> read(t, slave, 10));
    partial.signal();
    assertThat(partial.result()).isEqualTo("ab");
    Guest<Integer> writer = Guest.startBlocked(t -> write(t, slave, "x".repeat(100_000)));
    writer.signal();
    assertThat(writer.result()).isBetween(65_000, 65_536);
  }

  @Test
  void poll_bits_are_those_of_linux() {
    assertThat(master.poll()).isEqualTo(OUT);
    assertThat(slave.poll()).isEqualTo(OUT);
    write(master, "abc");
    assertThat(master.poll()).isEqualTo(IN | OUT);
    assertThat(slave.poll()).isEqualTo(OUT);
    write(master, "\n");
    assertThat(slave.poll()).isEqualTo(IN | OUT);
    slave.release();
    assertThat(master.poll()).isEqualTo(IN | OUT | HUP);
    read(master);
    assertThat(master.poll()).isEqualTo(OUT | HUP);
  }

  @Test
  void without_slaves_the_master_reads_what_is_left_and_then_eio_until_one_opens() {
    write(slave, "bye\n");
    slave.release();
    assertThat(read(master)).isEqualTo("bye\r\n");
    assertFails(EIO, () -> read(master));
    assertThat(write(master, "zz\n")).isEqualTo(3);
    TerminalDescription again = openSlave();
    nonBlocking(master);
    assertThat(read(master)).isEqualTo("zz\r\n");
    assertFails(EAGAIN, () -> read(master));
    assertThat(read(again)).isEqualTo("zz\n");
  }

  @Test
  void a_master_that_reads_before_any_slave_was_open_waits() {
    TerminalDescription other =
        table.openMaster(task, ((DevPts) table.fileSystem()).multiplexor(), OpenFlags.O_RDWR);
    assertThat(other.poll()).isEqualTo(OUT);
    nonBlocking(other);
    assertFails(EAGAIN, () -> read(other));
  }

  @Test
  void a_master_blocked_in_read_learns_that_the_last_slave_closed() {
    Guest<String> reader = Guest.startBlocked(t -> read(t, master, 10));
    slave.release();
    assertFails(EIO, reader::result);
  }

  @Test
  void after_a_hang_up_slaves_read_the_end_and_can_do_nothing_else() {
    write(master, "abc\n");
    master.release();
    assertThat(slave.poll()).isEqualTo(ALL);
    assertThat(read(slave)).isEmpty();
    assertThat(read(slave)).isEmpty();
    assertFails(EIO, () -> write(slave, "x"));
    assertFails(EIO, slave::attributes);
    assertFails(EIO, slave::windowSize);
    assertFails(EIO, () -> slave.setWindowSize(WindowSize.DEFAULT));
    assertFails(EIO, () -> slave.foregroundGroup(task));
    assertFails(EIO, () -> slave.setAttributes(task, When.NOW, Termios.DEFAULT));
    assertFails(EIO, () -> slave.drain(task));
  }

  @Test
  void a_hang_up_wakes_who_is_blocked() {
    Guest<String> reader = Guest.startBlocked(t -> read(t, slave, 10));
    Guest<Integer> writer = Guest.startBlocked(t -> write(t, slave, "x".repeat(100_000)));
    master.release();
    assertFails(EIO, reader::result);
    assertThat(writer.result()).isPositive();
  }

  // ---- the table
  // ---------------------------------------------------------------------------------

  @Test
  void the_lowest_free_index_is_used_and_free_when_both_ends_are_closed() {
    FileDescription ptmx1 = openMaster();
    openMaster();
    assertThat(table.indices()).containsExactly(0, 1, 2);
    assertFails(EAGAIN, this::openMaster);
    ptmx1.release();
    assertThat(table.indices()).containsExactly(0, 2);
    master.release();
    assertThat(table.indices()).containsExactly(2);
    assertThat(limit.used()).isEqualTo(2);
    assertThat(openMaster().index()).isEqualTo(1);
    slave.release();
    assertThat(openMaster().index()).isZero();
  }

  private TerminalDescription openMaster() {
    return table.openMaster(task, ((DevPts) table.fileSystem()).multiplexor(), OpenFlags.O_RDWR);
  }

  @Test
  void a_slave_whose_master_is_gone_cannot_be_opened() {
    var node = table.fileSystem().root().lookup("0");
    master.release();
    assertFails(EIO, () -> table.openSlave(task, node, OpenFlags.O_RDWR));
  }

  // ---- the host's side
  // ---------------------------------------------------------------------------

  @Test
  void the_host_types_reads_and_hangs_up() {
    HostTerminal terminal = table.openHost(new WindowSize(50, 132), 1000);
    assertThat(terminal.name()).isEqualTo("/dev/pts/1");
    FileDescription stdio = terminal.openSlave();
    assertThat(stdio.anonymousName()).isEqualTo("/dev/pts/1");
    assertThat(((TerminalDescription) stdio).windowSize()).isEqualTo(new WindowSize(50, 132));
    byte[] typed = "hi\n".getBytes(ISO_8859_1);
    terminal.write(typed, 0, typed.length);
    assertThat(read(stdio)).isEqualTo("hi\n");
    byte[] buffer = new byte[100];
    assertThat(terminal.read(buffer, 0, 100)).isEqualTo(4);
    stdio.release();
    assertThat(terminal.read(buffer, 0, 100)).isEqualTo(-1);
    terminal.close();
    terminal.close();
    assertThat(table.indices()).containsExactly(0);
    assertThat(terminal.read(buffer, 0, 100)).isEqualTo(-1);
  }

  @Test
  void closing_the_hosts_side_ends_a_blocked_read_of_the_host() {
    HostTerminal terminal = table.openHost(WindowSize.DEFAULT, 1000);
    FileDescription stdio = terminal.openSlave();
    Thread reader = new Thread(() -> terminal.read(new byte[10], 0, 10));
    reader.start();
    while (reader.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
    terminal.close();
    long start = System.nanoTime();
    while (reader.isAlive() && seconds(start) < 20) {
      Thread.onSpinWait();
    }
    assertThat(reader.isAlive()).isFalse();
    assertThat(read(stdio)).isEmpty();
  }
}
