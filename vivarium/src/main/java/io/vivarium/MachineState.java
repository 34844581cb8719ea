package io.vivarium;

import io.vivarium.kernel.Kernel;
import io.vivarium.kernel.KernelOptions;
import io.vivarium.kernel.errno.Errno;
import io.vivarium.kernel.errno.ErrnoException;
import io.vivarium.kernel.fs.FileSystem;
import io.vivarium.kernel.fs.Location;
import io.vivarium.kernel.fs.NewInode;
import io.vivarium.kernel.fs.memory.MemoryFileSystem;
import io.vivarium.kernel.fs.memory.MemorySnapshot;
import io.vivarium.kernel.limit.Limit;
import io.vivarium.kernel.user.Credentials;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a machine is made of besides processes: its file systems and settings. It can be frozen, and
 * what is frozen can be thawed any number of times.
 */
final class MachineState {
  private final MachineSettings settings;
  private final MemoryFileSystem root;
  private final List<Mounted> mounted = new ArrayList<>();
  private final List<Planned> planned;

  /**
   * A state that is about to boot.
   *
   * @param planned what to mount, in this order
   */
  MachineState(MachineSettings settings, MemoryFileSystem root, List<Planned> planned) {
    this.settings = settings;
    this.root = root;
    this.planned = planned;
  }

  /** Something to mount. */
  record Planned(String path, MountSource source, boolean readOnly) {}

  /** Where a mounted file system comes from, and what becomes of it in a fork. */
  interface MountSource {
    /** Opens it for a machine. */
    FileSystem open(Kernel kernel);

    /** The source for a fork of a machine that has {@code present} mounted. */
    MountSource forFork(FileSystem present);

    /** Whether it belongs to the machine and is closed with it. */
    boolean owned();
  }

  private record Mounted(String path, MountSource source, boolean readOnly, FileSystem present) {}

  /** The kernel with everything mounted, for the machine of this id. */
  synchronized Kernel boot(String id) {
    Consumer<MachineEvent> listener = settings.listener();
    KernelOptions options = settings.kernel();
    Kernel kernel =
        new Kernel(
            root, listener == null ? options : options.with(new EventDelivery(id, listener)));
    root.ledger()
        .watch(
            kernel.gauges().ofMachine(Limit.STORAGE_BYTES),
            kernel.gauges().ofMachine(Limit.STORAGE_INODES));
    try {
      for (Planned plan : planned) {
        mount(kernel, plan.path(), plan.source(), plan.readOnly());
      }
      return kernel;
    } catch (RuntimeException e) {
      kernel.close();
      close();
      throw e;
    }
  }

  synchronized void mount(Kernel kernel, String path, Mount mount) {
    mount(kernel, mountPoint(path), Sources.of(mount), mount.isReadOnly());
  }

  /**
   * A mount point as it is remembered: absolute, without repeated slashes or one at its end.
   *
   * @throws IllegalArgumentException when it is relative, the root, or has "." or ".." in it
   */
  static String mountPoint(String path) {
    StringBuilder clean = new StringBuilder();
    for (String name : path.split("/", -1)) {
      if (name.equals(".") || name.equals("..")) {
        clean.setLength(0);
        break;
      }
      if (!name.isEmpty()) {
        clean.append('/').append(name);
      }
    }
    if (!path.startsWith("/") || clean.isEmpty()) {
      throw new IllegalArgumentException(
          "A mount point is an absolute path below the root without . and .., not " + path);
    }
    return clean.toString();
  }

  private void mount(Kernel kernel, String path, MountSource source, boolean readOnly) {
    FileSystem fileSystem = source.open(kernel);
    try {
      Location place = directory(kernel, path);
      kernel.vfs().mounts().mount(place, fileSystem, readOnly);
    } catch (ErrnoException e) {
      if (source.owned()) {
        fileSystem.close();
      }
      throw new VivariumException("Cannot mount at " + path + ": " + e.errno().message(), e);
    }
    mounted.add(new Mounted(path, source, readOnly, fileSystem));
  }

  synchronized void unmount(Kernel kernel, String path) {
    Mounted present = find(mountPoint(path));
    if (present == null) {
      throw new VivariumException("Nothing is mounted at " + path);
    }
    try {
      Location place =
          kernel.vfs().resolve(Credentials.root(), kernel.vfs().mounts().root(), path, true);
      kernel.vfs().mounts().unmount(place.mount());
    } catch (ErrnoException e) {
      throw new VivariumException(
          "Cannot unmount " + path + ": " + e.errno().message() + "; something there is in use", e);
    }
    mounted.remove(present);
    if (present.source().owned()) {
      present.present().close();
    }
  }

  /** Freezes all files that can be. */
  synchronized Frozen freeze() {
    List<Planned> plans = new ArrayList<>();
    for (Mounted mount : mounted) {
      plans.add(
          new Planned(mount.path(), mount.source().forFork(mount.present()), mount.readOnly()));
    }
    return new Frozen(settings, root.snapshot(), List.copyOf(plans));
  }

  /** A frozen state; immutable. */
  record Frozen(MachineSettings settings, MemorySnapshot root, List<Planned> planned) {
    MachineState thaw() {
      return new MachineState(settings, root.fork(), planned);
    }
  }

  KernelOptions kernel() {
    return settings.kernel();
  }

  Map<String, String> environment() {
    return settings.environment();
  }

  String user() {
    return settings.user();
  }

  MachineSettings settings() {
    return settings;
  }

  synchronized void close() {
    for (Mounted mount : mounted) {
      if (mount.source().owned()) {
        mount.present().close();
      }
    }
    mounted.clear();
    root.close();
  }

  private @Nullable Mounted find(String path) {
    for (Mounted mount : mounted.reversed()) {
      if (mount.path().equals(path)) {
        return mount;
      }
    }
    return null;
  }

  /** The directory at a path, made with its parents when it is missing. */
  private static Location directory(Kernel kernel, String path) {
    Credentials who = Credentials.root();
    Location start = kernel.vfs().mounts().root();
    try {
      return kernel.vfs().resolve(who, start, path, true);
    } catch (ErrnoException e) {
      if (e.errno() != Errno.ENOENT) {
        throw e;
      }
    }
    for (int end = path.indexOf('/', 1); end > 0; end = path.indexOf('/', end + 1)) {
      make(kernel, path.substring(0, end));
    }
    make(kernel, path);
    return kernel.vfs().resolve(who, start, path, true);
  }

  private static void make(Kernel kernel, String path) {
    try {
      kernel
          .vfs()
          .create(
              Credentials.root(),
              kernel.vfs().mounts().root(),
              path,
              NewInode.directory(0755, 0, 0));
    } catch (ErrnoException e) {
      if (e.errno() != Errno.EEXIST) {
        throw e;
      }
    }
  }
}
