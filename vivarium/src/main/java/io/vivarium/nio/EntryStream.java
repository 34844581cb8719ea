package io.vivarium.nio;

import static io.vivarium.kernel.errno.Errno.ENOENT;

import io.vivarium.kernel.errno.ErrnoException;
import io.vivarium.kernel.fs.Inode;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** The entries of a directory, fetched in portions, so a huge directory costs no more than one. */
final class EntryStream implements DirectoryStream<Path> {
  private static final int PORTION = 256;

  private final MachinePath directory;
  private final Inode inode;
  private final DirectoryStream.Filter<? super Path> filter;
  private boolean iterated;
  private volatile boolean closed;

  EntryStream(MachinePath directory, Inode inode, DirectoryStream.Filter<? super Path> filter) {
    this.directory = directory;
    this.inode = inode;
    this.filter = filter;
    inode.opened();
  }

  @Override
  public synchronized Iterator<Path> iterator() {
    if (iterated || closed) {
      throw new IllegalStateException("A directory stream is iterated once, while it is open");
    }
    iterated = true;
    return new Entries();
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      inode.closed();
    }
  }

  private final class Entries implements Iterator<Path> {
    private final Deque<Path> fetched = new ArrayDeque<>();
    private long cookie;
    private boolean end;

    @Override
    public boolean hasNext() {
      while (fetched.isEmpty() && !end && !closed) {
        fetch();
      }
      return !fetched.isEmpty();
    }

    @Override
    public Path next() {
      Path next = hasNext() ? fetched.poll() : null;
      if (next == null) {
        throw new NoSuchElementException();
      }
      return next;
    }

    private void fetch() {
      Deque<Path> portion = new ArrayDeque<>();
      try {
        inode.readDirectory(
            cookie,
            (name, ino, type, next) -> {
              portion.add(directory.resolve(directory.getFileSystem().getPath(name)));
              cookie = next;
              return portion.size() < PORTION;
            });
      } catch (ErrnoException e) {
        if (e.errno() != ENOENT) {
          throw new DirectoryIteratorException(Failures.of(e, directory, null));
        }
        portion.clear(); // The directory was removed meanwhile.
      }
      end = portion.size() < PORTION;
      for (Path entry : portion) {
        if (accepts(entry)) {
          fetched.add(entry);
        }
      }
    }

    private boolean accepts(@Nullable Path entry) {
      try {
        return entry != null && filter.accept(entry);
      } catch (IOException e) {
        throw new DirectoryIteratorException(e);
      }
    }
  }
}
