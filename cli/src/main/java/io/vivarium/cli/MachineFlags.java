package io.vivarium.cli;

import io.vivarium.Command;
import io.vivarium.MachineOptions;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.cli.Options;
import org.jspecify.annotations.Nullable;

/**
 * The options of {@code exec} and {@code sh} that say what the machine and its command are like.
 *
 * @param environment variables, each {@code NAME=VALUE}
 * @param workingDirectory where the command starts; null for the user's home
 * @param mounts directories of the host
 * @param limit how long it may take; null for as long as it likes
 * @param user who runs it; null for the machine's default
 * @param storage bytes of the root file system; null for the machine's default
 * @param guestMemory bytes that guests can make viv hold; null for the default
 * @param limits other limits, later ones over earlier ones
 * @param permissions what the command may do
 */
record MachineFlags(
    List<String> environment,
    @Nullable String workingDirectory,
    List<HostMount> mounts,
    @Nullable TimeLimit limit,
    @Nullable String user,
    @Nullable Long storage,
    @Nullable Long guestMemory,
    List<LimitValue> limits,
    PermissionFlags permissions) {
  /** A file system of the default size has an inode for every so many bytes; others keep to it. */
  private static final long BYTES_PER_INODE = 4_096;

  private static final long LEAST_INODES = 16_384;

  static Options options() {
    Options options = new Options();
    PermissionFlags.addTo(options);
    return options
        .addOption(Arguments.value("e", "env"))
        .addOption(Arguments.value(null, "cwd"))
        .addOption(Arguments.value(null, "mount"))
        .addOption(Arguments.value(null, "timeout"))
        .addOption(Arguments.value("u", "user"))
        .addOption(Arguments.value(null, "storage"))
        .addOption(Arguments.value(null, "guest-memory"))
        .addOption(Arguments.value(null, "limit"))
        .addOption(Arguments.value(null, "limits"));
  }

  static MachineFlags of(Arguments arguments) {
    String timeout = arguments.value("timeout");
    String storage = arguments.value("storage");
    String guestMemory = arguments.value("guest-memory");
    return new MachineFlags(
        environment(arguments),
        workingDirectory(arguments.value("cwd")),
        arguments.values("mount").stream().map(HostMount::parse).toList(),
        timeout == null ? null : TimeLimit.parse(timeout),
        arguments.value("user"),
        storage == null ? null : ByteSize.parse("--storage", storage),
        guestMemory == null ? null : ByteSize.parse("--guest-memory", guestMemory),
        limits(arguments),
        PermissionFlags.of(arguments));
  }

  /** Those of files, and over them those of the command line. */
  private static List<LimitValue> limits(Arguments arguments) {
    List<LimitValue> limits = new ArrayList<>();
    arguments.values("limits").forEach(file -> limits.addAll(LimitsFile.read(file)));
    arguments.values("limit").forEach(text -> limits.add(LimitValue.parse(text)));
    return limits;
  }

  /**
   * The variables of {@code --env}: {@code NAME=VALUE}, or {@code NAME} for the value it has here.
   */
  static List<String> environment(Arguments arguments) {
    List<String> entries = new ArrayList<>();
    for (String entry : arguments.values("env")) {
      if (entry.isEmpty() || entry.startsWith("=")) {
        throw new UsageError("--env takes NAME=VALUE, or NAME to pass it on, not '" + entry + "'");
      }
      if (entry.contains("=")) {
        entries.add(entry);
      } else if (System.getenv(entry) != null) {
        entries.add(entry + "=" + System.getenv(entry));
      }
    }
    return entries;
  }

  /** Adds variables to a command. */
  static Command withEnvironment(Command command, List<String> entries) {
    Command changed = command;
    for (String entry : entries) {
      int equals = entry.indexOf('=');
      changed = changed.withEnvironment(entry.substring(0, equals), entry.substring(equals + 1));
    }
    return changed;
  }

  private static @Nullable String workingDirectory(@Nullable String path) {
    if (path != null && !path.startsWith("/")) {
      throw new UsageError("--cwd takes an absolute path in the machine, not '" + path + "'");
    }
    return path;
  }

  /** Makes a machine what the options say. */
  void configure(MachineOptions machine) {
    if (storage != null) {
      machine.storage(storage, Math.max(LEAST_INODES, storage / BYTES_PER_INODE));
    }
    for (LimitValue limit : limits) {
      limit.configure(machine);
    }
    permissions.configure(machine);
    for (HostMount mount : mounts) {
      try {
        machine.mount(mount.guest(), mount.mount());
      } catch (IllegalArgumentException e) {
        throw new UsageError("--mount: " + e.getMessage());
      }
    }
  }

  /** Makes a command what the options say. */
  Command apply(Command command) {
    Command changed = withEnvironment(command, environment);
    if (workingDirectory != null) {
      changed = changed.withWorkingDirectory(workingDirectory);
    }
    return user == null ? changed : changed.withUser(user);
  }
}
