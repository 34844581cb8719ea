package io.vivarium.wasm.wasi;

import static org.assertj.core.api.Assertions.assertThat;

import io.vivarium.wasm.testing.TestGuest;
import io.vivarium.wasm.testing.TestMachine;
import java.util.function.ToIntFunction;
import org.junit.jupiter.api.Test;

/** Rights that a program gives up are gone, for the descriptor and what is opened through it. */
class RightsTest {
  private static void inGuest(TestGuest.Body body) {
    try (TestMachine machine = new TestMachine()) {
      machine.write("/tmp/file", "contents");
      machine.mkdir("/tmp/dir");
      machine.write("/tmp/dir/inner", "inner");
      TestGuest.run(machine, process -> TaggedRoot.INSTANCE, body);
    }
  }

  private static long base(TestGuest guest, int fd) {
    int stat = guest.room(24);
    assertThat(guest.wasi("fd_fdstat_get", fd, stat)).isZero();
    return guest.memory().getLong(stat + 8);
  }

  private static void giveUp(TestGuest guest, int fd, long rights) {
    long left = base(guest, fd) & ~rights;
    assertThat(guest.wasi("fd_fdstat_set_rights", fd, left, 0)).isZero();
    assertThat(base(guest, fd)).isEqualTo(left);
  }

  /** What works with all rights is NOTCAPABLE without one. */
  private static void needs(
      TestGuest guest, long right, boolean directory, ToIntFunction<Integer> call) {
    int with = open(guest, directory);
    assertThat(call.applyAsInt(with)).as("right %x", right).isNotEqualTo(WasiErrno.NOTCAPABLE);
    int without = open(guest, directory);
    giveUp(guest, without, right);
    assertThat(call.applyAsInt(without)).as("right %x", right).isEqualTo(WasiErrno.NOTCAPABLE);
  }

  private static int open(TestGuest guest, boolean directory) {
    return directory
        ? guest.open(TaggedRoot.ROOT, "tmp/dir", 2, 1 << 14)
        : guest.open(TaggedRoot.ROOT, "tmp/file", 0, -1L);
  }

  @Test
  void a_file_descriptor_needs_its_rights() {
    inGuest(guest -> {
      int out = guest.room(64);
      int vector = guest.iovec(guest.room(8), 1);
      needs(guest, Rights.FD_READ, false, fd -> guest.wasi("fd_read", fd, vector, 1, out));
      needs(guest, Rights.FD_READ, false, fd -> guest.wasi("fd_pread", fd, vector, 1, 0, out));
      needs(guest, Rights.FD_SEEK, false, fd -> guest.wasi("fd_pread", fd, vector, 1, 0, out));
      needs(guest, Rights.FD_WRITE, false, fd -> guest.wasi("fd_write", fd, vector, 1, out));
      needs(guest, Rights.FD_WRITE, false, fd -> guest.wasi("fd_pwrite", fd, vector, 1, 0, out));
      needs(guest, Rights.FD_SEEK, false, fd -> guest.wasi("fd_seek", fd, 1, 0, out));
      needs(guest, Rights.FD_TELL, false, fd -> guest.wasi("fd_tell", fd, out));
      needs(guest, Rights.FD_SYNC, false, fd -> guest.wasi("fd_sync", fd));
      needs(guest, Rights.FD_DATASYNC, false, fd -> guest.wasi("fd_datasync", fd));
      needs(guest, Rights.FD_ADVISE, false, fd -> guest.wasi("fd_advise", fd, 0, 0, 0));
      needs(guest, Rights.FD_ALLOCATE, false, fd -> guest.wasi("fd_allocate", fd, 0, 1));
      needs(
          guest, Rights.FD_FDSTAT_SET_FLAGS, false, fd -> guest.wasi("fd_fdstat_set_flags", fd, 1));
      needs(guest, Rights.FD_FILESTAT_GET, false, fd -> guest.wasi("fd_filestat_get", fd, out));
      needs(
          guest,
          Rights.FD_FILESTAT_SET_SIZE,
          false,
          fd -> guest.wasi("fd_filestat_set_size", fd, 8));
      needs(
          guest,
          Rights.FD_FILESTAT_SET_TIMES,
          false,
          fd -> guest.wasi("fd_filestat_set_times", fd, 0, 0, 10));
    });
  }

  @Test
  void a_directory_descriptor_needs_its_rights() {
    inGuest(guest -> {
      int out = guest.room(64);
      int inner = guest.put("inner");
      int made = guest.put("made!");
      needs(guest, Rights.FD_READDIR, true, fd -> guest.wasi("fd_readdir", fd, out, 32, 0, out));
      needs(
          guest,
          Rights.PATH_OPEN,
          true,
          fd -> guest.wasi("path_open", fd, 0, inner, 5, 0, 2, 0, 0, out));
      needs(
          guest,
          Rights.PATH_CREATE_FILE,
          true,
          fd -> guest.wasi("path_open", fd, 0, made, 5, 1, 2, 0, 0, out));
      needs(
          guest,
          Rights.PATH_FILESTAT_SET_SIZE,
          true,
          fd -> guest.wasi("path_open", fd, 0, inner, 5, 8, 64, 0, 0, out));
      needs(
          guest,
          Rights.PATH_FILESTAT_GET,
          true,
          fd -> guest.wasi("path_filestat_get", fd, 0, inner, 5, out));
      needs(
          guest,
          Rights.PATH_FILESTAT_SET_TIMES,
          true,
          fd -> guest.wasi("path_filestat_set_times", fd, 0, inner, 5, 0, 0, 10));
      needs(
          guest,
          Rights.PATH_CREATE_DIRECTORY,
          true,
          fd -> guest.wasi("path_create_directory", fd, made, 5));
      needs(
          guest,
          Rights.PATH_REMOVE_DIRECTORY,
          true,
          fd -> guest.wasi("path_remove_directory", fd, inner, 5));
      needs(
          guest, Rights.PATH_SYMLINK, true, fd -> guest.wasi("path_symlink", made, 5, fd, made, 5));
      needs(
          guest,
          Rights.PATH_READLINK,
          true,
          fd -> guest.wasi("path_readlink", fd, inner, 5, out, 8, out + 8));
      needs(
          guest,
          Rights.PATH_LINK_SOURCE,
          true,
          fd -> guest.wasi("path_link", fd, 0, inner, 5, fd, made, 5));
      needs(
          guest,
          Rights.PATH_LINK_TARGET,
          true,
          fd -> guest.wasi("path_link", fd, 0, inner, 5, fd, made, 5));
      needs(
          guest,
          Rights.PATH_RENAME_SOURCE,
          true,
          fd -> guest.wasi("path_rename", fd, inner, 5, fd, inner, 5));
      needs(
          guest,
          Rights.PATH_RENAME_TARGET,
          true,
          fd -> guest.wasi("path_rename", fd, inner, 5, fd, inner, 5));
      needs(
          guest, Rights.PATH_UNLINK_FILE, true, fd -> guest.wasi("path_unlink_file", fd, made, 5));
    });
  }

  @Test
  void rights_do_not_come_back() {
    inGuest(guest -> {
      int fd = open(guest, false);
      long all = base(guest, fd);
      giveUp(guest, fd, Rights.FD_WRITE);
      assertThat(guest.wasi("fd_fdstat_set_rights", fd, all, 0)).isEqualTo(WasiErrno.NOTCAPABLE);
      int result = guest.room(4);
      assertThat(guest.call("host_process.fd_dup", fd, result)).isZero();
      int copy = guest.memory().getInt(result);
      int vector = guest.iovec(guest.put("x"), 1);
      assertThat(guest.wasi("fd_write", copy, vector, 1, result)).isEqualTo(WasiErrno.NOTCAPABLE);
      assertThat(guest.wasi("fd_renumber", copy, fd)).isZero();
      assertThat(guest.wasi("fd_write", fd, vector, 1, result)).isEqualTo(WasiErrno.NOTCAPABLE);
      assertThat(guest.call("host_process.fd_dup2", fd, 20)).isZero();
      assertThat(guest.wasi("fd_write", 20, vector, 1, result)).isEqualTo(WasiErrno.NOTCAPABLE);
      // A new file under the same number has its own rights.
      assertThat(guest.wasi("fd_close", 20)).isZero();
      assertThat(guest.call("host_process.fd_dup2", open(guest, false), 20)).isZero();
      assertThat(guest.wasi("fd_write", 20, vector, 1, result)).isZero();
    });
  }

  @Test
  void what_a_directory_does_not_hand_on_files_opened_through_it_do_not_have() {
    inGuest(guest -> {
      int directory = open(guest, true);
      long rights = base(guest, directory);
      long handedOn = Rights.ALL & ~(Rights.FD_WRITE | Rights.FD_SEEK);
      assertThat(guest.wasi("fd_fdstat_set_rights", directory, rights, handedOn)).isZero();
      int inner = guest.put("inner");
      int result = guest.room(8);
      assertThat(guest.wasi("path_open", directory, 0, inner, 5, 0, 64, 0, 0, result))
          .isEqualTo(WasiErrno.NOTCAPABLE);
      assertThat(guest.wasi("path_open", directory, 0, inner, 5, 0, 2, 0, 0, result)).isZero();
      int fd = guest.memory().getInt(result);
      assertThat(guest.wasi("fd_seek", fd, 1, 0, result)).isEqualTo(WasiErrno.NOTCAPABLE);
      assertThat(guest.wasi("fd_tell", fd, result)).isZero();
      // No way around it through a directory below.
      int dot = guest.put(".");
      assertThat(guest.wasi("path_open", directory, 0, dot, 1, 2, 0, 0, 0, result)).isZero();
      int below = guest.memory().getInt(result);
      assertThat(guest.wasi("path_open", below, 0, inner, 5, 0, 64, 0, 0, result))
          .isEqualTo(WasiErrno.NOTCAPABLE);
    });
  }

  @Test
  void a_poll_of_a_descriptor_without_the_right_reports_it() {
    inGuest(guest -> {
      int fd = open(guest, false);
      giveUp(guest, fd, Rights.POLL_FD_READWRITE);
      int subscription = guest.room(48);
      guest.memory().putByte(subscription + 8, 1);
      guest.memory().putInt(subscription + 16, fd);
      int event = guest.room(32);
      int count = guest.room(4);
      assertThat(guest.wasi("poll_oneoff", subscription, event, 1, count)).isZero();
      assertThat(guest.memory().getInt(count)).isEqualTo(1);
      assertThat(guest.memory().getShort(event + 8)).isEqualTo(WasiErrno.NOTCAPABLE);
    });
  }
}
