package io.vivarium.kernel.file;

import static io.vivarium.kernel.errno.Errno.EAGAIN;
import static io.vivarium.kernel.errno.Errno.EBADF;
import static io.vivarium.kernel.errno.Errno.EINTR;
import static io.vivarium.kernel.errno.Errno.EINVAL;
import static io.vivarium.kernel.errno.Errno.EPIPE;
import static io.vivarium.kernel.errno.Errno.ESPIPE;
import static io.vivarium.kernel.file.Errnos.assertFails;
import static io.vivarium.kernel.file.PollEvents.POLLERR;
import static io.vivarium.kernel.file.PollEvents.POLLHUP;
import static io.vivarium.kernel.file.PollEvents.POLLIN;
import static io.vivarium.kernel.file.PollEvents.POLLOUT;
import static io.vivarium.kernel.file.PollEvents.POLLRDNORM;
import static io.vivarium.kernel.file.PollEvents.POLLWRNORM;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.vivarium.kernel.fs.FileType;
import io.vivarium.kernel.wait.Guest;
import io.vivarium.kernel.wait.TestTask;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PipeTest {
  private static final int READABLE = POLLIN | POLLRDNORM;
  private static final int WRITABLE = POLLOUT | POLLWRNORM;

  private final CountLimit pipes = new CountLimit(4, EAGAIN);
  private final PipeTable table = new PipeTable(pipes, PipeReaders.UNKNOWN);
  private final TestTask task = TestTask.here();
  private final PipeEnds pipe = table.create(0, 1000, 1001);
  private final FileDescription reader = pipe.reader();
  private final FileDescription writer = pipe.writer();

  private static int write(TestTask task, FileDescription end, String text) {
    return end.write(task, text.getBytes(US_ASCII), 0, text.length());
  }

  private static String read(TestTask task, FileDescription end, int length) {
    byte[] buffer = new byte[length];
    int count = end.read(task, buffer, 0, length);
    return new String(buffer, 0, count, US_ASCII);
  }

  private void fill(int count) {
    assertThat(writer.write(task, new byte[count], 0, count)).isEqualTo(count);
  }

  private void drain(int count) {
    byte[] buffer = new byte[count];
    assertThat(reader.read(task, buffer, 0, count)).isEqualTo(count);
  }

  private void nonBlocking(FileDescription end) {
    end.setStatusFlags(OpenFlags.O_NONBLOCK);
  }

  @Test
  void what_is_written_is_read_in_order_over_write_boundaries() {
    write(task, writer, "hello ");
    write(task, writer, "world");
    assertThat(read(task, reader, 8)).isEqualTo("hello wo");
    assertThat(read(task, reader, 100)).isEqualTo("rld");
  }

  @Test
  void fstat_shows_a_fifo_of_the_creator_with_its_own_inode() {
    assertThat(reader.inode().mode()).isEqualTo(0010600);
    assertThat(reader.inode().type()).isEqualTo(FileType.FIFO);
    assertThat(reader.inode().uid()).isEqualTo(1000);
    assertThat(reader.inode().gid()).isEqualTo(1001);
    assertThat(reader.inode().stat().links()).isEqualTo(1);
    assertThat(reader.inode()).isSameAs(writer.inode());
    assertThat(reader.anonymousName()).isEqualTo("pipe:[" + reader.inode().ino() + "]");
    PipeEnds other = table.create(0, 0, 0);
    assertThat(other.reader().inode().ino()).isNotEqualTo(reader.inode().ino());
  }

  @Test
  void each_end_does_only_its_own_direction_and_has_no_positions() {
    assertFails(EBADF, () -> write(task, reader, "x"));
    assertFails(EBADF, () -> read(task, writer, 1));
    assertFails(ESPIPE, () -> reader.seek(0, Whence.SET));
    assertFails(ESPIPE, () -> reader.pread(task, 0, new byte[1], 0, 1));
    assertThat(reader.flags()).isEqualTo(OpenFlags.O_RDONLY);
    assertThat(writer.flags()).isEqualTo(OpenFlags.O_WRONLY);
  }

  @Test
  void a_read_blocks_until_something_is_written_and_takes_what_is_there() {
    Guest<String> guest = Guest.startBlocked(t -> read(t, reader, 100));
    write(task, writer, "abc");
    assertThat(guest.result()).isEqualTo("abc");
  }

  @Test
  void a_read_sees_the_end_only_after_the_last_writer_closed_and_the_buffer_is_empty() {
    assertThat(writer.tryRetain()).isTrue();
    write(task, writer, "tail");
    writer.release();
    assertThat(read(task, reader, 100)).isEqualTo("tail");
    Guest<String> guest = Guest.startBlocked(t -> read(t, reader, 100));
    writer.release();
    assertThat(guest.result()).isEmpty();
    assertThat(read(task, reader, 100)).isEmpty();
  }

  @Test
  void reads_and_writes_of_nothing_return_at_once_whatever_the_pipe_holds() {
    assertThat(reader.read(task, new byte[0], 0, 0)).isZero();
    fill(Pipe.CAPACITY);
    assertThat(writer.write(task, new byte[0], 0, 0)).isZero();
    reader.release();
    assertThat(writer.write(task, new byte[0], 0, 0)).isZero();
    assertThat(task.brokenPipes()).isZero();
  }

  @Test
  void writing_without_readers_raises_sigpipe_and_answers_epipe() {
    reader.release();
    assertFails(EPIPE, () -> write(task, writer, "x"));
    assertThat(task.brokenPipes()).isEqualTo(1);
  }

  @Test
  void a_blocked_writer_learns_that_the_last_reader_left() {
    fill(Pipe.CAPACITY);
    Guest<Integer> guest = Guest.startBlocked(t -> write(t, writer, "x"));
    reader.release();
    assertFails(EPIPE, guest::result);
    assertThat(guest.task().brokenPipes()).isEqualTo(1);
  }

  @Test
  void a_reader_that_leaves_in_the_middle_of_a_long_write_makes_it_short_and_raises_sigpipe() {
    Guest<Integer> guest = Guest.startBlocked(t -> writer.write(t, new byte[100_000], 0, 100_000));
    reader.release();
    assertThat(guest.result()).isEqualTo(Pipe.CAPACITY);
    assertThat(guest.task().brokenPipes()).isEqualTo(1);
  }

  @Test
  void a_signal_interrupts_a_blocked_read_and_a_blocked_write() {
    Guest<String> blockedReader = Guest.startBlocked(t -> read(t, reader, 1));
    blockedReader.signal();
    assertFails(EINTR, blockedReader::result);
    fill(Pipe.CAPACITY);
    Guest<Integer> blockedWriter = Guest.startBlocked(t -> write(t, writer, "x"));
    blockedWriter.signal();
    assertFails(EINTR, blockedWriter::result);
  }

  @Test
  void a_signal_in_the_middle_of_a_long_write_answers_what_was_written() {
    Guest<Integer> guest = Guest.startBlocked(t -> writer.write(t, new byte[100_000], 0, 100_000));
    guest.signal();
    assertThat(guest.result()).isEqualTo(Pipe.CAPACITY);
  }

  @Test
  void nonblocking_read_of_an_empty_pipe_is_eagain_until_the_writers_are_gone() {
    nonBlocking(reader);
    assertFails(EAGAIN, () -> read(task, reader, 1));
    writer.release();
    assertThat(read(task, reader, 1)).isEmpty();
  }

  @Test
  void nonblocking_write_of_up_to_pipe_buf_is_all_or_nothing() {
    nonBlocking(writer);
    fill(Pipe.CAPACITY - 4095);
    assertFails(EAGAIN, () -> writer.write(task, new byte[4096], 0, 4096));
    assertThat(writer.write(task, new byte[4095], 0, 4095)).isEqualTo(4095);
    assertFails(EAGAIN, () -> write(task, writer, "x"));
  }

  @Test
  void nonblocking_write_beyond_pipe_buf_writes_what_fits_and_is_eagain_when_full() {
    nonBlocking(writer);
    assertThat(writer.write(task, new byte[100_000], 0, 100_000)).isEqualTo(Pipe.CAPACITY);
    assertFails(EAGAIN, () -> writer.write(task, new byte[100_000], 0, 100_000));
    drain(100);
    assertThat(writer.write(task, new byte[5000], 0, 5000)).isEqualTo(100);
  }

  @Test
  void a_blocked_small_write_goes_on_as_soon_as_it_fits_and_not_before() {
    fill(Pipe.CAPACITY);
    Guest<Integer> guest = Guest.startBlocked(t -> writer.write(t, new byte[10], 0, 10));
    drain(9);
    guest.assertStaysBlocked();
    drain(1);
    assertThat(guest.result()).isEqualTo(10);
  }

  @Test
  void a_long_write_finishes_although_the_reader_takes_small_pieces() {
    byte[] sent = new byte[300_000];
    new Random(7).nextBytes(sent);
    Guest<Integer> guest = Guest.start(t -> writer.write(t, sent, 0, sent.length));
    byte[] received = new byte[sent.length];
    int count = 0;
    while (count < sent.length) {
      count += reader.read(task, received, count, Math.min(777, sent.length - count));
    }
    assertThat(guest.result()).isEqualTo(sent.length);
    assertThat(received).isEqualTo(sent);
  }

  @Test
  void writes_of_4096_bytes_by_several_writers_are_never_mixed() {
    int writersCount = 4;
    int perWriter = 100;
    List<Guest<Integer>> guests = new ArrayList<>();
    for (int i = 0; i < writersCount; i++) {
      byte[] chunk = new byte[4096];
      Arrays.fill(chunk, (byte) ('A' + i));
      guests.add(
          Guest.start(t -> {
            for (int n = 0; n < perWriter; n++) {
              assertThat(writer.write(t, chunk, 0, chunk.length)).isEqualTo(chunk.length);
            }
            return perWriter;
          }));
    }
    byte[] received = new byte[writersCount * perWriter * 4096];
    int count = 0;
    while (count < received.length) {
      count += reader.read(task, received, count, Math.min(5001, received.length - count));
    }
    for (Guest<Integer> guest : guests) {
      guest.result();
    }
    for (int start = 0; start < received.length; start += 4096) {
      for (int i = 1; i < 4096; i++) {
        assertThat(received[start + i]).isEqualTo(received[start]);
      }
    }
  }

  @Test
  void several_readers_share_what_comes_and_all_see_the_end() {
    List<Guest<Integer>> guests = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      guests.add(
          Guest.start(t -> {
            byte[] buffer = new byte[1000];
            int total = 0;
            int count;
            while ((count = reader.read(t, buffer, 0, buffer.length)) > 0) {
              total += count;
            }
            return total;
          }));
    }
    for (int i = 0; i < 500; i++) {
      writer.write(task, new byte[1234], 0, 1234);
    }
    writer.release();
    int total = 0;
    for (Guest<Integer> guest : guests) {
      total += guest.result();
    }
    assertThat(total).isEqualTo(500 * 1234);
  }

  @Test
  void poll_bits_are_those_of_linux() {
    assertThat(reader.poll()).isZero();
    assertThat(writer.poll()).isEqualTo(WRITABLE);
    write(task, writer, "x");
    assertThat(reader.poll()).isEqualTo(READABLE);
    fill(Pipe.CAPACITY - Pipe.PIPE_BUF);
    assertThat(writer.poll()).isZero();
    drain(1);
    assertThat(writer.poll()).isEqualTo(WRITABLE);
    reader.release();
    assertThat(writer.poll()).isEqualTo(WRITABLE | POLLERR);
  }

  @Test
  void poll_at_the_reader_shows_hang_up_beside_remaining_data() {
    write(task, writer, "x");
    writer.release();
    assertThat(reader.poll()).isEqualTo(READABLE | POLLHUP);
    drain(1);
    assertThat(reader.poll()).isEqualTo(POLLHUP);
  }

  @Test
  void a_full_pipe_without_readers_is_an_error_but_not_writable() {
    fill(Pipe.CAPACITY);
    assertThat(writer.poll()).isZero();
    reader.release();
    assertThat(writer.poll()).isEqualTo(POLLERR);
  }

  @Test
  void a_pipe_counts_until_both_ends_are_closed() {
    assertThat(pipes.used()).isEqualTo(1);
    for (int i = 1; i < 4; i++) {
      table.create(0, 0, 0);
    }
    assertFails(EAGAIN, () -> table.create(0, 0, 0));
    reader.release();
    assertThat(pipes.used()).isEqualTo(4);
    writer.release();
    assertThat(pipes.used()).isEqualTo(3);
    table.create(0, 0, 0);
  }

  @Test
  void pipe2_takes_nonblock_and_refuses_what_it_does_not_know() {
    PipeEnds ends = table.create(OpenFlags.O_NONBLOCK, 0, 0);
    assertThat(ends.reader().nonBlocking()).isTrue();
    assertThat(ends.writer().nonBlocking()).isTrue();
    assertFails(EINVAL, () -> table.create(OpenFlags.O_DIRECT, 0, 0));
    assertFails(EINVAL, () -> table.create(OpenFlags.O_CREAT, 0, 0));
    assertThat(pipes.used()).isEqualTo(2);
  }
}
