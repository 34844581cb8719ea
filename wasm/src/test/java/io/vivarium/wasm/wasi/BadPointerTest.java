package io.vivarium.wasm.wasi;

import static org.assertj.core.api.Assertions.assertThat;

import io.vivarium.wasm.testing.TestGuest;
import io.vivarium.wasm.testing.TestMachine;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Every pointer of every function that answers an errno, replaced by a bad one in a call that is
 * fine otherwise: EFAULT, and nothing has happened.
 *
 * <p>A line of the table is a call. Words are arguments: numbers; FD an open file, DIR the root
 * directory, SOCK one of a socket pair, PATH a path and its length, NEW a path that does not exist
 * and its length, OUT a pointer to be written, IN a pointer to be read, IOV an iovec, LENGTH a
 * pointer to a length that is read and written.
 */
class BadPointerTest {
  private static final String CALLS =
      """
      wasi args_get OUT OUT
      wasi args_sizes_get OUT OUT
      wasi environ_get OUT OUT
      wasi environ_sizes_get OUT OUT
      wasi clock_res_get 0 OUT
      wasi clock_time_get 0 0 OUT
      wasi random_get OUT 8
      wasi fd_fdstat_get FD OUT
      wasi fd_filestat_get FD OUT
      wasi fd_pread FD IOV 1 0 OUT
      wasi fd_pwrite FD IOV 1 0 OUT
      wasi fd_read FD IOV 1 OUT
      wasi fd_write FD IOV 1 OUT
      wasi fd_prestat_get DIR OUT
      wasi fd_prestat_dir_name DIR OUT 2
      wasi fd_readdir OPENDIR OUT 64 0 OUT
      wasi fd_seek FD 0 0 OUT
      wasi fd_tell FD OUT
      wasi path_create_directory DIR NEW
      wasi path_filestat_get DIR 0 PATH OUT
      wasi path_filestat_set_times DIR 0 PATH 0 0 5
      wasi path_link DIR 0 PATH DIR NEW
      wasi path_open DIR 0 PATH 0 2 0 0 OUT
      wasi path_readlink DIR LINK OUT 8 OUT
      wasi path_remove_directory DIR EMPTYDIR
      wasi path_rename DIR PATH DIR NEW
      wasi path_symlink PATH DIR NEW
      wasi path_unlink_file DIR PATH
      wasi poll_oneoff IN OUT 1 OUT
      wasi sock_recv SOCK IOV 1 0 OUT OUT
      wasi sock_send SOCK IOV 1 0 OUT
      wasi sock_accept SOCK 0 OUT
      host_process fd_pipe OUT OUT
      host_process fd_dup FD OUT
      host_process fd_dup_min FD 10 OUT
      host_process fd_getfd FD OUT
      host_process fd_record_lock FD 12 0 0 0 OUT OUT OUT OUT
      host_process fd_socketpair 6 0 0 OUT OUT
      host_process fd_sendmsg_rights SOCK IN 2 IN 1 0 OUT
      host_process fd_recvmsg_rights SOCK OUT 8 OUT 1 64 OUT OUT OUT
      host_process proc_getpid OUT
      host_process proc_getppid OUT
      host_process proc_getpgid 0 OUT
      host_process proc_getrlimit 7 OUT OUT
      host_process proc_umask 18 OUT
      host_process umask 18 1 OUT
      host_process proc_itimer_real 0 0 0 OUT OUT
      host_process proc_signal_mask_v2 3 0 0 OUT OUT
      host_process proc_ppoll_v1 IN 1 0 0 0 0 0 OUT
      host_process proc_waitpid -1 1 OUT OUT
      host_process proc_waitpid_v2 -1 1 OUT OUT OUT OUT
      host_process proc_waitpid_v3 -1 1 OUT OUT
      host_process proc_spawn IN 8 IN 8 0 1 2 PATH OUT
      host_process proc_spawn_v2 PATH IN 8 IN 8 0 1 2 PATH OUT
      host_process proc_spawn_v3 PATH IN 8 IN 8 IN 24 0 0 0 0 0 0 0 0 OUT
      host_process proc_spawn_v3 PATH 0 0 0 0 0 0 PATH 0 0 0 0 0 0 OUT
      host_process proc_spawn_v4 PATH IN 8 IN 8 IN 24 0 0 0 0 0 0 0 0 0 0 0 0 OUT
      host_process proc_spawn_v4 PATH 0 0 0 0 0 0 PATH PATH 0 0 0 0 0 0 0 0 OUT
      host_process proc_exec PATH IN 8 IN 8 IN 1
      host_process proc_fexec FD IN 8 IN 8 IN 1
      host_process pty_open OUT OUT
      host_fs path_owner DIR PATH 1 OUT OUT
      host_fs path_access DIR PATH 4 1
      host_fs fd_owner FD OUT OUT
      host_fs chmod DIR PATH 420
      host_fs path_chown DIR PATH -1 -1 1
      host_fs chown DIR PATH -1 -1 1
      host_fs open_tmpfile DIR TMP 335544320 384 OUT
      host_fs fd_link FD DIR NEW
      host_fs path_mknod DIR NEW 4516 0
      host_fs path_renameat2 DIR PATH DIR NEW 0
      host_fs path_statfs DIR PATH OUT OUT OUT OUT OUT
      host_fs remount PATH IN 2
      host_fs fd_fiemap FD 0 OUT OUT OUT
      host_fs path_getxattr DIR PATH PATH OUT 8 1 OUT
      host_fs path_listxattr DIR PATH OUT 8 1 OUT
      host_fs path_setxattr DIR PATH PATH IN 4 0 1
      host_fs path_removexattr DIR PATH PATH 1
      host_fs fd_getxattr FD PATH OUT 8 OUT
      host_fs fd_listxattr FD OUT 8 OUT
      host_fs fd_setxattr FD PATH IN 4 0
      host_fs fd_removexattr FD PATH
      host_user getuid OUT
      host_user geteuid OUT
      host_user getgid OUT
      host_user getegid OUT
      host_user getresuid OUT OUT OUT
      host_user getresgid OUT OUT OUT
      host_user getgroups 0 0 OUT
      host_user setgroups 1 IN
      host_user isatty FD OUT
      host_user getpwuid 1000 OUT 64 OUT
      host_user getpwnam PATH OUT 64 OUT
      host_user getpwent 0 OUT 64 OUT
      host_user getgrgid 1000 OUT 64 OUT
      host_user getgrnam PATH OUT 64 OUT
      host_user getgrent 0 OUT 64 OUT
      host_tty get_size FD OUT OUT
      host_tty get_attr FD OUT OUT
      host_tty set_attr FD IN IN
      host_tty get_pgrp FD OUT
      host_tty get_sid FD OUT
      host_net net_socket 1 6 0 OUT
      host_net net_connect SOCK IN 4
      host_net net_bind SOCK IN 4
      host_net net_accept SOCK OUT OUT LENGTH
      host_net net_getsockname SOCK OUT LENGTH
      host_net net_getpeername SOCK OUT LENGTH
      host_net net_send SOCK IN 4 0 OUT
      host_net net_recv SOCK OUT 4 64 OUT
      host_net net_sendto SOCK IN 4 0 0 0 OUT
      host_net net_recvfrom SOCK OUT 4 64 OUT OUT LENGTH
      host_net net_setsockopt SOCK 1 9 IN 4
      host_net net_getsockopt SOCK 1 4 OUT LENGTH
      host_net net_poll IN 1 0 OUT
      host_net net_getaddrinfo IN 4 IN 4 0 OUT LENGTH
      host_net net_dns_query_rr_v1 IN 4 44 OUT 8 OUT OUT OUT
      host_net net_tls_connect SOCK IN 4
      host_system get_identity 0 OUT 65
      """;

  private static final int[] BAD = {-1, (2 << 16) - 1, 2 << 16, 0x7fff_ffff, 0x8000_0000, -8};

  @Test
  void a_bad_pointer_is_EFAULT_wherever_it_stands() {
    List<String> wrong = new ArrayList<>();
    for (String line : CALLS.lines().toList()) {
      String[] words = line.split(" ", -1);
      List<String> arguments = List.of(words).subList(2, words.length);
      for (int i = 0; i < arguments.size(); i++) {
        if (Character.isUpperCase(arguments.get(i).charAt(0))) {
          attack(module(words[0]) + "." + words[1], arguments, i, wrong);
          if (words[0].equals("wasi") && !words[1].equals("sock_accept")) {
            attack("wasi_unstable." + words[1], arguments, i, wrong);
          }
        }
      }
    }
    assertThat(wrong).isEmpty();
  }

  @Test
  void every_function_with_pointers_is_in_the_table() {
    Set<String> listed = new HashSet<>();
    for (String line : CALLS.lines().toList()) {
      String[] words = line.split(" ", -1);
      listed.add(module(words[0]) + "." + words[1]);
    }
    List<String> missing = new ArrayList<>();
    for (SystemFunction function : TestGuest.all()) {
      if (function.answersErrno()
          && !function.name().startsWith("wasi_unstable.")
          && !listed.contains(function.name())) {
        missing.add(function.name().substring(function.name().indexOf('.') + 1));
      }
    }
    assertThat(missing)
        .containsExactlyInAnyOrder(
            "fd_advise",
            "fd_allocate",
            "fd_close",
            "fd_datasync",
            "fd_renumber",
            "fd_sync",
            "fd_fdstat_set_flags",
            "fd_fdstat_set_rights",
            "fd_filestat_set_size",
            "fd_filestat_set_times",
            "proc_raise",
            "sched_yield",
            "sock_shutdown",
            "proc_setpgid",
            "proc_setrlimit",
            "sleep_ms",
            "proc_kill",
            "proc_sigaction",
            "fd_dup2",
            "fd_setfd",
            "proc_closefrom",
            "fd_flock",
            "set_open_mode",
            "set_open_direct",
            "fchmod",
            "fd_chown",
            "fchown",
            "ftruncate",
            "fd_punch_hole",
            "fd_insert_range",
            "fd_collapse_range",
            "fd_zero_range",
            "setuid",
            "seteuid",
            "setgid",
            "setegid",
            "setreuid",
            "setregid",
            "setresuid",
            "setresgid",
            "set_size",
            "set_raw_mode",
            "set_pgrp",
            "net_set_nonblock",
            "net_listen",
            "net_validate_socket",
            "net_validate_accept",
            "net_close");
  }

  private static String module(String shortName) {
    return shortName.equals("wasi") ? "wasi_snapshot_preview1" : shortName;
  }

  private static void attack(
      String function, List<String> words, int position, List<String> wrong) {
    String word = words.get(position);
    if (Set.of("FD", "DIR", "OPENDIR", "SOCK").contains(word)) {
      return;
    }
    try (TestMachine machine = new TestMachine()) {
      machine.write("/tmp/file", "contents");
      machine.mkdir("/tmp/dir");
      TestGuest.run(
          machine,
          process -> TaggedRoot.INSTANCE,
          guest -> {
            int[] socks = socketPair(guest);
            for (int bad : BAD) {
              long[] arguments = arguments(guest, words, position, bad, socks);
              int before = guest.process().descriptors().size();
              long answer = guest.call(function, arguments);
              if (answer != WasiErrno.FAULT) {
                wrong.add(
                    "%s %s with %s (%d) at 0x%x: %d"
                        .formatted(function, words, word, position, bad, answer));
              }
              assertThat(guest.process().descriptors().size()).isEqualTo(before);
            }
          });
      assertThat(machine.read("/tmp/file")).isEqualTo("contents");
    }
  }

  private static long[] arguments(
      TestGuest guest, List<String> words, int position, int bad, int[] socks) {
    List<Long> arguments = new ArrayList<>();
    for (int i = 0; i < words.size(); i++) {
      boolean attacked = i == position;
      switch (words.get(i)) {
        case "FD" -> arguments.add((long) guest.open(TaggedRoot.ROOT, "tmp/file", 0, -1L));
        case "DIR" -> arguments.add((long) TaggedRoot.ROOT);
        case "OPENDIR" -> arguments.add((long) guest.open(TaggedRoot.ROOT, "tmp", 2, 1 << 14));
        case "SOCK" -> arguments.add((long) socks[0]);
        case "PATH" -> path(guest, arguments, "/tmp/file", attacked, bad);
        case "TMP" -> path(guest, arguments, "/tmp", attacked, bad);
        case "LINK" -> path(guest, arguments, "/bin", attacked, bad);
        case "EMPTYDIR" -> path(guest, arguments, "/tmp/dir", attacked, bad);
        case "NEW" -> path(guest, arguments, "/tmp/new", attacked, bad);
        case "OUT" -> arguments.add((long) (attacked ? bad : guest.room(256)));
        case "IN" -> arguments.add((long) (attacked ? bad : guest.put(new byte[64])));
        case "IOV" -> {
          int buffer = guest.room(16);
          arguments.add((long) (attacked ? bad : guest.iovec(buffer, 4)));
        }
        case "LENGTH" -> {
          int length = guest.room(8);
          guest.memory().putInt(length, 16);
          arguments.add((long) (attacked ? bad : length));
        }
        default -> arguments.add(Long.parseLong(words.get(i)));
      }
    }
    long[] values = new long[arguments.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = arguments.get(i);
    }
    return values;
  }

  private static void path(
      TestGuest guest, List<Long> arguments, String path, boolean attacked, int bad) {
    arguments.add((long) (attacked ? bad : guest.put(path)));
    arguments.add((long) path.length());
  }

  private static int[] socketPair(TestGuest guest) {
    int a = guest.room(4);
    int b = guest.room(4);
    assertThat(guest.call("host_process.fd_socketpair", 6, 0, 0, a, b)).isZero();
    return new int[] {guest.memory().getInt(a), guest.memory().getInt(b)};
  }

  /** Two buffers, of which the second lies outside by a byte. */
  private static int halfBad(TestGuest guest) {
    int vectors = guest.room(16);
    guest.memory().putInt(vectors, guest.put("good"));
    guest.memory().putInt(vectors + 4, 4);
    guest.memory().putInt(vectors + 8, (2 << 16) - 2);
    guest.memory().putInt(vectors + 12, 3);
    return vectors;
  }

  @Test
  void an_iovec_that_points_outside_is_EFAULT_before_anything_moves() {
    try (TestMachine machine = new TestMachine()) {
      machine.write("/tmp/file", "contents");
      TestGuest.run(
          machine,
          process -> TaggedRoot.INSTANCE,
          guest -> {
            int fd = guest.open(TaggedRoot.ROOT, "tmp/file", 0, -1L);
            int[] socks = socketPair(guest);
            int bad = halfBad(guest);
            int out = guest.room(8);
            assertFault(guest.wasi("fd_write", fd, bad, 2, out));
            assertFault(guest.wasi("fd_read", fd, bad, 2, out));
            assertFault(guest.wasi("fd_pwrite", fd, bad, 2, 0, out));
            assertFault(guest.wasi("fd_pread", fd, bad, 2, 0, out));
            assertFault(guest.wasi("sock_send", socks[0], bad, 2, 0, out));
            assertFault(guest.wasi("sock_recv", socks[0], bad, 2, 0, out, out + 4));
            assertThat(guest.wasi("fd_tell", fd, out)).isZero();
            assertThat(guest.memory().getLong(out)).isZero();
            // A count whose bytes do not fit in 32 bits, and more than a call may have.
            for (int count : new int[] {0x2000_0001, 1025, -1}) {
              assertThat(guest.wasi("fd_write", fd, bad, count, out)).isEqualTo(WasiErrno.INVAL);
            }
          });
      assertThat(machine.read("/tmp/file")).isEqualTo("contents");
    }
  }

  private static void assertFault(int errno) {
    assertThat(errno).isEqualTo(WasiErrno.FAULT);
  }

  @Test
  void functions_that_answer_a_value_answer_their_failure() {
    try (TestMachine machine = new TestMachine()) {
      machine.write("/tmp/file", "contents");
      TestGuest.run(
          machine,
          process -> TaggedRoot.INSTANCE,
          guest -> {
            for (int bad : BAD) {
              int root = TaggedRoot.ROOT;
              assertThat(guest.call("host_fs.path_mode", root, bad, 8, 1)).isZero();
              assertThat(guest.call("host_fs.path_size", root, bad, 8, 1)).isEqualTo(-1);
              assertThat(guest.call("host_fs.path_blocks", root, bad, 8, 1)).isEqualTo(-1);
              assertThat(guest.call("host_fs.path_rdev", root, bad, 8, 1)).isZero();
              assertThat(guest.call("host_tty.read", bad, 8, 0)).isLessThanOrEqualTo(0);
            }
          });
    }
  }
}
