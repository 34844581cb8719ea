package io.vivarium;

import java.util.LinkedHashMap;
import java.util.Map;

/** How a machine is to be made. Mutable, used by one thread; a machine copies what it needs. */
public final class MachineOptions {
  private static final int MAX_HOSTNAME = 64;

  private final Map<String, String> environment = new LinkedHashMap<>();
  private final Map<String, Mount> mounts = new LinkedHashMap<>();
  private String hostname = "vivarium";
  private String user = "user";
  private long storageBytes = 64L << 20;
  private long storageInodes = 16_384;
  private long processMemoryBytes = 512L << 20;
  private int maxProcesses = 256;
  private int cpuCount = 1;

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

  /** Limits of the root file system: bytes and inodes. Defaults 64 MiB and 16,384. */
  public MachineOptions storage(long bytes, long inodes) {
    if (bytes < 0 || inodes < 0) {
      throw new IllegalArgumentException("Storage limits are not negative");
    }
    storageBytes = bytes;
    storageInodes = inodes;
    return this;
  }

  /** Most linear memory of one guest process, bytes. Default 512 MiB, at most 2 GiB less 64 KiB. */
  public MachineOptions processMemory(long bytes) {
    if (bytes < 1 << 16 || bytes > Integer.MAX_VALUE - (1 << 16) + 1L) {
      throw new IllegalArgumentException(
          "The memory of a process is 64 KiB to 2 GiB less 64 KiB, not " + bytes);
    }
    processMemoryBytes = bytes;
    return this;
  }

  /** Most processes at a time, zombies included. Default 256. */
  public MachineOptions maxProcesses(int count) {
    if (count < 1) {
      throw new IllegalArgumentException("A machine needs at least one process, not " + count);
    }
    maxProcesses = count;
    return this;
  }

  /** How many processors guests are told of. Default 1. */
  public MachineOptions cpuCount(int count) {
    if (count < 1) {
      throw new IllegalArgumentException("A machine has at least one processor, not " + count);
    }
    cpuCount = count;
    return this;
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

  long storageBytes() {
    return storageBytes;
  }

  long storageInodes() {
    return storageInodes;
  }

  long processMemoryBytes() {
    return processMemoryBytes;
  }

  int maxProcesses() {
    return maxProcesses;
  }

  int cpuCount() {
    return cpuCount;
  }
}
