package io.vivarium.kernel.file;

import static io.vivarium.kernel.errno.Errno.EAGAIN;
import static io.vivarium.kernel.errno.Errno.EINTR;
import static io.vivarium.kernel.errno.Errno.ENFILE;
import static io.vivarium.kernel.file.Errnos.assertFails;
import static io.vivarium.kernel.file.PollEvents.POLLERR;
import static io.vivarium.kernel.file.PollEvents.POLLHUP;
import static io.vivarium.kernel.file.PollEvents.POLLIN;
import static io.vivarium.kernel.file.PollEvents.POLLNVAL;
import static io.vivarium.kernel.file.PollEvents.POLLOUT;
import static io.vivarium.kernel.file.PollEvents.POLLPRI;
import static org.assertj.core.api.Assertions.assertThat;

import io.vivarium.kernel.fs.FileType;
import io.vivarium.kernel.wait.Guest;
import io.vivarium.kernel.wait.Task;
import io.vivarium.kernel.wait.TestTask;
import io.vivarium.kernel.wait.Waiter;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PollTest {
  private final AnonymousFileSystem home = AnonymousFileSystem.pipes();
  private final CountLimit pipes = new CountLimit(2000, EAGAIN);
  private final PipeTable pipeTable = new PipeTable(pipes, PipeReaders.UNKNOWN);
  private final FdTable table =
      new FdTable(4096, new CountLimit(4096, ENFILE), new LockOwner(new LockTable(100), 1));
  private final TestTask task = TestTask.here();

  /** A file, which is always ready. */
  private final class AlwaysReady extends FileDescription {
    AlwaysReady() {
      super(home.create(FileType.REGULAR, 0600, 0, 0), OpenFlags.O_RDONLY);
    }

    @Override
    protected int doRead(Task task, byte[] buffer, int offset, int length) {
      return 0;
    }

    @Override
    protected int doWrite(Task task, byte[] buffer, int offset, int length) {
      return length;
    }
  }

  private FdPair pipe() {
    PipeEnds ends = pipeTable.create(0, 0, 0);
    return table.installPair(ends.reader(), ends.writer(), false);
  }

  private void write(int fd, int count) {
    table.peek(fd).write(task, new byte[count], 0, count);
  }

  private void read(int fd, int count) {
    table.peek(fd).read(task, new byte[count], 0, count);
  }

  private static long in(long millis) {
    return System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
  }

  /** Polls and answers the events, or null when the deadline passed. */
  private int[] poll(Task by, long deadline, int... fdsAndEvents) {
    int count = fdsAndEvents.length / 2;
    int[] fds = new int[count];
    int[] events = new int[count];
    int[] revents = new int[count];
    for (int i = 0; i < count; i++) {
      fds[i] = fdsAndEvents[2 * i];
      events[i] = fdsAndEvents[2 * i + 1];
    }
    int ready = Poll.poll(by, table, fds, events, revents, count, deadline);
    assertThat(ready).isEqualTo((int) Arrays.stream(revents).filter(r -> r != 0).count());
    return revents;
  }

  @Test
  void what_is_ready_is_answered_at_once_without_waiting() {
    FdPair pipe = pipe();
    int file = table.install(new AlwaysReady(), false);
    write(pipe.first() + 1, 1);
    assertThat(poll(task, Waiter.NEVER, pipe.first(), POLLIN, pipe.second(), POLLOUT, file, POLLIN))
        .containsExactly(POLLIN, POLLOUT, POLLIN);
    assertThat(task.waits()).isZero();
  }

  @Test
  void only_events_of_interest_and_errors_are_reported() {
    FdPair pipe = pipe();
    write(pipe.second(), 1);
    assertThat(poll(task, in(0), pipe.first(), POLLOUT, pipe.second(), POLLIN))
        .containsExactly(0, 0);
    table.close(pipe.second());
    assertThat(poll(task, Waiter.NEVER, pipe.first(), 0)).containsExactly(POLLHUP);
  }

  @Test
  void negative_descriptors_are_ignored_and_closed_ones_are_invalid() {
    assertThat(poll(task, Waiter.NEVER, -1, POLLIN, 7, POLLIN, -8, POLLOUT))
        .containsExactly(0, POLLNVAL, 0);
  }

  @Test
  void a_deadline_that_passed_just_looks() {
    FdPair pipe = pipe();
    assertThat(poll(task, in(-5), pipe.first(), POLLIN)).containsExactly(0);
    assertThat(task.waits()).isZero();
  }

  @Test
  void the_deadline_ends_the_wait() {
    FdPair pipe = pipe();
    long start = System.nanoTime();
    assertThat(poll(task, in(20), pipe.first(), POLLIN, -1, POLLIN)).containsExactly(0, 0);
    assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(20_000_000L);
    assertThat(poll(task, in(5))).isEmpty();
  }

  @Test
  void data_in_any_of_many_pipes_wakes() {
    int count = 1000;
    FdPair[] all = new FdPair[count];
    int[] query = new int[2 * count];
    for (int i = 0; i < count; i++) {
      all[i] = pipe();
      query[2 * i] = all[i].first();
      query[2 * i + 1] = POLLIN;
    }
    Guest<int[]> guest = Guest.startBlocked(t -> poll(t, Waiter.NEVER, query));
    write(all[777].second(), 1);
    int[] revents = guest.result();
    assertThat(revents[777]).isEqualTo(POLLIN);
    assertThat(Arrays.stream(revents).filter(r -> r != 0).count()).isEqualTo(1);
  }

  @Test
  void room_in_a_pipe_wakes_when_an_atomic_write_fits() {
    FdPair pipe = pipe();
    write(pipe.second(), Pipe.CAPACITY);
    Guest<int[]> guest = Guest.startBlocked(t -> poll(t, Waiter.NEVER, pipe.second(), POLLOUT));
    read(pipe.first(), Pipe.PIPE_BUF - 1);
    guest.assertStaysBlocked();
    read(pipe.first(), 1);
    assertThat(guest.result()).containsExactly(POLLOUT);
  }

  @Test
  void hang_up_and_broken_pipe_wake_though_nobody_asked() {
    FdPair first = pipe();
    Guest<int[]> reader = Guest.startBlocked(t -> poll(t, Waiter.NEVER, first.first(), POLLPRI));
    table.close(first.second());
    assertThat(reader.result()).containsExactly(POLLHUP);
    FdPair second = pipe();
    Guest<int[]> writer = Guest.startBlocked(t -> poll(t, Waiter.NEVER, second.second(), 0));
    table.close(second.first());
    assertThat(writer.result()).containsExactly(POLLERR);
  }

  @Test
  void the_same_descriptor_may_be_asked_about_twice() {
    FdPair pipe = pipe();
    Guest<int[]> guest =
        Guest.startBlocked(
            t -> poll(t, Waiter.NEVER, pipe.first(), POLLIN, pipe.first(), POLLIN | POLLPRI));
    write(pipe.second(), 1);
    assertThat(guest.result()).containsExactly(POLLIN, POLLIN);
  }

  @Test
  void a_signal_interrupts_and_leaves_no_reference_behind() {
    FdPair pipe = pipe();
    Guest<int[]> guest = Guest.startBlocked(t -> poll(t, Waiter.NEVER, pipe.first(), POLLIN));
    guest.signal();
    assertFails(EINTR, guest::result);
    table.closeAll();
    assertThat(pipes.used()).isZero();
  }

  @Test
  void a_descriptor_closed_by_another_thread_stays_polled_until_the_call_ends() {
    FdPair pipe = pipe();
    Guest<int[]> guest = Guest.startBlocked(t -> poll(t, Waiter.NEVER, pipe.first(), POLLIN));
    table.close(pipe.first());
    guest.assertStaysBlocked();
    write(pipe.second(), 1);
    assertThat(guest.result()).containsExactly(POLLIN);
    table.closeAll();
    assertThat(pipes.used()).isZero();
  }
}
