package io.vivarium.kernel.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.vivarium.kernel.errno.Errno;
import io.vivarium.kernel.file.CountLimit;
import io.vivarium.kernel.file.FileDescription;
import io.vivarium.kernel.file.PipeEnds;
import io.vivarium.kernel.file.PipeReaders;
import io.vivarium.kernel.file.PipeTable;
import io.vivarium.kernel.wait.HostTask;
import io.vivarium.kernel.wait.Waiter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PipeHoldersTest {
  private final TestMachine machine = new TestMachine();
  private final PipeHolders holders = new PipeHolders(machine.table);
  private final PipeEnds pipe =
      new PipeTable(new CountLimit(4, Errno.ENFILE), PipeReaders.UNKNOWN).create(0, 0, 0);

  @AfterEach
  void close() {
    pipe.reader().release();
    pipe.writer().release();
    machine.close();
  }

  private static int sleepForever(Process process) {
    process.sleep(Waiter.NEVER);
    return 0;
  }

  /** A process that does nothing, with a description as its descriptor 3. */
  private Process holding(FileDescription description) {
    Process process = machine.launch(PipeHoldersTest::sleepForever);
    give(process, description);
    return process;
  }

  private static void give(Process process, FileDescription description) {
    assertThat(description.tryRetain()).isTrue();
    process.descriptors().install(description, false);
  }

  private boolean onlyWaiting(Process writer) {
    return holders.onlyWaiting(writer, pipe.reader().inode());
  }

  @Test
  void a_writer_that_alone_has_the_other_end_waits_for_itself() {
    Process writer = holding(pipe.writer());
    assertThat(onlyWaiting(writer)).as("nobody reads").isFalse();
    give(writer, pipe.reader());
    assertThat(onlyWaiting(writer)).isTrue();
  }

  @Test
  void a_reader_in_another_family_can_read() {
    Process writer = holding(pipe.writer());
    give(writer, pipe.reader());
    Process reader = holding(pipe.reader());
    assertThat(onlyWaiting(writer)).isFalse();
    machine.table.signal(reader, Signal.SIGKILL);
    machine.end(reader);
    assertThat(onlyWaiting(writer)).isTrue();
  }

  @Test
  void a_child_waits_for_the_parent_that_reads_and_not_the_other_way_round() {
    Process child = holding(pipe.writer());
    Process parent = child.parent();
    give(parent, pipe.reader());
    assertThat(onlyWaiting(child)).isTrue();
    assertThat(onlyWaiting(holding(pipe.writer()))).isTrue();
    give(child, pipe.reader());
    assertThat(onlyWaiting(parent)).isFalse();
  }

  @Test
  void what_the_host_writes_is_read_by_guests_in_their_time() {
    Process reader = holding(pipe.reader());
    assertThat(holders.onlyWaiting(HostTask.current(), pipe.reader().inode())).isFalse();
    assertThat(reader.descriptors().size()).isPositive();
  }
}
