package io.vivarium.kernel.file;

import io.vivarium.kernel.fs.Location;
import io.vivarium.kernel.wait.Task;

/** Opens what is neither a regular file nor a directory: FIFOs, device nodes, sockets. */
@FunctionalInterface
public interface NodeOpener {
  /**
   * Opens a node; permission has been checked.
   *
   * @param task who opens; may block (a FIFO waits for its peer)
   * @param place the node
   * @param flags flags of open(2)
   * @throws io.vivarium.kernel.errno.ErrnoException ENXIO when nothing stands behind the node
   */
  FileDescription open(Task task, Location place, int flags);
}
