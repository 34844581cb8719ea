package io.vivarium;

import io.vivarium.kernel.errno.ErrnoException;
import io.vivarium.kernel.file.FileDescription;
import io.vivarium.kernel.file.PollEvents;
import io.vivarium.kernel.wait.HostTask;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.Objects;

/** The host's end of a guest's output: reads block until the guest writes or is gone. */
final class DescriptionInput extends InputStream {
  private final FileDescription description;
  private boolean closed;

  /** Takes over one reference to the description. */
  DescriptionInput(FileDescription description) {
    this.description = description;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, buffer.length);
    if (length == 0) {
      return 0;
    }
    if (!retain()) {
      throw new IOException("Stream closed");
    }
    try {
      int count = description.read(HostTask.current(), buffer, offset, length);
      return count == 0 ? -1 : count;
    } catch (ErrnoException e) {
      return switch (e.errno()) {
        // A terminal without guests on it answers EIO: for a reader of its output, the end.
        case EIO -> -1;
        case EINTR -> throw new InterruptedIOException("Interrupted while reading guest output");
        default -> throw new IOException(e.errno().message());
      };
    } finally {
      description.release();
    }
  }

  @Override
  public int available() {
    return (description.poll() & PollEvents.POLLIN) != 0 ? 1 : 0;
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      description.release();
    }
  }

  private synchronized boolean retain() {
    return !closed && description.tryRetain();
  }
}
