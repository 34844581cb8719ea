package io.vivarium.kernel.file;

import static io.vivarium.kernel.errno.Errno.EAGAIN;
import static io.vivarium.kernel.errno.Errno.EBADF;
import static io.vivarium.kernel.errno.Errno.EINTR;
import static io.vivarium.kernel.errno.Errno.EINVAL;
import static io.vivarium.kernel.file.Errnos.assertFails;
import static io.vivarium.kernel.file.Flock.LOCK_EX;
import static io.vivarium.kernel.file.Flock.LOCK_NB;
import static io.vivarium.kernel.file.Flock.LOCK_SH;
import static io.vivarium.kernel.file.Flock.LOCK_UN;
import static org.assertj.core.api.Assertions.assertThat;

import io.vivarium.kernel.fs.FileType;
import io.vivarium.kernel.fs.Inode;
import io.vivarium.kernel.wait.Guest;
import io.vivarium.kernel.wait.Task;
import io.vivarium.kernel.wait.TestTask;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FlockTest {
  private final Inode inode = AnonymousFileSystem.pipes().create(FileType.REGULAR, 0644, 0, 0);
  private final LockTable table = new LockTable(100);
  private final TestTask task = TestTask.here();
  private final FileDescription a = new OpenFile(inode, OpenFlags.O_RDONLY);
  private final FileDescription b = new OpenFile(inode, OpenFlags.O_RDWR);
  private final FileDescription c = new OpenFile(inode, OpenFlags.O_RDWR);

  private void flock(Task by, FileDescription file, int operation) {
    Flock.flock(by, table, file, operation);
  }

  private void flock(FileDescription file, int operation) {
    flock(task, file, operation);
  }

  private Guest<String> blocked(FileDescription file, int operation) {
    return Guest.startBlocked(t -> {
      flock(t, file, operation);
      return "locked";
    });
  }

  @Test
  void many_share_and_one_excludes() {
    flock(a, LOCK_SH);
    flock(b, LOCK_SH | LOCK_NB);
    assertFails(EAGAIN, () -> flock(c, LOCK_EX | LOCK_NB));
    flock(a, LOCK_UN);
    assertFails(EAGAIN, () -> flock(c, LOCK_EX | LOCK_NB));
    flock(b, LOCK_UN);
    flock(c, LOCK_EX | LOCK_NB);
    assertFails(EAGAIN, () -> flock(a, LOCK_SH | LOCK_NB));
    assertFails(EAGAIN, () -> flock(a, LOCK_EX | LOCK_NB));
  }

  @Test
  void locking_again_through_the_same_description_changes_nothing() {
    flock(a, LOCK_EX);
    flock(a, LOCK_EX | LOCK_NB);
    assertFails(EAGAIN, () -> flock(b, LOCK_SH | LOCK_NB));
    flock(a, LOCK_UN);
    flock(a, LOCK_UN);
    flock(b, LOCK_EX | LOCK_NB);
  }

  @Test
  void a_lock_can_be_upgraded_and_downgraded() {
    flock(a, LOCK_SH);
    flock(a, LOCK_EX | LOCK_NB);
    assertFails(EAGAIN, () -> flock(b, LOCK_SH | LOCK_NB));
    Guest<String> waiting = blocked(b, LOCK_SH);
    flock(a, LOCK_SH);
    waiting.result();
    flock(c, LOCK_SH | LOCK_NB);
  }

  @Test
  void an_upgrade_that_fails_loses_the_lock_as_on_linux() {
    flock(a, LOCK_SH);
    flock(b, LOCK_SH);
    assertFails(EAGAIN, () -> flock(a, LOCK_EX | LOCK_NB));
    flock(b, LOCK_EX | LOCK_NB);
  }

  @Test
  void two_that_upgrade_at_once_do_not_deadlock_because_both_gave_up_their_shared_locks() {
    flock(a, LOCK_SH);
    flock(b, LOCK_SH);
    Guest<String> first = blocked(a, LOCK_EX);
    Guest<String> second =
        Guest.start(t -> {
          flock(t, b, LOCK_EX);
          flock(t, b, LOCK_UN);
          return "locked";
        });
    // Whoever was first has it; the other gets it once it is free.
    first.result();
    flock(a, LOCK_UN);
    second.result();
  }

  @Test
  void a_waiting_locker_goes_on_when_the_last_reference_to_the_holder_closes() {
    flock(a, LOCK_EX);
    a.tryRetain();
    Guest<String> waiting = blocked(b, LOCK_EX);
    a.release();
    waiting.assertStaysBlocked();
    a.release();
    waiting.result();
  }

  @Test
  void a_signal_interrupts_a_waiting_locker_which_then_holds_nothing() {
    flock(a, LOCK_EX);
    Guest<String> waiting = blocked(b, LOCK_EX);
    waiting.signal();
    assertFails(EINTR, waiting::result);
    flock(a, LOCK_UN);
    flock(c, LOCK_EX | LOCK_NB);
  }

  @Test
  void only_one_of_many_waiting_lockers_is_in_at_a_time() {
    int[] inside = new int[1];
    List<Guest<Integer>> guests = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      FileDescription mine = new OpenFile(inode, OpenFlags.O_RDWR);
      guests.add(
          Guest.start(t -> {
            for (int n = 0; n < 500; n++) {
              flock(t, mine, LOCK_EX);
              inside[0] = inside[0] + 1;
              flock(t, mine, LOCK_UN);
            }
            return 0;
          }));
    }
    for (Guest<Integer> guest : guests) {
      guest.result();
    }
    flock(a, LOCK_EX);
    assertThat(inside[0]).isEqualTo(2000);
  }

  @Test
  void unknown_operations_are_einval_and_path_descriptors_have_no_locks() {
    for (int operation : new int[] {0, LOCK_NB, LOCK_SH | LOCK_EX, LOCK_SH | LOCK_UN, 16, -1}) {
      assertFails(EINVAL, () -> flock(a, operation));
    }
    FileDescription path = new OpenFile(inode, OpenFlags.O_PATH);
    assertFails(EBADF, () -> flock(path, LOCK_SH));
  }

  @Test
  void machines_that_share_an_inode_do_not_see_each_others_locks() {
    flock(a, LOCK_EX);
    Flock.flock(task, new LockTable(1), b, LOCK_EX | LOCK_NB);
  }
}
