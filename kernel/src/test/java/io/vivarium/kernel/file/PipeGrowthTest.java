package io.vivarium.kernel.file;

import static io.vivarium.kernel.errno.Errno.EAGAIN;
import static org.assertj.core.api.Assertions.assertThat;

import io.vivarium.kernel.wait.Guest;
import io.vivarium.kernel.wait.TestTask;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Pipes that grow because those who could read wait for the writer. */
class PipeGrowthTest {
  private static final int MEBIBYTE = 1 << 20;

  private final CountLimit count = new CountLimit(100, EAGAIN);
  private final PipeTable table = new PipeTable(count, (writer, pipe) -> true);
  private final TestTask task = TestTask.here();

  @Test
  void a_writer_that_would_wait_for_itself_finds_room_and_nothing_is_lost() {
    PipeEnds pipe = table.create(0, 0, 0);
    byte[] data = new byte[3 * MEBIBYTE + 17];
    new Random(1).nextBytes(data);
    assertThat(pipe.writer().write(task, data, 0, data.length)).isEqualTo(data.length);
    byte[] found = new byte[data.length];
    int done = 0;
    while (done < found.length) {
      done += pipe.reader().read(task, found, done, found.length - done);
    }
    assertThat(found).isEqualTo(data);
  }

  @Test
  void growth_ends_at_16_mebibytes_and_the_writer_waits_as_ever() {
    PipeEnds pipe = table.create(0, 0, 0);
    fill(pipe, 16 * MEBIBYTE);
    Guest<Integer> blocked = Guest.startBlocked(t -> pipe.writer().write(t, new byte[1], 0, 1));
    pipe.reader().read(task, new byte[MEBIBYTE], 0, MEBIBYTE);
    assertThat(blocked.result()).isEqualTo(1);
  }

  @Test
  void all_pipes_of_a_machine_together_grow_by_64_mebibytes_and_give_them_back() {
    List<PipeEnds> full = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      PipeEnds pipe = table.create(0, 0, 0);
      fill(pipe, 16 * MEBIBYTE);
      full.add(pipe);
    }
    PipeEnds late = table.create(0, 0, 0);
    fill(late, Pipe.CAPACITY);
    int more = 4 * Pipe.CAPACITY;
    Guest<Integer> blocked =
        Guest.startBlocked(t -> late.writer().write(t, new byte[more], 0, more));
    byte[] drained = new byte[MEBIBYTE];
    int taken = 0;
    while (taken < Pipe.CAPACITY + more) {
      taken += late.reader().read(task, drained, 0, drained.length);
    }
    assertThat(blocked.result()).isEqualTo(more);
    full.forEach(PipeGrowthTest::close);
    fill(late, 16 * MEBIBYTE);
    close(late);
    assertThat(count.used()).isZero();
  }

  @Test
  void a_writer_that_must_not_block_is_told_so_and_nothing_grows() {
    PipeEnds pipe = table.create(OpenFlags.O_NONBLOCK, 0, 0);
    assertThat(pipe.writer().write(task, new byte[MEBIBYTE], 0, MEBIBYTE)).isEqualTo(Pipe.CAPACITY);
  }

  private void fill(PipeEnds pipe, int bytes) {
    assertThat(pipe.writer().write(task, new byte[bytes], 0, bytes)).isEqualTo(bytes);
  }

  private static void close(PipeEnds pipe) {
    pipe.reader().release();
    pipe.writer().release();
  }
}
