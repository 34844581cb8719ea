package io.vivarium.kernel.fs.nio;

import static io.vivarium.kernel.errno.Errno.EIO;
import static io.vivarium.kernel.errno.Errno.ENFILE;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;

/**
 * The files of a mount that have a channel of the provider open, the one used last at the end.
 * Beyond the limit the one that was not used for longest closes its channel, to open it again when
 * it is needed.
 */
final class ChannelTable {
  private final int limit;
  private final LinkedHashSet<NioRegularFile> open = new LinkedHashSet<>();
  private boolean closed;

  ChannelTable(int limit) {
    this.limit = limit;
  }

  /**
   * A file is about to open a channel.
   *
   * @throws io.vivarium.kernel.errno.ErrnoException ENFILE when all channels belong to files that
   *     could not be opened again, EIO when the file system is closed
   */
  void opening(NioRegularFile file) {
    for (NioRegularFile victim : inTheWay(file)) {
      if (victim.closeForOthers()) {
        break;
      }
    }
    synchronized (this) {
      if (closed) {
        throw EIO.exception();
      }
      if (open.size() >= limit && !open.contains(file)) {
        throw ENFILE.exception();
      }
      boolean _ = open.add(file);
    }
  }

  /** Files to try in turn, when there is no room for one more. */
  private synchronized List<NioRegularFile> inTheWay(NioRegularFile file) {
    return open.size() < limit || open.contains(file) ? List.of() : new ArrayList<>(open);
  }

  /** The channel of a file is used. */
  synchronized void used(NioRegularFile file) {
    if (open.remove(file)) {
      open.addLast(file);
    }
  }

  /** A file closed its channel. */
  synchronized void closed(NioRegularFile file) {
    open.remove(file);
  }

  synchronized int openCount() {
    return open.size();
  }

  /** Lets every file that can open its channel again close it now. */
  void closeNamed() {
    List<NioRegularFile> files;
    synchronized (this) {
      files = new ArrayList<>(open);
    }
    for (NioRegularFile file : files) {
      boolean _ = file.closeForOthers();
    }
  }

  /** Closes all channels for good. */
  void close() {
    List<NioRegularFile> files;
    synchronized (this) {
      closed = true;
      files = new ArrayList<>(open);
    }
    files.forEach(NioRegularFile::closeForGood);
  }
}
