package io.vivarium;

import io.vivarium.kernel.Kernel;
import io.vivarium.kernel.errno.Errno;
import io.vivarium.kernel.fs.memory.MemoryFileSystem;
import io.vivarium.kernel.fs.memory.MemorySnapshot;
import io.vivarium.kernel.image.BaseImage;
import io.vivarium.kernel.image.DeviceNodes;
import io.vivarium.kernel.limit.Limit;
import io.vivarium.kernel.limit.StorageLimits;
import io.vivarium.software.Command;
import io.vivarium.software.Licences;
import io.vivarium.software.NpmPackage;
import io.vivarium.software.Software;
import io.vivarium.software.SoftwareException;
import io.vivarium.software.SoftwareFileSystem;
import io.vivarium.software.SoftwareHome;
import io.vivarium.wasm.engine.MemoryBudget;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Virtual machines of this JVM, and what they share: installed software, its compiled code, the
 * base image. One object per application is enough. Thread-safe.
 *
 * <pre>{@code
 * try (var vivarium = Vivarium.create();
 *     var vm = vivarium.machine()) {
 *   ExecResult result = vm.exec("seq 10 | sort -rn | head -3");
 * }
 * }</pre>
 */
public final class Vivarium implements AutoCloseable {
  private static final String COMMANDS = "/usr/bin";
  private static final long DEVICE_INODES = 1024;
  private static final long DEVICE_BYTES = 1 << 20;

  private final SoftwareHome home;
  private final Software software;
  private final SoftwareFileSystem commands;
  private final WasmLane lane;
  private final Map<String, MemorySnapshot> images = new LinkedHashMap<>();

  private Vivarium(SoftwareHome home, Software software, WasmLane lane) {
    this.home = home;
    this.software = software;
    this.commands = new SoftwareFileSystem(software);
    this.lane = lane;
  }

  /**
   * With the software of the user who runs this JVM; installs it when it is missing, which needs
   * npm once.
   *
   * @throws VivariumException when the software is missing and cannot be installed
   */
  public static Vivarium create() {
    return builder().create();
  }

  /** Settings first. */
  public static Builder builder() {
    return new Builder();
  }

  /** Settings for a {@link Vivarium}. */
  public static final class Builder {
    private @Nullable Path home;
    private @Nullable Path packages;
    private Progress progress = Progress.SILENT;
    private long guestMemoryBytes = MemoryBudget.defaultLimit();
    private @Nullable Consumer<VivariumEvent> listener;

    private Builder() {}

    /** Where software and compiled code live; by default in the user's cache directory. */
    public Builder home(Path folder) {
      this.home = folder;
      return this;
    }

    /** Where installed packages lie, when that is not in the home. */
    public Builder packages(Path folder) {
      this.packages = folder;
      return this;
    }

    /**
     * Most bytes of memory that the processes of all machines together make this JVM hold for their
     * WebAssembly memories and tables; by default half of what the heap can grow to. A process that
     * wants more is refused it ({@code memory.grow} answers -1), a program that starts with more
     * does not start (ENOMEM). Compiling modules takes from it too, and is put off while there is
     * too little. {@link #onEvent} tells at 80 % and when something is refused.
     *
     * @throws IllegalArgumentException when it is negative
     */
    public Builder guestMemory(long bytes) {
      if (bytes < 0) {
        throw new IllegalArgumentException("guestMemory is negative: " + bytes);
      }
      this.guestMemoryBytes = bytes;
      return this;
    }

    /**
     * Says who hears what happens to what machines share. The listener is called on a thread of its
     * own, one event after the other; what does not fit into a queue of 1,024 events while it is
     * slow is dropped and counted ({@link VivariumEvent.EventsLost}).
     */
    public Builder onEvent(Consumer<VivariumEvent> events) {
      this.listener = events;
      return this;
    }

    /** Who hears about installation. */
    public Builder progress(Progress listener) {
      this.progress = listener;
      return this;
    }

    /**
     * The Vivarium.
     *
     * @throws VivariumException when the software is missing and cannot be installed
     */
    public Vivarium create() {
      SoftwareHome place = place();
      try {
        Software software = Software.install(place, NpmPackage.STANDARD_COMMANDS, progress::at);
        SharedMemory memory = new SharedMemory(guestMemoryBytes, listener);
        return new Vivarium(place, software, new WasmLane(place.code(), memory));
      } catch (SoftwareException e) {
        throw new VivariumException(String.valueOf(e.getMessage()), e);
      }
    }

    /** Whether {@link #create} finds the software installed. */
    public boolean isInstalled() {
      return Software.isInstalled(place(), NpmPackage.STANDARD_COMMANDS);
    }

    /** Where installed packages lie, or will. */
    public Path packagesFolder() {
      return place().packages();
    }

    /** Where compiled code is kept, or will be. */
    public Path codeFolder() {
      return place().code();
    }

    private SoftwareHome place() {
      SoftwareHome place = home == null ? SoftwareHome.ofUser() : SoftwareHome.at(home);
      return packages == null ? place : place.withPackages(packages);
    }
  }

  /** A machine with default options. */
  public VirtualMachine machine() {
    return machine(options -> {});
  }

  /**
   * A machine.
   *
   * @param configure sets options
   * @throws VivariumException when something cannot be mounted
   */
  public VirtualMachine machine(Consumer<MachineOptions> configure) {
    MachineOptions options = new MachineOptions();
    configure.accept(options);
    StorageLimits storage =
        StorageLimits.of(
            options.limits().get(Limit.STORAGE_BYTES), options.limits().get(Limit.STORAGE_INODES));
    List<MachineState.Planned> plan = new ArrayList<>();
    plan.add(new MachineState.Planned("/dev", Sources.of(Mount.of(Vivarium::devices)), false));
    plan.add(
        new MachineState.Planned(
            "/dev/pts", Sources.fresh(kernel -> kernel.terminals().fileSystem()), false));
    plan.add(new MachineState.Planned("/proc", Sources.fresh(Kernel::proc), false));
    plan.add(new MachineState.Planned(COMMANDS, Sources.shared(commands), true));
    options
        .mounts()
        .forEach((path, mount) ->
            plan.add(new MachineState.Planned(path, Sources.of(mount), mount.isReadOnly())));
    MemoryFileSystem root = image(options.hostname()).fork(storage);
    return machine(new MachineState(MachineSettings.of(options), root, plan));
  }

  VirtualMachine machine(MachineState state) {
    return new VirtualMachine(this, state);
  }

  /** The limits that a machine has, in the order of the inventory. */
  public static List<LimitEntry> limits() {
    List<LimitEntry> entries = new ArrayList<>();
    for (Limit limit : Limit.values()) {
      Errno errno = limit.errno();
      entries.add(
          new LimitEntry(
              limit.key(),
              LimitEntry.Unit.valueOf(limit.unit().name()),
              limit.initial(),
              limit.least(),
              limit.most(),
              errno == null ? "" : errno.name(),
              limit.effect()));
    }
    return entries;
  }

  /** The installed commands. */
  public List<SoftwareEntry> software() {
    Licences licences = Licences.load();
    NpmPackage origin = software.origin();
    List<SoftwareEntry> entries = new ArrayList<>();
    for (Command command : software.commands().values()) {
      Licences.Licence own = licences.of(command.name());
      entries.add(
          new SoftwareEntry(
              command.name(),
              origin.name(),
              origin.version(),
              own == null ? origin.licence() : own.spdx(),
              command.size(),
              lane.isCompiled(command)));
    }
    return entries;
  }

  /**
   * Compiles every installed command ahead, so that first runs are fast. Takes a minute or two.
   *
   * @throws VivariumException when compiled code cannot be kept
   */
  public void compileAll(Progress progress) {
    lane.compileAll(software.commands().values(), progress);
  }

  /**
   * Bytes of memory that guests of all machines make this JVM hold now; see {@link
   * Builder#guestMemory}.
   */
  public long guestMemoryHeld() {
    return lane.memoryHeld();
  }

  /**
   * Copies the installed software, with a list of its licences, to a folder that an application can
   * carry and give to {@link Builder#packages}. Does nothing when it is there.
   *
   * @throws VivariumException when it cannot be written
   */
  public void copySoftware(Path folder) {
    try {
      software.copyTo(folder);
    } catch (SoftwareException e) {
      throw new VivariumException(String.valueOf(e.getMessage()), e);
    }
  }

  /** Where compiled code is kept. */
  public Path codeFolder() {
    return home.code();
  }

  /** Where installed packages lie. */
  public Path packagesFolder() {
    return home.packages();
  }

  WasmLane lane() {
    return lane;
  }

  /**
   * Gives back what machines share. Machines that still run go on, and must be closed themselves.
   */
  @Override
  public void close() {
    lane.close();
  }

  private synchronized MemorySnapshot image(String hostname) {
    MemorySnapshot present = images.get(hostname);
    if (present == null) {
      MemoryFileSystem root = new MemoryFileSystem(StorageLimits.unlimited());
      BaseImage.build(root.root(), hostname);
      present = root.snapshot();
      images.put(hostname, present);
      if (images.size() > MAX_IMAGES) {
        images.remove(images.keySet().iterator().next());
      }
    }
    return present;
  }

  /** How many base images are kept, one per host name; the oldest goes. */
  private static final int MAX_IMAGES = 16;

  private static MemoryFileSystem devices() {
    MemoryFileSystem dev = new MemoryFileSystem(StorageLimits.of(DEVICE_BYTES, DEVICE_INODES));
    DeviceNodes.build(dev.root());
    return dev;
  }
}
