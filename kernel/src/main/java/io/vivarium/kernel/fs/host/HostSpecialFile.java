package io.vivarium.kernel.fs.host;

import static io.vivarium.kernel.errno.Errno.EACCES;
import static io.vivarium.kernel.errno.Errno.ENXIO;

import io.vivarium.kernel.fs.FileType;

/**
 * A FIFO, socket or device node of the host: shown, never opened. Opening a FIFO could stall the
 * thread and opening a device could do anything; so FIFOs and sockets answer ENXIO, as if nobody
 * were at the other end, and devices EACCES, as on a mount with {@code nodev}.
 */
final class HostSpecialFile extends HostInode {
  HostSpecialFile(HostDirectoryFileSystem fileSystem, HostStat stat) {
    super(fileSystem, stat);
  }

  @Override
  public void prepareOpen(int flags) {
    throw type() == FileType.FIFO || type() == FileType.SOCKET
        ? ENXIO.exception()
        : EACCES.exception();
  }
}
