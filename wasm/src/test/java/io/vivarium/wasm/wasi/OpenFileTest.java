package io.vivarium.wasm.wasi;

import static org.assertj.core.api.Assertions.assertThat;

import io.vivarium.wasm.testing.TestGuest;
import io.vivarium.wasm.testing.TestMachine;
import org.junit.jupiter.api.Test;

/** Descriptors and the open files behind them: how many there can be, and that they end. */
class OpenFileTest {
  /** More than a process and fewer than a machine may have open. */
  private static final int MANY = 5000;

  @Test
  void calls_through_a_descriptor_keep_nothing_open() {
    try (TestMachine machine = new TestMachine()) {
      TestGuest.run(
          machine,
          process -> TaggedRoot.INSTANCE,
          guest -> {
            int path = guest.put("file");
            int stat = guest.room(64);
            for (int i = 0; i < MANY; i++) {
              int directory = guest.open(TaggedRoot.ROOT, "tmp", 2, 1 << 14);
              assertThat(guest.wasi("path_filestat_get", directory, 1, path, 4, stat))
                  .isEqualTo(WasiErrno.NOENT);
              assertThat(guest.wasi("fd_filestat_set_times", directory, 0, 0, 10)).isZero();
              assertThat(guest.wasi("fd_close", directory)).isZero();
              guest.reset();
            }
          });
    }
  }

  @Test
  void a_process_that_changed_its_pipes_still_closes_them() {
    try (TestMachine machine = new TestMachine()) {
      // Returns only when both pipes are at their end.
      TestGuest.run(
          machine,
          process -> TaggedRoot.INSTANCE,
          guest -> {
            for (int fd = 0; fd < 3; fd++) {
              assertThat(guest.wasi("fd_filestat_set_times", fd, 0, 0, 5)).isLessThan(77);
              assertThat(guest.call("host_fs.fchmod", fd, 0600)).isLessThan(77);
            }
          });
    }
  }

  @Test
  void descriptors_run_out_with_EMFILE_and_come_back() {
    try (TestMachine machine = new TestMachine()) {
      machine.write("/tmp/file", "contents");
      TestGuest.run(
          machine,
          process -> TaggedRoot.INSTANCE,
          guest -> {
            int result = guest.room(4);
            int path = guest.put("tmp/file");
            int limit = guest.process().descriptors().softLimit();
            int last = -1;
            while (open(guest, path, result) == WasiErrno.SUCCESS) {
              last = guest.memory().getInt(result);
            }
            assertThat(last).isEqualTo(limit - 1);
            assertThat(open(guest, path, result)).isEqualTo(WasiErrno.MFILE);
            assertThat(guest.call("host_process.fd_dup", 0, result)).isEqualTo(WasiErrno.MFILE);
            assertThat(guest.call("host_process.fd_pipe", result, result))
                .isEqualTo(WasiErrno.MFILE);
            assertThat(guest.call("host_process.fd_socketpair", 6, 0, 0, result, result))
                .isEqualTo(WasiErrno.MFILE);
            assertThat(guest.wasi("fd_close", last)).isZero();
            // A pair needs two, and takes none of one.
            assertThat(guest.call("host_process.fd_pipe", result, result))
                .isEqualTo(WasiErrno.MFILE);
            assertThat(open(guest, path, result)).isZero();
            assertThat(guest.memory().getInt(result)).isEqualTo(last);
          });
      assertThat(machine.run("guest").status()).isZero();
    }
  }

  private static int open(TestGuest guest, int path, int result) {
    return guest.wasi("path_open", TaggedRoot.ROOT, 0, path, 8, 0, 2, 0, 0, result);
  }
}
