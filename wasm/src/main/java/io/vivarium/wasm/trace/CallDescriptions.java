package io.vivarium.wasm.trace;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How the arguments of every function that guests can import are shown: a line for each, its name
 * and the {@link Kind}s of its arguments. Those before the first host module are of preview 1 and
 * of its predecessor.
 */
final class CallDescriptions {
  private static final String TABLE =
      """
      args_get ptr ptr
      args_sizes_get out_u32 out_u32
      clock_res_get clock out_u64
      clock_time_get clock u64 out_u64
      environ_get ptr ptr
      environ_sizes_get out_u32 out_u32
      fd_advise fd u64 u64 u32
      fd_allocate fd u64 u64
      fd_close fd
      fd_datasync fd
      fd_fdstat_get fd fdstat
      fd_fdstat_set_flags fd fdflags
      fd_fdstat_set_rights fd rights rights
      fd_filestat_get fd filestat
      fd_filestat_set_size fd u64
      fd_filestat_set_times fd u64 u64 fstflags
      fd_pread fd iovecs u64 count
      fd_prestat_dir_name fd buffer
      fd_prestat_get fd prestat
      fd_pwrite fd ciovecs u64 count
      fd_read fd iovecs count
      fd_readdir fd ptr u32 u64 count
      fd_renumber fd fd
      fd_seek fd i64 whence out_u64
      fd_sync fd
      fd_tell fd out_u64
      fd_write fd ciovecs count
      path_create_directory dirfd path
      path_filestat_get dirfd lookup path filestat
      path_filestat_set_times dirfd lookup path u64 u64 fstflags
      path_link dirfd lookup path dirfd path
      path_open dirfd lookup path oflags rights rights fdflags out_fd
      path_readlink dirfd path buffer count
      path_remove_directory dirfd path
      path_rename dirfd path dirfd path
      path_symlink path dirfd path
      path_unlink_file dirfd path
      poll_oneoff ptr ptr u32 count
      proc_exit i32
      proc_raise u32
      random_get ptr u32
      sched_yield
      sock_accept fd fdflags out_fd
      sock_recv fd iovecs hex count out_hex
      sock_send fd ciovecs hex count
      sock_shutdown fd u32

      host_process.fd_dup fd out_fd
      host_process.fd_dup2 fd fd
      host_process.fd_dup_min fd fd out_fd
      host_process.fd_flock fd u32
      host_process.fd_getfd fd out_hex
      host_process.fd_pipe out_fd out_fd
      host_process.fd_record_lock fd u32 u32 i64 i64 out_u32 out_u32 out_u64 out_u64
      host_process.fd_recvmsg_rights fd buffer ptr u32 hex count out_u32 out_hex
      host_process.fd_sendmsg_rights fd data words hex count
      host_process.fd_setfd fd hex
      host_process.fd_socketpair u32 u32 u32 out_fd out_fd
      host_process.proc_closefrom fd
      host_process.proc_exec path strings environ words
      host_process.proc_fexec fd strings environ words
      host_process.proc_getpgid i32 out_u32
      host_process.proc_getpid out_u32
      host_process.proc_getppid out_u32
      host_process.proc_getrlimit u32 out_u64 out_u64
      host_process.proc_itimer_real u32 i64 i64 out_u64 out_u64
      host_process.proc_kill i32 signal
      host_process.proc_ppoll_v1 pollfds i64 i64 hex hex u32 count
      host_process.proc_setpgid i32 i32
      host_process.proc_setrlimit u32 u64 u64
      host_process.proc_sigaction signal disposition hex hex hex
      host_process.proc_signal_mask_v2 sighow hex hex out_hex out_hex
      host_process.proc_spawn strings environ fd fd fd path out_u32
      host_process.proc_spawn_v2 path strings environ fd fd fd path out_u32
      host_process.proc_spawn_v3 path strings environ ptr u32 path hex hex hex hex hex i32 out_u32
      host_process.proc_spawn_v4 path strings environ ptr u32 path path hex hex hex hex hex i32 \
      i32 i32 out_u32
      host_process.proc_umask oct out_u32
      host_process.proc_waitpid i32 waitflags out_u32 out_u32
      host_process.proc_waitpid_v2 i32 waitflags out_u32 out_u32 out_u32 out_u32
      host_process.proc_waitpid_v3 i32 waitflags out_hex out_u32
      host_process.pty_open out_fd out_fd
      host_process.sleep_ms u32
      host_process.umask oct u32 out_u32

      host_fs.chmod dirfd path oct
      host_fs.chown dirfd path i32 i32 u32
      host_fs.fchmod fd oct
      host_fs.fchown fd i32 i32
      host_fs.fd_blocks fd
      host_fs.fd_chown fd i32 i32
      host_fs.fd_collapse_range fd i64 i64
      host_fs.fd_fiemap fd u32 out_u64 out_u64 out_hex
      host_fs.fd_getxattr fd text buffer count
      host_fs.fd_insert_range fd i64 i64
      host_fs.fd_link fd dirfd path
      host_fs.fd_listxattr fd buffer count
      host_fs.fd_mode fd
      host_fs.fd_owner fd out_u32 out_u32
      host_fs.fd_punch_hole fd i64 i64
      host_fs.fd_removexattr fd text
      host_fs.fd_setxattr fd text data u32
      host_fs.fd_size fd
      host_fs.fd_zero_range fd i64 i64 u32
      host_fs.ftruncate fd i64
      host_fs.open_tmpfile dirfd path hex oct out_fd
      host_fs.path_access dirfd path access u32
      host_fs.path_blocks dirfd path u32
      host_fs.path_chown dirfd path i32 i32 u32
      host_fs.path_getxattr dirfd path text buffer u32 count
      host_fs.path_listxattr dirfd path buffer u32 count
      host_fs.path_mknod dirfd path oct u64
      host_fs.path_mode dirfd path u32
      host_fs.path_owner dirfd path u32 out_u32 out_u32
      host_fs.path_rdev dirfd path u32
      host_fs.path_removexattr dirfd path text u32
      host_fs.path_renameat2 dirfd path dirfd path hex
      host_fs.path_setxattr dirfd path text data u32 u32
      host_fs.path_size dirfd path u32
      host_fs.path_statfs dirfd path out_u64 out_u64 out_u64 out_u64 out_u64
      host_fs.remount path text
      host_fs.set_open_direct u32
      host_fs.set_open_mode oct

      host_user.getegid out_u32
      host_user.geteuid out_u32
      host_user.getgid out_u32
      host_user.getgrent u32 buffer count
      host_user.getgrgid u32 buffer count
      host_user.getgrnam text buffer count
      host_user.getgroups u32 ptr out_u32
      host_user.getpwent u32 buffer count
      host_user.getpwnam text buffer count
      host_user.getpwuid u32 buffer count
      host_user.getresgid out_u32 out_u32 out_u32
      host_user.getresuid out_u32 out_u32 out_u32
      host_user.getuid out_u32
      host_user.isatty fd out_u32
      host_user.setegid i32
      host_user.seteuid i32
      host_user.setgid i32
      host_user.setgroups u32 ptr
      host_user.setregid i32 i32
      host_user.setresgid i32 i32 i32
      host_user.setresuid i32 i32 i32
      host_user.setreuid i32 i32
      host_user.setuid i32

      host_tty.get_attr fd out_hex ptr
      host_tty.get_pgrp fd out_u32
      host_tty.get_sid fd out_u32
      host_tty.get_size fd out_u16 out_u16
      host_tty.isatty fd
      host_tty.read ptr u32 i32
      host_tty.set_attr fd ptr ptr
      host_tty.set_pgrp fd i32
      host_tty.set_raw_mode u32
      host_tty.set_size fd u32 u32

      host_net.net_accept fd out_fd ptr ptr
      host_net.net_bind fd text
      host_net.net_close fd
      host_net.net_connect fd text
      host_net.net_dns_query_rr_v1 text u32 buffer count out_u32 out_hex
      host_net.net_getaddrinfo text text u32 ptr out_u32
      host_net.net_getpeername fd ptr out_u32
      host_net.net_getsockname fd ptr out_u32
      host_net.net_getsockopt fd u32 u32 ptr out_u32
      host_net.net_listen fd i32
      host_net.net_poll pollfds i32 count
      host_net.net_recv fd buffer hex count
      host_net.net_recvfrom fd buffer hex count ptr out_u32
      host_net.net_send fd data hex count
      host_net.net_sendto fd data hex text count
      host_net.net_set_nonblock fd u32
      host_net.net_setsockopt fd u32 u32 data
      host_net.net_socket u32 u32 u32 out_fd
      host_net.net_tls_connect fd text
      host_net.net_validate_accept fd
      host_net.net_validate_socket fd

      host_system.get_identity u32 ptr u32
      """;

  private static final Map<String, CallDescription> ALL = parse();

  private CallDescriptions() {}

  /** How a call is shown; one that is not in the table by its numbers. */
  static CallDescription of(String function, int parameters) {
    CallDescription known = find(function);
    return known == null
        ? new CallDescription(function, Collections.nCopies(parameters, Kind.I64))
        : known;
  }

  /** The description of a function, by module and name; null when there is none. */
  static @Nullable CallDescription find(String function) {
    return ALL.get(function);
  }

  private static Map<String, CallDescription> parse() {
    Map<String, CallDescription> all = new HashMap<>();
    TABLE.lines().filter(line -> !line.isEmpty()).forEach(line -> add(all, line));
    return all;
  }

  private static void add(Map<String, CallDescription> all, String line) {
    String[] words = line.split(" ", -1);
    List<Kind> kinds = new ArrayList<>();
    for (int i = 1; i < words.length; i++) {
      kinds.add(Kind.valueOf(words[i].toUpperCase(Locale.ROOT)));
    }
    String name = words[0];
    int dot = name.indexOf('.');
    if (dot >= 0) {
      // A terminal and a user both have an isatty.
      String shown = name.endsWith(".isatty") ? name : name.substring(dot + 1);
      all.put(name, new CallDescription(shown, List.copyOf(kinds)));
      return;
    }
    all.put("wasi_snapshot_preview1." + name, new CallDescription(name, List.copyOf(kinds)));
    kinds.replaceAll(kind -> kind == Kind.FILESTAT ? Kind.FILESTAT_OLD : kind);
    all.put("wasi_unstable." + name, new CallDescription(name, List.copyOf(kinds)));
  }
}
