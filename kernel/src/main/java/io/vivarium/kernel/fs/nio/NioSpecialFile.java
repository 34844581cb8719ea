package io.vivarium.kernel.fs.nio;

import static io.vivarium.kernel.errno.Errno.ENXIO;

import org.jspecify.annotations.Nullable;

/** A FIFO, socket or device of a provider: shown, never opened. */
final class NioSpecialFile extends NioInode {
  NioSpecialFile(NioFileSystem fileSystem, NioAttributes attributes, @Nullable Place place) {
    super(fileSystem, attributes, place);
  }

  @Override
  public void prepareOpen(int flags) {
    throw ENXIO.exception();
  }
}
