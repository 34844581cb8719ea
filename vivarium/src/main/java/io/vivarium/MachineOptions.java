package io.vivarium;

import io.vivarium.kernel.limit.Limit;
import io.vivarium.kernel.limit.Limits;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** How a machine is to be made. Mutable, used by one thread; a machine copies what it needs. */
public final class MachineOptions {
  /** Most characters of a host name, as on Linux. */
  private static final int MAX_HOSTNAME = 64;

  private final Map<String, String> environment = new LinkedHashMap<>();
  private final Map<String, Mount> mounts = new LinkedHashMap<>();
  private String hostname = "vivarium";
  private String user = "user";
  private Limits limits = Limits.DEFAULT;
  private @Nullable Consumer<MachineEvent> listener;
  private @Nullable Consumer<String> strace;
  private boolean metrics;
  private Permissions permissions = Permissions.STANDARD;

  MachineOptions() {}

  /** Sets an environment variable for every command. */
  public MachineOptions environment(String name, String value) {
    environment.put(name, value);
    return this;
  }

  /**
   * Mounts something at a guest path; missing directories are made. Mounts are made in the order
   * given, so a parent comes before what is mounted below it.
   *
   * @param path an absolute guest path below the root, without "." and ".."
   * @throws IllegalArgumentException when it is none
   */
  public MachineOptions mount(String path, Mount mount) {
    mounts.put(MachineState.mountPoint(path), mount);
    return this;
  }

  /** The host name, 1 to 64 characters. */
  public MachineOptions hostname(String name) {
    if (!name.matches("[A-Za-z0-9.-]{1," + MAX_HOSTNAME + "}")) {
      throw new IllegalArgumentException(
          "A host name has 1 to 64 letters, digits, dots and hyphens, not " + name);
    }
    hostname = name;
    return this;
  }

  /** The user as whom commands run: a name in /etc/passwd, or UID or UID:GID. Default "user". */
  public MachineOptions user(String name) {
    user = name;
    return this;
  }

  /**
   * Sets a limit by its key, such as {@code process.count}. {@link Vivarium#limits} lists them.
   *
   * @throws IllegalArgumentException when there is no such limit, or the value is out of its range;
   *     the message names the limits or the range
   */
  public MachineOptions limit(String key, long value) {
    limits = limits.with(Limit.of(key), value);
    return this;
  }

  /**
   * Limits of the root file system: {@code storage.bytes} and {@code storage.inodes}. Defaults 64
   * MiB and 16,384.
   *
   * @throws IllegalArgumentException when one is out of its range
   */
  public MachineOptions storage(long bytes, long inodes) {
    limits = limits.with(Limit.STORAGE_BYTES, bytes).with(Limit.STORAGE_INODES, inodes);
    return this;
  }

  /**
   * Most linear memory of one guest process, bytes: {@code memory.process}. Default 512 MiB, at
   * least 64 KiB, at most 2 GiB less 64 KiB.
   *
   * @throws IllegalArgumentException when it is out of range
   */
  public MachineOptions processMemory(long bytes) {
    limits = limits.with(Limit.PROCESS_MEMORY, bytes);
    return this;
  }

  /**
   * Most processes at a time, zombies included: {@code process.count}. Default 256.
   *
   * @throws IllegalArgumentException when it is out of range
   */
  public MachineOptions maxProcesses(int count) {
    limits = limits.with(Limit.PROCESSES, count);
    return this;
  }

  /**
   * How many processors guests are told of: {@code cpu.count}. Default 1.
   *
   * @throws IllegalArgumentException when it is out of range
   */
  public MachineOptions cpuCount(int count) {
    limits = limits.with(Limit.CPU_COUNT, count);
    return this;
  }

  /**
   * What guests may do, in this machine and its forks. Default {@link Permissions#STANDARD}. The
   * host itself is not asked: {@link VirtualMachine#files} and mounts work as ever.
   */
  public MachineOptions permissions(Permissions allowed) {
    permissions = allowed;
    return this;
  }

  /**
   * Says who hears what happens in the machine and in its forks. The listener is called on a thread
   * of its own for each machine, one event after the other; while it is slow, guests go on, and
   * what does not fit into a queue of 1,024 events is dropped and counted ({@link
   * MachineEvent.EventsLost}). The flight recorder of the JVM gets the same as events of the
   * category Vivarium.
   */
  public MachineOptions onEvent(Consumer<MachineEvent> events) {
    listener = events;
    return this;
  }

  /**
   * Whether system calls are counted and timed, for {@link VirtualMachine#metrics} and for {@code
   * vivarium.SystemCall} events of the flight recorder. Off by default.
   */
  public MachineOptions metrics(boolean on) {
    metrics = on;
    return this;
  }

  /**
   * Sets who gets a line for each system call of each process, as strace(1) prints it, in printable
   * ASCII, at most 4,100 characters, without line feed. Lines come on one thread of their own; a
   * reader who is slow makes the guests wait.
   */
  public MachineOptions strace(Consumer<String> lines) {
    strace = lines;
    return this;
  }

  boolean metrics() {
    return metrics;
  }

  @Nullable Consumer<String> strace() {
    return strace;
  }

  Map<String, String> environment() {
    return Map.copyOf(environment);
  }

  Map<String, Mount> mounts() {
    return new LinkedHashMap<>(mounts);
  }

  String hostname() {
    return hostname;
  }

  String user() {
    return user;
  }

  @Nullable Consumer<MachineEvent> listener() {
    return listener;
  }

  Permissions permissions() {
    return permissions;
  }

  Limits limits() {
    return limits;
  }
}
