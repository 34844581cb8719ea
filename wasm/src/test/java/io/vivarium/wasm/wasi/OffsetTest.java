package io.vivarium.wasm.wasi;

import static org.assertj.core.api.Assertions.assertThat;

import io.vivarium.wasm.testing.TestGuest;
import io.vivarium.wasm.testing.TestMachine;
import org.junit.jupiter.api.Test;

/** Offsets and lengths at the ends of 64 bits: an error of the right kind, and nothing changes. */
class OffsetTest {
  private static final long MAX = Long.MAX_VALUE;
  private static final long MIN = Long.MIN_VALUE;

  private interface Body {
    void run(TestGuest guest, int fd);
  }

  private static void onFile(Body body) {
    try (TestMachine machine = new TestMachine()) {
      machine.write("/tmp/file", "contents");
      TestGuest.run(
          machine,
          process -> TaggedRoot.INSTANCE,
          guest -> body.run(guest, guest.open(TaggedRoot.ROOT, "tmp/file", 0, -1L)));
      assertThat(machine.read("/tmp/file")).isEqualTo("contents");
    }
  }

  private static long seek(TestGuest guest, int fd, long offset, int whence) {
    int result = guest.room(8);
    int errno = guest.wasi("fd_seek", fd, offset, whence, result);
    return errno == WasiErrno.SUCCESS ? guest.memory().getLong(result) : -errno;
  }

  @Test
  void seeking_never_leaves_the_range_of_offsets() {
    onFile((guest, fd) -> {
      assertThat(seek(guest, fd, -1, 0)).isEqualTo(-WasiErrno.INVAL);
      assertThat(seek(guest, fd, MIN, 0)).isEqualTo(-WasiErrno.INVAL);
      assertThat(seek(guest, fd, -9, 2)).isEqualTo(-WasiErrno.INVAL);
      assertThat(seek(guest, fd, MIN, 2)).isEqualTo(-WasiErrno.INVAL);
      assertThat(seek(guest, fd, MAX, 2)).isIn(-(long) WasiErrno.INVAL, -(long) WasiErrno.OVERFLOW);
      assertThat(seek(guest, fd, 4, 0)).isEqualTo(4);
      assertThat(seek(guest, fd, MAX, 1)).isIn(-(long) WasiErrno.INVAL, -(long) WasiErrno.OVERFLOW);
      assertThat(seek(guest, fd, MIN, 1)).isEqualTo(-WasiErrno.INVAL);
      assertThat(seek(guest, fd, 0, 3)).isEqualTo(-WasiErrno.INVAL);
      assertThat(seek(guest, fd, 0, -1)).isEqualTo(-WasiErrno.INVAL);
      assertThat(seek(guest, fd, 0, 256)).isEqualTo(-WasiErrno.INVAL);
      assertThat(seek(guest, fd, 0, 1)).isEqualTo(4);
    });
  }

  @Test
  void writing_at_the_largest_offset_is_EFBIG_and_reading_there_is_the_end() {
    onFile((guest, fd) -> {
      int result = guest.room(4);
      int vector = guest.iovec(guest.put("evil"), 4);
      int buffer = guest.iovec(guest.room(16), 16);
      assertThat(guest.wasi("fd_pwrite", fd, vector, 1, MAX, result)).isEqualTo(WasiErrno.FBIG);
      assertThat(guest.wasi("fd_pwrite", fd, vector, 1, MAX - 2, result))
          .isIn(WasiErrno.FBIG, WasiErrno.NOSPC);
      assertThat(guest.wasi("fd_pwrite", fd, vector, 1, -1, result)).isEqualTo(WasiErrno.INVAL);
      assertThat(guest.wasi("fd_pwrite", fd, vector, 1, MIN, result)).isEqualTo(WasiErrno.INVAL);
      assertThat(guest.wasi("fd_pread", fd, buffer, 1, -1, result)).isEqualTo(WasiErrno.INVAL);
      guest.memory().putInt(result, 77);
      int errno = guest.wasi("fd_pread", fd, buffer, 1, MAX - 100, result);
      assertThat(errno).isZero();
      assertThat(guest.memory().getInt(result)).isZero();
      if (seek(guest, fd, MAX, 0) == MAX) {
        assertThat(guest.wasi("fd_write", fd, vector, 1, result)).isEqualTo(WasiErrno.FBIG);
        assertThat(guest.wasi("fd_read", fd, buffer, 1, result)).isZero();
        assertThat(guest.memory().getInt(result)).isZero();
      }
    });
  }

  @Test
  void two_buffers_behind_each_other_do_not_pass_the_largest_offset() {
    onFile((guest, fd) -> {
      int result = guest.room(4);
      int vectors = guest.room(16);
      for (int i = 0; i < 2; i++) {
        guest.memory().putInt(vectors + 8 * i, guest.put("evil"));
        guest.memory().putInt(vectors + 8 * i + 4, 4);
      }
      assertThat(guest.wasi("fd_pwrite", fd, vectors, 2, MAX - 5, result))
          .isIn(WasiErrno.FBIG, WasiErrno.NOSPC);
      assertThat(guest.wasi("fd_pread", fd, vectors, 2, MAX - 5, result)).isZero();
    });
  }

  @Test
  void space_beyond_the_largest_file_is_refused() {
    onFile((guest, fd) -> {
      long[][] tooBig = {{MAX, 1}, {1, MAX}, {MAX, MAX}, {1L << 62, 1L << 62}};
      for (long[] range : tooBig) {
        assertThat(guest.wasi("fd_allocate", fd, range[0], range[1])).isEqualTo(WasiErrno.FBIG);
      }
      long[][] invalid = {{0, 0}, {-1, 1}, {1, -1}, {MIN, 1}, {1, MIN}, {-1, -1}};
      for (long[] range : invalid) {
        assertThat(guest.wasi("fd_allocate", fd, range[0], range[1])).isEqualTo(WasiErrno.INVAL);
      }
      assertThat(guest.wasi("fd_filestat_set_size", fd, -1)).isEqualTo(WasiErrno.INVAL);
      assertThat(guest.wasi("fd_filestat_set_size", fd, MIN)).isEqualTo(WasiErrno.INVAL);
      assertThat(guest.wasi("fd_filestat_set_size", fd, MAX)).isIn(WasiErrno.FBIG, WasiErrno.NOSPC);
    });
  }

  @Test
  void directory_cookies_that_were_never_given_out_end_the_list_or_are_EINVAL() {
    try (TestMachine machine = new TestMachine()) {
      TestGuest.run(
          machine,
          process -> TaggedRoot.INSTANCE,
          guest -> {
            int fd = guest.open(TaggedRoot.ROOT, "tmp", 2, 1 << 14);
            int used = guest.room(4);
            for (long cookie : new long[] {MAX, MIN, -1, 1L << 33, 12_345}) {
              assertThat(guest.wasi("fd_readdir", fd, guest.room(64), 64, cookie, used))
                  .isIn(WasiErrno.SUCCESS, WasiErrno.INVAL);
            }
          });
    }
  }
}
