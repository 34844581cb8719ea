package io.vivarium.kernel.file;

import static io.vivarium.kernel.errno.Errno.EAGAIN;
import static io.vivarium.kernel.errno.Errno.EINTR;
import static io.vivarium.kernel.errno.Errno.EINVAL;
import static io.vivarium.kernel.errno.Errno.ENXIO;
import static io.vivarium.kernel.errno.Errno.EPIPE;
import static io.vivarium.kernel.file.Errnos.assertFails;
import static io.vivarium.kernel.file.OpenFlags.O_NONBLOCK;
import static io.vivarium.kernel.file.OpenFlags.O_RDONLY;
import static io.vivarium.kernel.file.OpenFlags.O_RDWR;
import static io.vivarium.kernel.file.OpenFlags.O_WRONLY;
import static io.vivarium.kernel.file.PollEvents.POLLHUP;
import static io.vivarium.kernel.file.PollEvents.POLLIN;
import static io.vivarium.kernel.file.PollEvents.POLLOUT;
import static io.vivarium.kernel.file.PollEvents.POLLRDNORM;
import static io.vivarium.kernel.file.PollEvents.POLLWRNORM;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.vivarium.kernel.fs.FileType;
import io.vivarium.kernel.fs.Inode;
import io.vivarium.kernel.wait.Guest;
import io.vivarium.kernel.wait.Task;
import io.vivarium.kernel.wait.TestTask;
import org.junit.jupiter.api.Test;

class FifoTest {
  private final CountLimit pipes = new CountLimit(2, EAGAIN);
  private final PipeTable table = new PipeTable(pipes, PipeReaders.UNKNOWN);
  private final Inode inode = AnonymousFileSystem.pipes().create(FileType.FIFO, 0644, 0, 0);
  private final TestTask task = TestTask.here();

  private FileDescription open(Task by, int flags) {
    return table.openFifo(by, inode, flags);
  }

  private static String read(Task by, FileDescription end) {
    byte[] buffer = new byte[100];
    int count = end.read(by, buffer, 0, buffer.length);
    return new String(buffer, 0, count, US_ASCII);
  }

  private static int write(Task by, FileDescription end, String text) {
    return end.write(by, text.getBytes(US_ASCII), 0, text.length());
  }

  @Test
  void a_reader_waits_for_a_writer_and_data_passes() {
    Guest<String> reader =
        Guest.startBlocked(t -> {
          FileDescription end = open(t, O_RDONLY);
          return read(t, end);
        });
    FileDescription writer = open(task, O_WRONLY);
    write(task, writer, "through the fifo");
    assertThat(reader.result()).isEqualTo("through the fifo");
  }

  @Test
  void a_writer_waits_for_a_reader() {
    Guest<FileDescription> writer = Guest.startBlocked(t -> open(t, O_WRONLY));
    FileDescription reader = open(task, O_RDONLY);
    assertThat(write(task, writer.result(), "x")).isEqualTo(1);
    assertThat(read(task, reader)).isEqualTo("x");
  }

  @Test
  void an_open_that_waited_succeeds_although_the_other_side_left_at_once() {
    Guest<String> reader = Guest.startBlocked(t -> read(t, open(t, O_RDONLY)));
    open(task, O_RDWR).release();
    assertThat(reader.result()).isEmpty();
  }

  @Test
  void a_reader_that_lets_a_waiting_writer_go_on_does_not_wait_when_that_one_leaves_at_once() {
    for (int round = 0; round < 500; round++) {
      Guest<Integer> writer =
          Guest.startBlocked(t -> {
            FileDescription end = open(t, O_WRONLY);
            int count = write(t, end, "x");
            end.release();
            return count;
          });
      FileDescription reader = open(task, O_RDONLY);
      assertThat(read(task, reader)).isEqualTo("x");
      assertThat(writer.result()).isEqualTo(1);
      reader.release();
    }
  }

  @Test
  void a_signal_ends_a_waiting_open_which_leaves_nothing_behind() {
    Guest<FileDescription> reader = Guest.startBlocked(t -> open(t, O_RDONLY));
    assertThat(pipes.used()).isEqualTo(1);
    reader.signal();
    assertFails(EINTR, reader::result);
    assertThat(pipes.used()).isZero();
    assertFails(ENXIO, () -> open(task, O_WRONLY | O_NONBLOCK));
  }

  @Test
  void a_nonblocking_reader_does_not_wait_and_is_not_hung_up_on_before_a_writer_came() {
    FileDescription reader = open(task, O_RDONLY | O_NONBLOCK);
    assertThat(reader.poll()).isZero();
    assertThat(read(task, reader)).isEmpty();
    FileDescription writer = open(task, O_WRONLY);
    assertFails(EAGAIN, () -> read(task, reader));
    write(task, writer, "x");
    assertThat(reader.poll()).isEqualTo(POLLIN | POLLRDNORM);
    writer.release();
    assertThat(reader.poll()).isEqualTo(POLLIN | POLLRDNORM | POLLHUP);
    assertThat(read(task, reader)).isEqualTo("x");
    assertThat(read(task, reader)).isEmpty();
  }

  @Test
  void a_nonblocking_writer_without_reader_is_enxio() {
    assertFails(ENXIO, () -> open(task, O_WRONLY | O_NONBLOCK));
    assertThat(pipes.used()).isZero();
    FileDescription reader = open(task, O_RDONLY | O_NONBLOCK);
    FileDescription writer = open(task, O_WRONLY | O_NONBLOCK);
    assertThat(writer.nonBlocking()).isTrue();
    reader.release();
    assertFails(EPIPE, () -> write(task, writer, "x"));
  }

  @Test
  void read_write_opens_at_once_and_is_both_ends() {
    FileDescription both = open(task, O_RDWR);
    assertThat(both.poll()).isEqualTo(POLLOUT | POLLWRNORM);
    write(task, both, "to myself");
    assertThat(both.poll()).isEqualTo(POLLIN | POLLRDNORM | POLLOUT | POLLWRNORM);
    assertThat(read(task, both)).isEqualTo("to myself");
    FileDescription writer = open(task, O_WRONLY);
    writer.release();
    Guest<String> blocked = Guest.startBlocked(t -> read(t, both));
    write(task, both, "again");
    assertThat(blocked.result()).isEqualTo("again");
  }

  @Test
  void a_reader_that_saw_the_end_reads_again_when_a_new_writer_comes() {
    FileDescription reader = open(task, O_RDONLY | O_NONBLOCK);
    reader.setStatusFlags(0);
    FileDescription first = open(task, O_WRONLY);
    write(task, first, "one");
    first.release();
    assertThat(read(task, reader)).isEqualTo("one");
    assertThat(read(task, reader)).isEmpty();
    assertThat(reader.poll()).isEqualTo(POLLHUP);
    FileDescription second = open(task, O_WRONLY);
    assertThat(reader.poll()).isZero();
    Guest<String> blocked = Guest.startBlocked(t -> read(t, reader));
    write(task, second, "two");
    assertThat(blocked.result()).isEqualTo("two");
  }

  @Test
  void the_end_comes_after_the_last_of_several_writers() {
    FileDescription reader = open(task, O_RDONLY | O_NONBLOCK);
    FileDescription first = open(task, O_WRONLY);
    FileDescription second = open(task, O_WRONLY);
    first.release();
    assertFails(EAGAIN, () -> read(task, reader));
    second.release();
    assertThat(read(task, reader)).isEmpty();
  }

  @Test
  void what_nobody_read_is_forgotten_when_nobody_has_it_open() {
    FileDescription both = open(task, O_RDWR);
    write(task, both, "lost");
    both.release();
    assertThat(pipes.used()).isZero();
    FileDescription reader = open(task, O_RDONLY | O_NONBLOCK);
    assertThat(read(task, reader)).isEmpty();
  }

  @Test
  void a_pipe_without_a_name_opens_at_once_although_the_other_side_is_gone() {
    PipeEnds pipe = table.create(0, 0, 0);
    pipe.writer().release();
    FileDescription again = table.openFifo(task, pipe.reader().inode(), O_RDONLY);
    assertThat(read(task, again)).isEmpty();
    PipeEnds other = table.create(0, 0, 0);
    other.reader().release();
    int flags = O_WRONLY | OpenFlags.O_NONBLOCK;
    FileDescription writer = table.openFifo(task, other.writer().inode(), flags);
    assertFails(EPIPE, () -> write(task, writer, "x"));
  }

  @Test
  void the_inode_of_an_anonymous_pipe_opens_onto_that_pipe() {
    PipeEnds pipe = table.create(0, 0, 0);
    FileDescription writer = table.openFifo(task, pipe.reader().inode(), O_WRONLY);
    write(task, writer, "by another way");
    assertThat(read(task, pipe.reader())).isEqualTo("by another way");
    assertThat(writer.anonymousName()).isEqualTo(pipe.reader().anonymousName());
    pipe.writer().release();
    assertThat(pipe.reader().poll()).isZero();
    writer.release();
    assertThat(pipe.reader().poll()).isEqualTo(POLLHUP);
  }

  @Test
  void a_fifo_counts_as_one_pipe_while_it_is_open() {
    FileDescription reader = open(task, O_RDONLY | O_NONBLOCK);
    FileDescription writer = open(task, O_WRONLY);
    assertThat(pipes.used()).isEqualTo(1);
    pipes.take();
    Inode other = AnonymousFileSystem.pipes().create(FileType.FIFO, 0644, 0, 0);
    assertFails(EAGAIN, () -> table.openFifo(task, other, O_RDWR));
    reader.release();
    writer.release();
    table.openFifo(task, other, O_RDWR);
  }

  @Test
  void machines_that_share_an_inode_do_not_get_through_to_each_other() {
    PipeTable otherMachine = new PipeTable(new CountLimit(1, EAGAIN), PipeReaders.UNKNOWN);
    FileDescription mine = open(task, O_RDWR);
    FileDescription theirs = otherMachine.openFifo(task, inode, O_RDWR | O_NONBLOCK);
    write(task, mine, "secret");
    assertFails(EAGAIN, () -> read(task, theirs));
  }

  @Test
  void an_access_mode_that_is_none_is_einval() {
    assertFails(EINVAL, () -> open(task, OpenFlags.O_ACCMODE));
  }
}
