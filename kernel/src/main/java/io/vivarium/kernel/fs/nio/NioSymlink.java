package io.vivarium.kernel.fs.nio;

import io.vivarium.kernel.text.ByteStrings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.Lock;
import org.jspecify.annotations.Nullable;

/** A symlink of a provider. Its text is for the machine's path walk; the provider follows none. */
final class NioSymlink extends NioInode {
  NioSymlink(NioFileSystem fileSystem, NioAttributes attributes, @Nullable Place place) {
    super(fileSystem, attributes, place);
  }

  /** The size of a symlink is the length of its target, which not every provider says. */
  @Override
  NioAttributes knownAttributes() {
    NioAttributes attributes = super.knownAttributes();
    return attributes.links() == 0 ? attributes : attributes.sized(ByteStrings.length(readLink()));
  }

  @Override
  public String readLink() {
    Lock lock = nio().tree().readLock();
    lock.lock();
    try {
      Path path = path();
      return NioErrors.ask(() -> Files.readSymbolicLink(path).toString());
    } finally {
      lock.unlock();
    }
  }
}
