package io.vivarium.kernel.file;

import static io.vivarium.kernel.errno.Errno.EAGAIN;
import static io.vivarium.kernel.errno.Errno.EBADF;
import static io.vivarium.kernel.errno.Errno.EDEADLK;
import static io.vivarium.kernel.errno.Errno.EINTR;
import static io.vivarium.kernel.errno.Errno.EINVAL;
import static io.vivarium.kernel.errno.Errno.ENFILE;
import static io.vivarium.kernel.errno.Errno.ENOLCK;
import static io.vivarium.kernel.errno.Errno.EOVERFLOW;
import static io.vivarium.kernel.file.Errnos.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import io.vivarium.kernel.errno.ErrnoException;
import io.vivarium.kernel.fs.FileType;
import io.vivarium.kernel.fs.Inode;
import io.vivarium.kernel.wait.Guest;
import io.vivarium.kernel.wait.TestTask;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class RecordLocksTest {
  private static final boolean READ = false;
  private static final boolean WRITE = true;

  private final AnonymousFileSystem home = AnonymousFileSystem.pipes();
  private final LockTable table = new LockTable(1000);
  private final LockOwner a = new LockOwner(table, 11);
  private final LockOwner b = new LockOwner(table, 12);
  private final LockOwner c = new LockOwner(table, 13);
  private final FileDescription file = open();
  private final FileDescription other = open();

  private FileDescription open() {
    Inode inode = home.create(FileType.REGULAR, 0644, 0, 0);
    return new OpenFile(inode, OpenFlags.O_RDWR);
  }

  private static void lock(
      FileDescription file, LockOwner owner, boolean exclusive, long start, long length) {
    RecordLocks.lock(TestTask.here(), file, owner, exclusive, start, length, false);
  }

  private static Guest<String> waiting(
      FileDescription file, LockOwner owner, boolean exclusive, long start, long length) {
    return Guest.startBlocked(t -> {
      RecordLocks.lock(t, file, owner, exclusive, start, length, true);
      return "locked";
    });
  }

  @Test
  void read_locks_share_and_write_locks_exclude_where_they_overlap() {
    lock(file, a, READ, 0, 10);
    lock(file, b, READ, 5, 10);
    assertFails(EAGAIN, () -> lock(file, c, WRITE, 9, 1));
    lock(file, c, WRITE, 15, 1);
    assertFails(EAGAIN, () -> lock(file, a, READ, 0, 0));
    lock(other, c, WRITE, 0, 0);
  }

  @Test
  void a_process_never_conflicts_with_itself_and_converts_what_it_covers() {
    lock(file, a, WRITE, 0, 100);
    lock(file, a, READ, 40, 20);
    lock(file, b, READ, 40, 20);
    assertFails(EAGAIN, () -> lock(file, b, READ, 39, 1));
    assertFails(EAGAIN, () -> lock(file, b, READ, 60, 1));
    assertThat(table.recordLocks().used()).isEqualTo(4);
    RecordLocks.unlock(file, b, 0, 0);
    lock(file, a, WRITE, 40, 20);
    assertThat(table.recordLocks().used()).isEqualTo(1);
  }

  @Test
  void unlocking_the_middle_splits_and_unlocking_what_is_free_is_fine() {
    RecordLocks.unlock(file, a, 0, 0);
    lock(file, a, WRITE, 0, 0);
    RecordLocks.unlock(file, a, 10, 10);
    lock(file, b, WRITE, 10, 10);
    assertThat(RecordLocks.test(file, c, READ, 0, 1)).isEqualTo(new RecordLock(true, 0, 10, 11));
    assertThat(RecordLocks.test(file, c, READ, 12, 1)).isEqualTo(new RecordLock(true, 10, 10, 12));
    assertThat(RecordLocks.test(file, c, READ, 1000, 1)).isEqualTo(new RecordLock(true, 20, 0, 11));
  }

  @Test
  void getlk_reports_the_first_conflict_and_null_when_there_is_none() {
    assertThat(RecordLocks.test(file, a, WRITE, 0, 0)).isNull();
    lock(file, a, READ, 10, 5);
    lock(file, b, READ, 3, 5);
    assertThat(RecordLocks.test(file, a, WRITE, 0, 0)).isEqualTo(new RecordLock(false, 3, 5, 12));
    assertThat(RecordLocks.test(file, c, WRITE, 8, 0)).isEqualTo(new RecordLock(false, 10, 5, 11));
    assertThat(RecordLocks.test(file, c, READ, 0, 0)).isNull();
    assertThat(RecordLocks.test(file, c, WRITE, 0, 3)).isNull();
  }

  @Test
  void ranges_reach_backwards_with_a_negative_length_and_must_be_in_range() {
    lock(file, a, WRITE, 10, -4);
    assertThat(RecordLocks.test(file, b, WRITE, 0, 0)).isEqualTo(new RecordLock(true, 6, 4, 11));
    assertFails(EINVAL, () -> lock(file, a, WRITE, -1, 1));
    assertFails(EINVAL, () -> lock(file, a, WRITE, 3, -4));
    assertFails(EINVAL, () -> lock(file, a, WRITE, 0, Long.MIN_VALUE));
    assertFails(EOVERFLOW, () -> lock(file, a, WRITE, Long.MAX_VALUE, 2));
    assertFails(EOVERFLOW, () -> lock(file, a, WRITE, 2, Long.MAX_VALUE));
    lock(file, a, WRITE, Long.MAX_VALUE, 1);
    lock(file, a, WRITE, 1, Long.MAX_VALUE);
    assertThat(RecordLocks.test(file, b, READ, 1, 0)).isEqualTo(new RecordLock(true, 1, 0, 11));
  }

  @Test
  void the_kind_of_lock_needs_its_access_mode() {
    FileDescription reading = new OpenFile(file.inode(), OpenFlags.O_RDONLY);
    FileDescription writing = new OpenFile(file.inode(), OpenFlags.O_WRONLY);
    assertFails(EBADF, () -> lock(reading, a, WRITE, 0, 1));
    assertFails(EBADF, () -> lock(writing, a, READ, 0, 1));
    lock(reading, a, READ, 0, 1);
    lock(writing, a, WRITE, 0, 1);
    assertThat(RecordLocks.test(reading, b, WRITE, 0, 1)).isNotNull();
    RecordLocks.unlock(reading, a, 0, 1);
  }

  @Test
  void setlkw_waits_until_every_conflict_is_gone() {
    lock(file, a, READ, 0, 10);
    lock(file, b, READ, 10, 10);
    Guest<String> waiter = waiting(file, c, WRITE, 5, 10);
    RecordLocks.unlock(file, a, 0, 0);
    waiter.assertStaysBlocked();
    RecordLocks.unlock(file, b, 0, 12);
    waiter.assertStaysBlocked();
    RecordLocks.unlock(file, b, 0, 15);
    assertThat(waiter.result()).isEqualTo("locked");
    assertFails(EAGAIN, () -> lock(file, a, READ, 14, 1));
  }

  @Test
  void a_downgrade_lets_waiting_readers_go_on() {
    lock(file, a, WRITE, 0, 10);
    Guest<String> waiter = waiting(file, b, READ, 0, 10);
    lock(file, a, READ, 0, 10);
    assertThat(waiter.result()).isEqualTo("locked");
  }

  @Test
  void a_signal_interrupts_setlkw_and_nothing_is_locked() {
    lock(file, a, WRITE, 0, 10);
    Guest<String> waiter = waiting(file, b, WRITE, 0, 10);
    waiter.signal();
    assertFails(EINTR, waiter::result);
    RecordLocks.unlock(file, a, 0, 0);
    lock(file, c, WRITE, 0, 10);
  }

  @Test
  void two_that_wait_for_each_other_are_a_deadlock_also_over_two_files() {
    lock(file, a, WRITE, 0, 1);
    lock(other, b, WRITE, 0, 1);
    Guest<String> first = waiting(other, a, WRITE, 0, 1);
    assertFails(EDEADLK, () -> RecordLocks.lock(TestTask.here(), file, b, WRITE, 0, 1, true));
    first.assertStaysBlocked();
    RecordLocks.unlock(other, b, 0, 1);
    assertThat(first.result()).isEqualTo("locked");
  }

  @Test
  void two_readers_that_both_upgrade_are_a_deadlock() {
    lock(file, a, READ, 0, 1);
    lock(file, b, READ, 0, 1);
    waiting(file, a, WRITE, 0, 1);
    assertFails(EDEADLK, () -> RecordLocks.lock(TestTask.here(), file, b, WRITE, 0, 1, true));
  }

  @Test
  void a_ring_of_three_is_a_deadlock_and_a_chain_of_three_is_not() {
    lock(file, a, WRITE, 0, 1);
    lock(file, b, WRITE, 1, 1);
    lock(file, c, WRITE, 2, 1);
    Guest<String> first = waiting(file, a, WRITE, 1, 1);
    Guest<String> second = waiting(file, b, WRITE, 2, 1);
    assertFails(EDEADLK, () -> RecordLocks.lock(TestTask.here(), file, c, READ, 0, 1, true));
    RecordLocks.unlock(file, c, 2, 1);
    assertThat(second.result()).isEqualTo("locked");
    RecordLocks.unlock(file, b, 1, 1);
    assertThat(first.result()).isEqualTo("locked");
  }

  @Test
  void a_deadlock_through_the_second_of_several_lock_holders_is_found() {
    lock(file, b, READ, 0, 1);
    lock(file, c, READ, 0, 1);
    lock(other, a, WRITE, 0, 1);
    waiting(other, c, WRITE, 0, 1);
    assertFails(EDEADLK, () -> RecordLocks.lock(TestTask.here(), file, a, WRITE, 0, 1, true));
  }

  @Test
  void closing_any_descriptor_of_the_file_drops_the_locks_of_the_process() {
    FdTable process = new FdTable(64, new CountLimit(100, ENFILE), a);
    file.tryRetain();
    int locked = process.install(file, false);
    int unrelated = process.install(new OpenFile(other.inode(), OpenFlags.O_RDWR), false);
    int again = process.install(new OpenFile(file.inode(), OpenFlags.O_RDONLY), false);
    lock(process.peek(locked), a, WRITE, 0, 0);
    lock(process.peek(unrelated), a, WRITE, 0, 0);
    process.dup(unrelated, 0, false);
    Guest<String> waiter = waiting(file, b, WRITE, 0, 0);
    process.close(again);
    assertThat(waiter.result()).isEqualTo("locked");
    assertFails(EAGAIN, () -> lock(other, b, READ, 0, 0));
    process.dup2(locked, unrelated);
    lock(other, b, READ, 0, 0);
  }

  @Test
  void locks_survive_exec_but_not_the_end_of_the_process_and_children_have_none() {
    FdTable process = new FdTable(64, new CountLimit(100, ENFILE), a);
    process.install(file, false);
    lock(file, a, WRITE, 0, 0);
    FdTable child = process.copy(b);
    assertFails(EAGAIN, () -> lock(file, b, READ, 0, 0));
    child.closeAll();
    process.closeOnExec();
    assertFails(EAGAIN, () -> lock(file, c, READ, 0, 0));
    process.closeAll();
    lock(file, c, READ, 0, 0);
    assertThat(table.recordLocks().used()).isEqualTo(1);
    assertFails(ENOLCK, () -> lock(file, a, READ, 0, 0));
  }

  @Test
  void a_process_that_ends_while_it_waits_gets_nothing() {
    lock(file, b, WRITE, 0, 0);
    Guest<String> waiter = waiting(file, a, WRITE, 0, 0);
    a.end();
    RecordLocks.unlock(file, b, 0, 0);
    assertFails(ENOLCK, waiter::result);
    assertThat(table.recordLocks().used()).isZero();
  }

  @Test
  void the_limit_of_locks_holds_and_a_refused_call_changes_nothing() {
    LockTable small = new LockTable(2);
    LockOwner owner = new LockOwner(small, 1);
    lock(file, owner, WRITE, 0, 10);
    lock(file, owner, WRITE, 20, 10);
    assertFails(ENOLCK, () -> lock(file, owner, WRITE, 40, 10));
    assertFails(ENOLCK, () -> RecordLocks.unlock(file, owner, 5, 1));
    assertThat(small.recordLocks().used()).isEqualTo(2);
    lock(file, owner, WRITE, 10, 10);
    assertThat(small.recordLocks().used()).isEqualTo(1);
    RecordLocks.unlock(file, owner, 5, 1);
    RecordLocks.unlock(file, owner, 0, 0);
    assertThat(small.recordLocks().used()).isZero();
  }

  /** One random call: 0 unlock, 1 read lock, 2 write lock. */
  record Step(int owner, int kind, int start, int length) {}

  @Provide
  Arbitrary<List<Step>> steps() {
    return Combinators.combine(
            Arbitraries.integers().between(0, 2),
            Arbitraries.integers().between(0, 2),
            Arbitraries.integers().between(0, 15),
            Arbitraries.integers().between(0, 12))
        .as(Step::new)
        .list()
        .ofMaxSize(100);
  }

  @Property(tries = 500, edgeCases = EdgeCasesMode.NONE)
  void behaves_like_a_map_of_bytes(@ForAll("steps") List<Step> steps) {
    LockOwner[] owners = {a, b, c};
    FileDescription target = open();
    // The last byte stands for all that follow.
    int[][] model = new int[owners.length][32];
    for (Step step : steps) {
      int end = step.length() == 0 ? 32 : step.start() + step.length();
      LockOwner owner = owners[step.owner()];
      boolean exclusive = step.kind() == 2;
      boolean blocked = step.kind() != 0 && conflicts(model, step, end);
      assertThat(RecordLocks.test(target, owner, exclusive, step.start(), step.length()) != null)
          .isEqualTo(
              conflicts(model, new Step(step.owner(), exclusive ? 2 : 1, step.start(), 0), end));
      try {
        if (step.kind() == 0) {
          RecordLocks.unlock(target, owner, step.start(), step.length());
        } else {
          lock(target, owner, exclusive, step.start(), step.length());
        }
        assertThat(blocked).isFalse();
        for (int i = step.start(); i < end; i++) {
          model[step.owner()][i] = step.kind();
        }
      } catch (ErrnoException refused) {
        assertThat(refused.errno()).isEqualTo(EAGAIN);
        assertThat(blocked).isTrue();
      }
      assertThat(table.recordLocks().used()).isEqualTo(runs(model));
    }
    for (LockOwner owner : owners) {
      RecordLocks.unlock(target, owner, 0, 0);
    }
    assertThat(table.recordLocks().used()).isZero();
  }

  private static boolean conflicts(int[][] model, Step step, int end) {
    for (int owner = 0; owner < model.length; owner++) {
      for (int i = step.start(); i < end; i++) {
        int held = model[owner][i];
        if (owner != step.owner() && held != 0 && (held == 2 || step.kind() == 2)) {
          return true;
        }
      }
    }
    return false;
  }

  private static int runs(int[][] model) {
    int runs = 0;
    for (int[] bytes : model) {
      for (int i = 0; i < bytes.length; i++) {
        if (bytes[i] != 0 && (i == 0 || bytes[i - 1] != bytes[i])) {
          runs = runs + 1;
        }
      }
    }
    return runs;
  }
}
