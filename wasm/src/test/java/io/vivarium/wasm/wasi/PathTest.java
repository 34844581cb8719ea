package io.vivarium.wasm.wasi;

import static org.assertj.core.api.Assertions.assertThat;

import io.vivarium.wasm.testing.TestGuest;
import io.vivarium.wasm.testing.TestMachine;
import org.junit.jupiter.api.Test;

/** Paths with slashes behind them, times and advice: what few programs use and some rely on. */
class PathTest {
  private static final long SECOND = 1_000_000_000L;

  private static void inGuest(TestGuest.Body body) {
    try (TestMachine machine = new TestMachine()) {
      machine.write("/tmp/file", "contents");
      machine.mkdir("/tmp/dir");
      TestGuest.run(machine, process -> TaggedRoot.INSTANCE, body);
    }
  }

  /** A call with a directory of preview 1 and one path. */
  private static int call(TestGuest guest, String name, String path) {
    return guest.wasi(name, TaggedRoot.ROOT, guest.put(path), path.length());
  }

  private static int open(TestGuest guest, String path, int oflags, long rights) {
    int at = guest.put(path);
    return guest.wasi(
        "path_open", TaggedRoot.ROOT, 1, at, path.length(), oflags, rights, 0, 0, guest.room(4));
  }

  private static int stat(TestGuest guest, String path) {
    return guest.wasi(
        "path_filestat_get", TaggedRoot.ROOT, 0, guest.put(path), path.length(), guest.room(64));
  }

  private static int rename(TestGuest guest, String from, String to) {
    return guest.wasi(
        "path_rename",
        TaggedRoot.ROOT,
        guest.put(from),
        from.length(),
        TaggedRoot.ROOT,
        guest.put(to),
        to.length());
  }

  private static int link(TestGuest guest, String from, String to) {
    return guest.wasi(
        "path_link",
        TaggedRoot.ROOT,
        0,
        guest.put(from),
        from.length(),
        TaggedRoot.ROOT,
        guest.put(to),
        to.length());
  }

  private static int symlink(TestGuest guest, String target, String path) {
    return guest.wasi(
        "path_symlink",
        guest.put(target),
        target.length(),
        TaggedRoot.ROOT,
        guest.put(path),
        path.length());
  }

  @Test
  void a_slash_behind_a_directory_changes_nothing() {
    inGuest(guest -> {
      assertThat(stat(guest, "tmp/dir/")).isZero();
      assertThat(stat(guest, "tmp/dir///")).isZero();
      assertThat(open(guest, "tmp/dir/", 2, 1 << 14)).isZero();
      assertThat(call(guest, "path_create_directory", "tmp/new/")).isZero();
      assertThat(call(guest, "path_create_directory", "tmp/new/")).isEqualTo(WasiErrno.EXIST);
      assertThat(rename(guest, "tmp/new/", "tmp/newer/")).isZero();
      assertThat(call(guest, "path_remove_directory", "tmp/newer/")).isZero();
      assertThat(stat(guest, "tmp/newer")).isEqualTo(WasiErrno.NOENT);
    });
  }

  @Test
  void a_slash_behind_anything_else_is_an_error() {
    inGuest(guest -> {
      assertThat(stat(guest, "tmp/file/")).isEqualTo(WasiErrno.NOTDIR);
      assertThat(stat(guest, "tmp/absent/")).isEqualTo(WasiErrno.NOENT);
      assertThat(open(guest, "tmp/file/", 0, 2)).isEqualTo(WasiErrno.NOTDIR);
      assertThat(open(guest, "tmp/absent/", 0, 2)).isEqualTo(WasiErrno.NOENT);
      assertThat(open(guest, "tmp/made/", 1, 64)).isEqualTo(WasiErrno.ISDIR);
      assertThat(call(guest, "path_unlink_file", "tmp/file/")).isEqualTo(WasiErrno.NOTDIR);
      assertThat(call(guest, "path_remove_directory", "tmp/file/")).isEqualTo(WasiErrno.NOTDIR);
      assertThat(call(guest, "path_unlink_file", "tmp/dir/")).isEqualTo(WasiErrno.ISDIR);
      assertThat(rename(guest, "tmp/file/", "tmp/other")).isEqualTo(WasiErrno.NOTDIR);
      assertThat(rename(guest, "tmp/file", "tmp/other/")).isEqualTo(WasiErrno.NOTDIR);
      assertThat(link(guest, "tmp/file/", "tmp/other")).isEqualTo(WasiErrno.NOTDIR);
      assertThat(link(guest, "tmp/file", "tmp/other/")).isEqualTo(WasiErrno.NOENT);
      assertThat(symlink(guest, "file", "tmp/other/")).isEqualTo(WasiErrno.NOENT);
      assertThat(stat(guest, "tmp/file")).isZero();
    });
  }

  @Test
  void a_slash_behind_a_symlink_follows_it() {
    inGuest(guest -> {
      assertThat(symlink(guest, "dir", "tmp/todir")).isZero();
      assertThat(symlink(guest, "file", "tmp/tofile")).isZero();
      assertThat(symlink(guest, "absent", "tmp/tonothing")).isZero();
      assertThat(stat(guest, "tmp/todir/")).isZero();
      assertThat(stat(guest, "tmp/tofile/")).isEqualTo(WasiErrno.NOTDIR);
      assertThat(stat(guest, "tmp/tonothing/")).isEqualTo(WasiErrno.NOENT);
      assertThat(stat(guest, "tmp/tonothing")).isZero();
      assertThat(call(guest, "path_remove_directory", "tmp/todir")).isEqualTo(WasiErrno.NOTDIR);
      assertThat(call(guest, "path_unlink_file", "tmp/todir")).isZero();
    });
  }

  @Test
  void paths_are_checked_before_they_are_walked() {
    inGuest(guest -> {
      assertThat(stat(guest, "")).isEqualTo(WasiErrno.NOENT);
      assertThat(stat(guest, "tmp\0/file")).isEqualTo(WasiErrno.INVAL);
      assertThat(stat(guest, "a".repeat(256))).isEqualTo(WasiErrno.NAMETOOLONG);
      assertThat(stat(guest, "./".repeat(2100))).isEqualTo(WasiErrno.NAMETOOLONG);
      assertThat(symlink(guest, "loop", "tmp/loop")).isZero();
      assertThat(open(guest, "tmp/loop", 0, 2)).isEqualTo(WasiErrno.LOOP);
    });
  }

  // ---- times and advice -----------------------------------------------------------------------

  private static long[] times(TestGuest guest, int fd) {
    int stat = guest.room(64);
    assertThat(guest.wasi("fd_filestat_get", fd, stat)).isZero();
    return new long[] {guest.memory().getLong(stat + 40), guest.memory().getLong(stat + 48)};
  }

  @Test
  void times_are_set_to_the_nanosecond_kept_or_now() {
    inGuest(guest -> {
      int fd = guest.open(TaggedRoot.ROOT, "tmp/file", 0, -1L);
      assertThat(guest.wasi("fd_filestat_set_times", fd, 5 * SECOND + 7, 6 * SECOND + 8, 5))
          .isZero();
      assertThat(times(guest, fd)).containsExactly(5 * SECOND + 7, 6 * SECOND + 8);
      assertThat(guest.wasi("fd_filestat_set_times", fd, 1, 9 * SECOND, 4)).isZero();
      assertThat(times(guest, fd)).containsExactly(5 * SECOND + 7, 9 * SECOND);
      assertThat(guest.wasi("fd_filestat_set_times", fd, 1, 1, 2)).isZero();
      assertThat(times(guest, fd)[0]).isGreaterThan(1_700_000_000 * SECOND);
      assertThat(times(guest, fd)[1]).isEqualTo(9 * SECOND);
      assertThat(guest.wasi("fd_filestat_set_times", fd, 1, 1, 0)).isZero();
      assertThat(times(guest, fd)[1]).isEqualTo(9 * SECOND);
      int path = guest.put("tmp/file");
      assertThat(
              guest.wasi("path_filestat_set_times", TaggedRoot.ROOT, 0, path, 8, SECOND, SECOND, 5))
          .isZero();
      assertThat(times(guest, fd)).containsExactly(SECOND, SECOND);
    });
  }

  @Test
  void contradictory_and_impossible_times_are_EINVAL() {
    inGuest(guest -> {
      int fd = guest.open(TaggedRoot.ROOT, "tmp/file", 0, -1L);
      long[] before = times(guest, fd);
      for (int flags : new int[] {3, 12, 15, 16, 0x8000, -1}) {
        assertThat(guest.wasi("fd_filestat_set_times", fd, 1, 1, flags)).isEqualTo(WasiErrno.INVAL);
      }
      for (long time : new long[] {-1, Long.MIN_VALUE, Long.MAX_VALUE}) {
        assertThat(guest.wasi("fd_filestat_set_times", fd, time, 1, 5)).isEqualTo(WasiErrno.INVAL);
        assertThat(guest.wasi("fd_filestat_set_times", fd, 1, time, 5)).isEqualTo(WasiErrno.INVAL);
      }
      assertThat(times(guest, fd)).containsExactly(before);
    });
  }

  @Test
  void advice_is_taken_from_what_has_positions() {
    inGuest(guest -> {
      int fd = guest.open(TaggedRoot.ROOT, "tmp/file", 0, -1L);
      for (int advice = 0; advice < 6; advice++) {
        assertThat(guest.wasi("fd_advise", fd, 0, 0, advice)).isZero();
        assertThat(guest.wasi("fd_advise", fd, Long.MAX_VALUE, Long.MAX_VALUE, advice)).isZero();
      }
      assertThat(guest.wasi("fd_advise", fd, 0, 0, 6)).isEqualTo(WasiErrno.INVAL);
      assertThat(guest.wasi("fd_advise", fd, -1, 0, 0)).isEqualTo(WasiErrno.INVAL);
      assertThat(guest.wasi("fd_advise", fd, 0, -1, 0)).isEqualTo(WasiErrno.INVAL);
      assertThat(guest.wasi("fd_advise", 0, 0, 0, 0)).isEqualTo(WasiErrno.SPIPE);
      assertThat(guest.wasi("fd_advise", 99, 0, 0, 0)).isEqualTo(WasiErrno.BADF);
    });
  }
}
