package io.vivarium.kernel.file;

import io.vivarium.kernel.fs.Inode;
import io.vivarium.kernel.wait.Task;

/** Who can read from a pipe: what the pipes of a machine ask its processes. */
@FunctionalInterface
public interface PipeReaders {
  /** Nobody waits for a writer: pipes keep their size. */
  PipeReaders UNKNOWN = (writer, pipe) -> false;

  /**
   * Whether only a writer itself and the processes above it can read from a pipe. They are likely
   * to wait for the writer before they read.
   *
   * @param writer who is blocked
   * @param pipe the inode of a pipe or FIFO
   */
  boolean onlyWaiting(Task writer, Inode pipe);
}
