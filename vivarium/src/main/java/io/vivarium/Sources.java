package io.vivarium;

import io.vivarium.kernel.Kernel;
import io.vivarium.kernel.fs.FileSystem;
import io.vivarium.kernel.fs.SnapshotCapable;
import java.util.function.Function;

/** The kinds of {@link MachineState.MountSource}. */
final class Sources {
  private Sources() {}

  /** A file system that all machines share and none closes. */
  static MachineState.MountSource shared(FileSystem fileSystem) {
    return new Shared(fileSystem);
  }

  /** A file system that is made anew for every machine, forks included. */
  static MachineState.MountSource fresh(Function<Kernel, FileSystem> make) {
    return new Fresh(make);
  }

  /** What a user asked for: forked where it can be, else opened again. */
  static MachineState.MountSource of(Mount mount) {
    return new Opened(mount);
  }

  private record Shared(FileSystem fileSystem) implements MachineState.MountSource {
    @Override
    public FileSystem open(Kernel kernel) {
      return fileSystem;
    }

    @Override
    public MachineState.MountSource forFork(FileSystem present) {
      return this;
    }

    @Override
    public boolean owned() {
      return false;
    }
  }

  private record Fresh(Function<Kernel, FileSystem> make) implements MachineState.MountSource {
    @Override
    public FileSystem open(Kernel kernel) {
      return make.apply(kernel);
    }

    @Override
    public MachineState.MountSource forFork(FileSystem present) {
      return this;
    }

    @Override
    public boolean owned() {
      return true;
    }
  }

  private record Opened(Mount mount) implements MachineState.MountSource {
    @Override
    public FileSystem open(Kernel kernel) {
      return mount.open();
    }

    @Override
    public MachineState.MountSource forFork(FileSystem present) {
      return present instanceof SnapshotCapable capable
          ? new Frozen(capable.snapshot(), mount)
          : this;
    }

    @Override
    public boolean owned() {
      return true;
    }
  }

  private record Frozen(SnapshotCapable.Frozen state, Mount mount)
      implements MachineState.MountSource {
    @Override
    public FileSystem open(Kernel kernel) {
      return state.fork();
    }

    @Override
    public MachineState.MountSource forFork(FileSystem present) {
      return new Opened(mount).forFork(present);
    }

    @Override
    public boolean owned() {
      return true;
    }
  }
}
