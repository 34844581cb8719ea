package io.vivarium;

import io.vivarium.kernel.errno.ErrnoException;
import io.vivarium.kernel.file.FileDescription;
import io.vivarium.kernel.wait.HostTask;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.Objects;

/** The host's end of a guest's input: writes block while the guest does not read. */
final class DescriptionOutput extends OutputStream {
  private final FileDescription description;
  private boolean closed;

  /** Takes over one reference to the description. */
  DescriptionOutput(FileDescription description) {
    this.description = description;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] buffer, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, buffer.length);
    if (!retain()) {
      throw new IOException("Stream closed");
    }
    try {
      int done = 0;
      while (done < length) {
        done += description.write(HostTask.current(), buffer, offset + done, length - done);
      }
    } catch (ErrnoException e) {
      throw switch (e.errno()) {
        case EINTR -> new InterruptedIOException("Interrupted while writing guest input");
        default -> new IOException(e.errno().message());
      };
    } finally {
      description.release();
    }
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
