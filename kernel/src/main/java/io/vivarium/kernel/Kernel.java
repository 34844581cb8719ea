package io.vivarium.kernel;

import io.vivarium.kernel.device.DeviceTable;
import io.vivarium.kernel.device.MemoryDevices;
import io.vivarium.kernel.device.NodeTable;
import io.vivarium.kernel.errno.ErrnoException;
import io.vivarium.kernel.file.CountLimit;
import io.vivarium.kernel.file.LockTable;
import io.vivarium.kernel.file.Opener;
import io.vivarium.kernel.file.PipeTable;
import io.vivarium.kernel.fs.FileSystem;
import io.vivarium.kernel.fs.Inode;
import io.vivarium.kernel.fs.Location;
import io.vivarium.kernel.fs.MountTable;
import io.vivarium.kernel.fs.RenameSequence;
import io.vivarium.kernel.fs.VirtualFileSystem;
import io.vivarium.kernel.image.DeviceNodes;
import io.vivarium.kernel.limit.Gauges;
import io.vivarium.kernel.limit.Limit;
import io.vivarium.kernel.limit.Limits;
import io.vivarium.kernel.net.NetworkGate;
import io.vivarium.kernel.net.NetworkNamespace;
import io.vivarium.kernel.net.SocketTable;
import io.vivarium.kernel.permission.Domain;
import io.vivarium.kernel.permission.PermissionGate;
import io.vivarium.kernel.permission.PermissionOptions;
import io.vivarium.kernel.proc.ProcFileSystem;
import io.vivarium.kernel.process.BinaryFormat;
import io.vivarium.kernel.process.ImageLoader;
import io.vivarium.kernel.process.PipeHolders;
import io.vivarium.kernel.process.Process;
import io.vivarium.kernel.process.ProcessTable;
import io.vivarium.kernel.text.ByteStrings;
import io.vivarium.kernel.tty.PtyTable;
import io.vivarium.kernel.user.Credentials;
import io.vivarium.kernel.user.UserDatabase;
import io.vivarium.kernel.wait.HostTask;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The kernel of one machine: its tree, its devices, its processes, and what connects them.
 * Thread-safe.
 *
 * <p>Closing it ends every process and releases everything the machine holds on the host, except
 * for file systems, which belong to whoever mounted them.
 */
public final class Kernel implements AutoCloseable {
  /** Stack of a process's thread, bytes; only what is used of it costs memory. */
  private static final long STACK_BYTES = 16L << 20;

  /** Most bytes of /etc/passwd and /etc/group that are looked at. */
  private static final int MAX_DATABASE_BYTES = 1 << 20;

  private final KernelOptions options;
  private final Gauges gauges;
  private final VirtualFileSystem vfs;
  private final DeviceTable devices = new DeviceTable();
  private final PipeTable pipes;
  private final Opener opener;
  private final @Nullable PermissionGate gate;
  private final VirtualFileSystem guestVfs;
  private final Opener guestOpener;
  private final ImageLoader images;
  private final ProcessTable processes;
  private final UserDatabase users;
  private final CountLimit openFiles;
  private final PtyTable terminals;
  private final SocketTable sockets;
  private final NetworkNamespace network;

  /**
   * Boots a machine: nothing runs yet.
   *
   * @param root the root file system
   */
  public Kernel(FileSystem root, KernelOptions options) {
    this.options = options;
    Limits limits = options.limits();
    this.gauges = new Gauges(limits, options.events());
    this.vfs = new VirtualFileSystem(new MountTable(root, false));
    this.openFiles = count(Limit.OPEN_FILES);
    this.pipes =
        new PipeTable(
            count(Limit.PIPES),
            (writer, pipe) -> new PipeHolders(processes()).onlyWaiting(writer, pipe));
    NodeTable nodes = new NodeTable(pipes, devices);
    this.opener = new Opener(vfs, nodes);
    this.gate = gate(options, vfs.mounts().renames());
    this.guestVfs = gate == null ? vfs : vfs.gated(gate);
    this.guestOpener = gate == null ? opener : new Opener(guestVfs, nodes);
    this.images = new ImageLoader(vfs, gauges, gate);
    this.processes =
        new ProcessTable(
            new ProcessTable.Settings(
                limits.getInt(Limit.PROCESSES),
                limits.getInt(Limit.DESCRIPTORS),
                ProcessTable.threadFactory(STACK_BYTES),
                gauges),
            openFiles,
            new LockTable(count(Limit.RECORD_LOCKS)),
            guestVfs,
            guestOpener,
            images);
    this.users = new UserDatabase(() -> lines("/etc/passwd"), () -> lines("/etc/group"));
    this.sockets =
        new SocketTable(
            count(Limit.SOCKETS),
            count(Limit.PASSED_DESCRIPTORS),
            gauges.ofMachine(Limit.SOCKET_BYTES));
    this.network = new NetworkNamespace(sockets, networkGate(gate));
    this.terminals = new PtyTable(count(Limit.TERMINALS), new TerminalJobs(processes));
    processes.setTerminals(session -> TerminalJobs.terminalOf(terminals, session));
    MemoryDevices.register(devices);
    devices.register(DeviceNodes.TTY_MAJOR, DeviceNodes.TTY_MINOR, terminals::openControlling);
    devices.register(DeviceNodes.TTY_MAJOR, DeviceNodes.PTMX_MINOR, terminals::openMaster);
    devices.register(PtyTable.SLAVE_MAJOR, terminals::openSlave);
  }

  /** What is fixed about the machine. */
  public KernelOptions options() {
    return options;
  }

  /** The gauges of its limits. */
  public Gauges gauges() {
    return gauges;
  }

  private static @Nullable PermissionGate gate(KernelOptions options, RenameSequence renames) {
    PermissionOptions permissions = options.permissions();
    if (permissions.policy().allowsMachine() && !permissions.explain()) {
      return null;
    }
    return new PermissionGate(
        permissions,
        renames,
        options.events(),
        () -> {
          Process caller = Process.current();
          return caller == null ? HostTask.current() : caller;
        },
        () -> {
          Process caller = Process.current();
          return caller == null ? 0 : caller.pid();
        });
  }

  private static NetworkGate networkGate(@Nullable PermissionGate gate) {
    if (gate == null) {
      return NetworkGate.OPEN;
    }
    return (operation, object) ->
        gate.check(Domain.NETWORK, operation.name().toLowerCase(Locale.ROOT), object);
  }

  /** The tree as guests may use it. */
  public VirtualFileSystem guestVfs() {
    return guestVfs;
  }

  /** Opens files for guests. */
  public Opener guestOpener() {
    return guestOpener;
  }

  /** The tree. The host is not asked what it may do. */
  public VirtualFileSystem vfs() {
    return vfs;
  }

  /** Opens files of the tree for the host. */
  public Opener opener() {
    return opener;
  }

  /** The devices. */
  public DeviceTable devices() {
    return devices;
  }

  /** The pipes. */
  public PipeTable pipes() {
    return pipes;
  }

  /** The sockets. */
  public SocketTable sockets() {
    return sockets;
  }

  /** The network. */
  public NetworkNamespace network() {
    return network;
  }

  /** The pseudo-terminals. */
  public PtyTable terminals() {
    return terminals;
  }

  /** The processes. */
  public ProcessTable processes() {
    return processes;
  }

  /** The users and groups. */
  public UserDatabase users() {
    return users;
  }

  /** What uname(2) and /proc/sys/kernel say. */
  public SystemIdentity identity() {
    return new SystemIdentity(options.hostname());
  }

  /** A new /proc of this machine, to be mounted. */
  public FileSystem proc() {
    FileSystem root = vfs.mounts().root().inode().fileSystem();
    LongSupplier storedBytes = () -> root.statFs().usedBytes();
    return new ProcFileSystem(
        processes,
        vfs.mounts(),
        new ProcFileSystem.Machine(
            identity(),
            options.limits().getInt(Limit.CPU_COUNT),
            options.limits().get(Limit.PROCESS_MEMORY),
            storedBytes,
            openFiles));
  }

  /** Adds a kind of executable file. */
  public void register(BinaryFormat format) {
    images.register(format);
  }

  /** Ends every process and waits until they are gone. */
  @Override
  public void close() {
    processes.close();
    sockets.close();
  }

  private CountLimit count(Limit limit) {
    return new CountLimit(
        options.limits().getInt(limit),
        Objects.requireNonNull(limit.errno()),
        gauges.ofMachine(limit));
  }

  private List<String> lines(String path) {
    try {
      Location place = vfs.resolve(Credentials.root(), vfs.mounts().root(), path, true);
      Inode inode = place.inode();
      byte[] bytes = new byte[(int) Math.min(inode.size(), MAX_DATABASE_BYTES)];
      int length = inode.read(0, bytes, 0, bytes.length);
      return ByteStrings.decode(bytes, 0, length).lines().toList();
    } catch (ErrnoException e) {
      return List.of();
    }
  }
}
