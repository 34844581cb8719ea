package io.vivarium.kernel.limit;

import io.vivarium.kernel.errno.Errno;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The inventory: every limit of a machine that its owner sets, with its range, and what a guest
 * meets there. What is in no row is fixed, because Linux or a standard fixes it.
 */
public enum Limit {
  /** What sysconf(3) and /proc/cpuinfo tell; no guest is kept from anything. */
  CPU_COUNT("cpu.count", Unit.COUNT, 1, 1, 1024, null, "guests are told of so many processors"),

  /** Instructions of a process, exactly; the largest value is no limit, and costs nothing. */
  FUEL(
      "cpu.fuel",
      Unit.COUNT,
      Long.MAX_VALUE,
      1,
      Long.MAX_VALUE,
      null,
      "a program that would execute one instruction more ends as by SIGXCPU"),

  /** CPU time of a process; waiting is not charged. */
  PROCESS_TIME(
      "cpu.process-time",
      Unit.MILLISECONDS,
      30_000,
      10,
      1_000_000_000_000L,
      null,
      "the process gets SIGXCPU, and SIGKILL after another second of CPU time"),

  /** CPU time of all processes there ever were. */
  MACHINE_TIME(
      "cpu.machine-time",
      Unit.MILLISECONDS,
      1_000_000_000_000L,
      10,
      1_000_000_000_000L,
      Errno.EAGAIN,
      "every process gets SIGKILL; spawn fails from then on"),

  /** Time since a process was spawned. */
  PROCESS_WALL_TIME(
      "process.wall-time",
      Unit.MILLISECONDS,
      1_000_000_000_000L,
      10,
      1_000_000_000_000L,
      null,
      "the process gets SIGKILL"),

  /** Linear memory of a process; also what /proc/meminfo tells. */
  PROCESS_MEMORY(
      "memory.process",
      Unit.BYTES,
      512L << 20,
      1 << 16,
      0x7fff_0000L,
      Errno.ENOMEM,
      "memory.grow answers -1; a program that starts with more is not run"),

  /** Linear memory, tables and stacks of all processes. */
  MACHINE_MEMORY(
      "memory.machine",
      Unit.BYTES,
      2L << 30,
      1 << 16,
      1L << 40,
      Errno.ENOMEM,
      "memory.grow answers -1; a program that starts with more is not run"),

  /** Processes and zombies. */
  PROCESSES("process.count", Unit.COUNT, 256, 1, 32_767, Errno.EAGAIN, "spawn fails"),

  /** RLIMIT_NOFILE of every process. */
  DESCRIPTORS("process.descriptors", Unit.COUNT, 1024, 3, 1 << 16, Errno.EMFILE, "open, dup fail"),

  /** Strings and terminators of argv. */
  ARGUMENT_BYTES(
      "process.argument-bytes",
      Unit.BYTES,
      1 << 20,
      4096,
      1 << 20,
      Errno.E2BIG,
      "spawn, exec fail"),

  /** Strings and terminators of the environment. */
  ENVIRONMENT_BYTES(
      "process.environment-bytes",
      Unit.BYTES,
      1 << 20,
      4096,
      1 << 20,
      Errno.E2BIG,
      "spawn, exec fail"),

  /** Open file descriptions of all processes. */
  OPEN_FILES("file.open", Unit.COUNT, 4096, 16, 1 << 20, Errno.ENFILE, "open, pipe fail"),

  /** Record locks of all processes. */
  RECORD_LOCKS("file.record-locks", Unit.COUNT, 16_384, 0, 1 << 20, Errno.ENOLCK, "fcntl fails"),

  /** Pipes and FIFOs that are open. */
  PIPES("pipe.count", Unit.COUNT, 1024, 8, 1 << 16, Errno.ENFILE, "pipe, open of a FIFO fail"),

  /** Pairs of master and slave. */
  TERMINALS("terminal.count", Unit.COUNT, 128, 0, 4096, Errno.ENOSPC, "open of /dev/ptmx fails"),

  /** Sockets, also connections that nobody has accepted yet. */
  SOCKETS(
      "socket.count",
      Unit.COUNT,
      1024,
      0,
      1 << 16,
      Errno.ENFILE,
      "socket, socketpair, connect fail"),

  /** Bytes that were sent and not received yet, of all sockets. */
  SOCKET_BYTES(
      "socket.bytes",
      Unit.BYTES,
      4 << 20,
      1 << 16,
      1 << 30,
      Errno.EAGAIN,
      "send waits, or fails where it must not wait; datagrams of UDP are lost"),

  /** Descriptions that were sent and not received yet. */
  PASSED_DESCRIPTORS(
      "socket.passed-descriptors",
      Unit.COUNT,
      1024,
      0,
      1 << 16,
      Errno.ENOBUFS,
      "sending descriptors fails"),

  /** A WebAssembly module. */
  MODULE_BYTES(
      "module.bytes", Unit.BYTES, 64L << 20, 8, 64L << 20, Errno.EFBIG, "spawn, exec fail"),

  /** CPU time of the host to check a module, and as much again to compile it. */
  MODULE_COMPILE_TIME(
      "module.compile-time",
      Unit.MILLISECONDS,
      30_000,
      10,
      1_000_000_000_000L,
      Errno.EFBIG,
      "spawn, exec fail when a module takes longer to check; one that takes longer to compile"
          + " is interpreted"),

  /** Memory of the host to check a module, and as much again to compile it. */
  MODULE_COMPILE_MEMORY(
      "module.compile-memory",
      Unit.BYTES,
      512L << 20,
      1 << 16,
      1L << 40,
      Errno.ENOMEM,
      "spawn, exec fail when a module takes more to check; one that takes more to compile is"
          + " interpreted"),

  /** What the host keeps of each output stream of a command that it runs. */
  CAPTURED_OUTPUT(
      "output.captured-bytes",
      Unit.BYTES,
      16L << 20,
      0,
      Integer.MAX_VALUE,
      null,
      "the rest is read and dropped, and the result says so"),

  /** What the root file system stores. */
  STORAGE_BYTES(
      "storage.bytes",
      Unit.BYTES,
      64L << 20,
      0,
      1L << 50,
      Errno.ENOSPC,
      "write, truncate, fallocate fail"),

  /** Inodes of the root file system. */
  STORAGE_INODES(
      "storage.inodes",
      Unit.COUNT,
      16_384,
      0,
      1L << 40,
      Errno.ENOSPC,
      "creating files, directories, links fails");

  /** What a value counts. */
  public enum Unit {
    /** Bytes. */
    BYTES,
    /** Milliseconds. */
    MILLISECONDS,
    /** Things. */
    COUNT
  }

  private final String key;
  private final Unit unit;
  private final long initial;
  private final long least;
  private final long most;
  private final @Nullable Errno errno;
  private final String effect;

  Limit(
      String key,
      Unit unit,
      long initial,
      long least,
      long most,
      @Nullable Errno errno,
      String effect) {
    this.key = key;
    this.unit = unit;
    this.initial = initial;
    this.least = least;
    this.most = most;
    this.errno = errno;
    this.effect = effect;
  }

  /** Its name for people and files, such as {@code storage.bytes}. */
  public String key() {
    return key;
  }

  /** What its value counts. */
  public Unit unit() {
    return unit;
  }

  /** What it is unless it is set. */
  public long initial() {
    return initial;
  }

  /** The smallest value it can have. */
  public long least() {
    return least;
  }

  /** The largest value it can have. */
  public long most() {
    return most;
  }

  /** What calls answer at the limit; null when none does. */
  public @Nullable Errno errno() {
    return errno;
  }

  /** What a guest meets at the limit. */
  public String effect() {
    return effect;
  }

  /**
   * The limit with a key.
   *
   * @throws IllegalArgumentException when there is none; the message names those there are
   */
  public static Limit of(String key) {
    for (Limit limit : values()) {
      if (limit.key.equals(key)) {
        return limit;
      }
    }
    String keys = Arrays.stream(values()).map(Limit::key).collect(Collectors.joining(", "));
    throw new IllegalArgumentException("There is no limit " + key + "; there are " + keys);
  }

  /**
   * Checks a value.
   *
   * @throws IllegalArgumentException when it is out of range; the message names key and range
   */
  void check(long value) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          key + " can be " + least + " to " + most + ", not " + value);
    }
  }
}
