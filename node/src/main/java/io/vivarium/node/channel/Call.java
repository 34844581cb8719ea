package io.vivarium.node.channel;

import org.jspecify.annotations.Nullable;

/**
 * The system calls of a Node guest. Arguments are numbers, a0 to a7; strings and bytes lie in the
 * data of the slot, one after the other from 0 on, and arguments say how long they are. Answers are
 * numbers; below 0 they are errnos of Linux.
 */
public enum Call {
  /** The program ends with status a0. Not answered. */
  EXIT,
  /** open(2): path of a0 bytes, flags a1, mode a2. */
  OPEN,
  /** close(2): descriptor a0. */
  CLOSE,
  /** read(2), pread(2): descriptor a0, at most a1 bytes, at position a2 unless below 0. */
  READ,
  /** As {@link #READ} without position, but never waits: EAGAIN. */
  READ_NOW,
  /** write(2), pwrite(2): descriptor a0, a1 bytes, at position a2 unless below 0. */
  WRITE,
  /** As {@link #WRITE} without position, but never waits: EAGAIN. */
  WRITE_NOW,
  /** Opens, reads and closes: path of a0 bytes, flags a1. Numbers: how many bytes there are. */
  READ_FILE,
  /** Opens, writes and closes: path of a0 bytes, flags a1, mode a2, a3 bytes. */
  WRITE_FILE,
  /** stat(2), lstat(2): path of a0 bytes, following links when a1 is not 0. */
  STAT,
  /** fstat(2): descriptor a0. */
  FSTAT,
  /** statfs(2): path of a0 bytes. */
  STATFS,
  /** access(2): path of a0 bytes, mode a1. */
  ACCESS,
  /** What kind of file a path of a0 bytes leads to: 0 a file, 1 a directory. */
  KIND,
  /** mkdir(2): path of a0 bytes, mode a1. */
  MKDIR,
  /** rmdir(2): path of a0 bytes. */
  RMDIR,
  /** unlink(2): path of a0 bytes. */
  UNLINK,
  /** rename(2): paths of a0 and a1 bytes. */
  RENAME,
  /** link(2): paths of a0 and a1 bytes. */
  LINK,
  /** symlink(2): target of a0 and path of a1 bytes. */
  SYMLINK,
  /** readlink(2): path of a0 bytes; answers the length of what is in the data. */
  READLINK,
  /** realpath(3): path of a0 bytes; answers the length of what is in the data. */
  REALPATH,
  /**
   * Entries of the open directory a0 from cookie a1 on. Answers how many bytes of data there are:
   * for each entry but . and .. its d_type, its name and a NUL. Numbers: the cookie to go on with.
   */
  READ_DIRECTORY,
  /** chmod(2): path of a0 bytes, mode a1. */
  CHMOD,
  /** fchmod(2): descriptor a0, mode a1. */
  FCHMOD,
  /** chown(2), lchown(2): path of a0 bytes, user a1, group a2, following links when a3 is not 0. */
  CHOWN,
  /** fchown(2): descriptor a0, user a1, group a2. */
  FCHOWN,
  /**
   * utimensat(2): path of a0 bytes, times a1 and a2 in seconds, following links when a3 is not 0.
   */
  UTIMES,
  /** futimens(3): descriptor a0, times a1 and a2 in seconds. */
  FUTIMES,
  /** ftruncate(2): descriptor a0, size a1. */
  FTRUNCATE,
  /** fsync(2): descriptor a0. */
  FSYNC,
  /** Copies a file: paths of a0 and a1 bytes, and the new one must not exist if a2 is not 0. */
  COPY_FILE,
  /** What a descriptor a0 is: the file type bits of its mode, or 1 for a terminal. */
  FD_KIND,
  /** The working directory; answers its length. */
  GETCWD,
  /** chdir(2): path of a0 bytes. */
  CHDIR,
  /** umask(2): a0, or below 0 to only ask. */
  UMASK,
  /** kill(2): process a0, signal a1. */
  KILL,
  /** getppid(2). */
  GETPPID,
  /** getuid(2) and others: 0 uid, 1 euid, 2 gid, 3 egid. */
  GET_ID,
  /** setuid(2) and others: which a0 as for {@link #GET_ID}, id a1. */
  SET_ID,
  /** getgroups(2): numbers. */
  GETGROUPS,
  /** The line of /etc/passwd of user a0, or of the name of a1 bytes if a0 is below 0. */
  PASSWD,
  /** The line of /etc/group, as {@link #PASSWD}. */
  GROUP,
  /** uname(2): field a0; answers its length. */
  UNAME,
  /**
   * posix_spawn(3), answers the pid. Strings with NULs: file, working directory or nothing, a0
   * arguments, a1 variables. a2: 1 new session. a3 descriptors of the child, which are numbers
   * behind the strings, from byte a4 on as ints: the own descriptor, or -1 for /dev/null.
   */
  SPAWN,
  /**
   * waitpid(2): process a0, options a1. Answers the pid, or 0 for none. Numbers: exit status and
   * signal.
   */
  WAIT,
  /** pipe2(2): flags a0. Numbers: both ends. */
  PIPE,
  /** fcntl(2): descriptor a0 does not block if a1 is not 0. */
  SET_NONBLOCKING,
  /** Size of the terminal a0. Numbers: columns and rows. */
  WINDOW_SIZE,
  /** Makes the terminal a0 raw if a1 is not 0, else what it was. */
  RAW_MODE,
  /**
   * Wants to hear once when descriptor a0 has one of the events a1 of poll(2); 0 for not any more.
   */
  WATCH,
  /** Wants to hear of signal a0 if a1 is 1; 0 is its default action, 2 ignores it. */
  SIGNAL,
  /**
   * What has happened, once each: answers how many numbers there are, in groups of three: kind,
   * subject, detail. Kind 0 is a descriptor with its events, 1 a child, 2 a signal.
   */
  NEXT_EVENTS,
  /** poll(2) on descriptor a0 for events a1, waiting a2 milliseconds, without end if below 0. */
  POLL,
  /** Waits a0 milliseconds. */
  SLEEP;

  private static final Call[] ALL = values();

  /** Its number on the channel; both sides come from the same build. */
  @SuppressWarnings("EnumOrdinal")
  public int number() {
    return ordinal();
  }

  /** The call of a number, or null. */
  public static @Nullable Call of(int number) {
    return number >= 0 && number < ALL.length ? ALL[number] : null;
  }
}
