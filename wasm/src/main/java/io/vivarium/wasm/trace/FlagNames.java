package io.vivarium.wasm.trace;

import java.util.List;

/** Numbers that have names. */
final class FlagNames {
  static final List<String> OFLAGS = List.of("O_CREAT", "O_DIRECTORY", "O_EXCL", "O_TRUNC");
  static final List<String> FDFLAGS = List.of("APPEND", "DSYNC", "NONBLOCK", "RSYNC", "SYNC");
  static final List<String> LOOKUP = List.of("SYMLINK_FOLLOW");
  static final List<String> FSTFLAGS = List.of("ATIM", "ATIM_NOW", "MTIM", "MTIM_NOW");
  static final List<String> WAIT = List.of("WNOHANG", "WUNTRACED", "4", "WCONTINUED");
  static final List<String> ACCESS = List.of("X_OK", "W_OK", "R_OK");
  static final List<String> POLL = List.of("POLLIN", "POLLPRI", "POLLOUT", "POLLERR", "POLLHUP");
  static final List<String> WHENCE = List.of("SEEK_SET", "SEEK_CUR", "SEEK_END");
  static final List<String> CLOCK =
      List.of(
          "CLOCK_REALTIME",
          "CLOCK_MONOTONIC",
          "CLOCK_PROCESS_CPUTIME_ID",
          "CLOCK_THREAD_CPUTIME_ID");
  static final List<String> SIGHOW =
      List.of("SIG_BLOCK", "SIG_UNBLOCK", "SIG_SETMASK", "SIG_QUERY");
  static final List<String> DISPOSITION = List.of("SIG_DFL", "SIG_IGN", "SIG_HANDLER");
  static final List<String> TYPES =
      List.of(
          "S_IFUNKNOWN",
          "S_IFBLK",
          "S_IFCHR",
          "S_IFDIR",
          "S_IFREG",
          "S_IFSOCK",
          "S_IFSOCK",
          "S_IFLNK");
  static final List<String> RIGHTS =
      List.of(
          "FD_DATASYNC",
          "FD_READ",
          "FD_SEEK",
          "FD_FDSTAT_SET_FLAGS",
          "FD_SYNC",
          "FD_TELL",
          "FD_WRITE");

  private FlagNames() {}

  /** The name of one of several values; the number when there is none. */
  static String one(List<String> names, long value) {
    return value >= 0 && value < names.size() ? names.get((int) value) : Long.toString(value);
  }

  /** The names of the bits that are set, and the rest as a number; 0 when none is. */
  static String set(List<String> names, long value) {
    StringBuilder text = new StringBuilder();
    long rest = value;
    for (int bit = 0; bit < names.size(); bit++) {
      if ((value & 1L << bit) != 0) {
        text.append(text.isEmpty() ? "" : "|").append(names.get(bit));
        rest &= ~(1L << bit);
      }
    }
    if (rest != 0) {
      text.append(text.isEmpty() ? "" : "|").append("0x").append(Long.toHexString(rest));
    }
    return text.isEmpty() ? "0" : text.toString();
  }
}
