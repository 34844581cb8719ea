package io.vivarium;

import io.vivarium.kernel.fs.FileSystem;

/** The frozen files of a machine, from which new machines start in constant time. Thread-safe. */
public final class Snapshot {
  private final Vivarium vivarium;
  private final MachineState.Frozen frozen;

  Snapshot(Vivarium vivarium, MachineState.Frozen frozen) {
    this.vivarium = vivarium;
    this.frozen = frozen;
  }

  /** A new machine that starts with these files. */
  public VirtualMachine machine() {
    return vivarium.machine(frozen.thaw());
  }

  /** The root file system: a copy to write to, or the frozen files themselves. */
  FileSystem openRoot(boolean readOnly) {
    return readOnly ? frozen.root().readOnly() : frozen.root().fork();
  }
}
