package io.vivarium.kernel.device;

import static io.vivarium.kernel.errno.Errno.ENXIO;

import io.vivarium.kernel.file.FileDescription;
import io.vivarium.kernel.file.NodeOpener;
import io.vivarium.kernel.file.PipeTable;
import io.vivarium.kernel.fs.Location;
import io.vivarium.kernel.wait.Task;

/** Opens the nodes of one machine: FIFOs through its pipes, device nodes through its drivers. */
public final class NodeTable implements NodeOpener {
  private final PipeTable pipes;
  private final DeviceTable devices;

  /** Opens through the tables of one machine. */
  public NodeTable(PipeTable pipes, DeviceTable devices) {
    this.pipes = pipes;
    this.devices = devices;
  }

  @Override
  public FileDescription open(Task task, Location place, int flags) {
    return switch (place.inode().type()) {
      case FIFO -> pipes.openFifo(task, place.inode(), flags);
      case CHARACTER_DEVICE -> devices.open(task, place.inode(), flags);
      // A socket is connected to, not opened (unix(7)); there are no block devices.
      case SOCKET, BLOCK_DEVICE, REGULAR, DIRECTORY, SYMLINK -> throw ENXIO.exception();
    };
  }
}
