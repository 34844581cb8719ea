package io.vivarium.kernel.process;

import io.vivarium.kernel.file.FdTable;
import io.vivarium.kernel.file.FileDescription;
import io.vivarium.kernel.file.PipeReaders;
import io.vivarium.kernel.fs.Inode;
import io.vivarium.kernel.wait.Task;
import java.util.HashSet;
import java.util.Set;

/** Finds in the descriptors of a machine's processes who can read from a pipe. */
public final class PipeHolders implements PipeReaders {
  private final ProcessTable processes;

  /** The holders among the processes of one machine. */
  public PipeHolders(ProcessTable processes) {
    this.processes = processes;
  }

  @Override
  public boolean onlyWaiting(Task writer, Inode pipe) {
    if (!(writer instanceof Process process)) {
      return false;
    }
    Set<Process> line = new HashSet<>();
    Process above = process;
    while (line.add(above)) {
      above = above.parent();
    }
    boolean held = false;
    for (Process each : processes.processes()) {
      if (reads(each.descriptors(), pipe)) {
        if (!line.contains(each)) {
          return false;
        }
        held = true;
      }
    }
    return held;
  }

  private static boolean reads(FdTable descriptors, Inode pipe) {
    for (int fd : descriptors.descriptors()) {
      FileDescription description = descriptors.find(fd);
      if (description != null && description.inode() == pipe && description.readable()) {
        return true;
      }
    }
    return false;
  }
}
