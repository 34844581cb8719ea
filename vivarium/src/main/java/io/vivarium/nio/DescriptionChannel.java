package io.vivarium.nio;

import io.vivarium.kernel.errno.ErrnoException;
import io.vivarium.kernel.file.FileDescription;
import io.vivarium.kernel.file.Whence;
import io.vivarium.kernel.wait.HostTask;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NonReadableChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;

/**
 * An open file description as a channel. One operation at a time; closing is safe from anywhere.
 */
final class DescriptionChannel implements SeekableByteChannel {
  private final FileDescription description;
  private final MachinePath path;
  private final boolean deletes;
  private volatile boolean open = true;

  DescriptionChannel(FileDescription description, MachinePath path, boolean deletes) {
    this.description = description;
    this.path = path;
    this.deletes = deletes;
  }

  @Override
  public synchronized int read(ByteBuffer target) throws IOException {
    checkOpen();
    if (!description.readable()) {
      throw new NonReadableChannelException();
    }
    int wanted = target.remaining();
    if (wanted == 0) {
      return 0;
    }
    byte[] bytes;
    int offset;
    if (target.hasArray()) {
      bytes = target.array();
      offset = target.arrayOffset() + target.position();
    } else {
      bytes = new byte[Math.min(wanted, 1 << 16)];
      offset = 0;
    }
    int length = target.hasArray() ? wanted : bytes.length;
    int count =
        Failures.translate(path, () -> description.read(HostTask.current(), bytes, offset, length));
    if (count <= 0) {
      return -1;
    }
    if (target.hasArray()) {
      target.position(target.position() + count);
    } else {
      target.put(bytes, 0, count);
    }
    return count;
  }

  @Override
  public synchronized int write(ByteBuffer source) throws IOException {
    checkOpen();
    if (!description.writable()) {
      throw new NonWritableChannelException();
    }
    int total = 0;
    while (source.hasRemaining()) {
      byte[] bytes = new byte[Math.min(source.remaining(), 1 << 20)];
      source.get(source.position(), bytes);
      int count =
          Failures.translate(
              path, () -> description.write(HostTask.current(), bytes, 0, bytes.length));
      source.position(source.position() + count);
      total += count;
    }
    return total;
  }

  @Override
  public synchronized long position() throws IOException {
    return seek(0, Whence.CURRENT);
  }

  @Override
  public synchronized SeekableByteChannel position(long newPosition) throws IOException {
    if (newPosition < 0) {
      throw new IllegalArgumentException("A position is not negative: " + newPosition);
    }
    seek(newPosition, Whence.SET);
    return this;
  }

  @Override
  public synchronized long size() throws IOException {
    checkOpen();
    return Failures.translate(path, () -> description.inode().size());
  }

  @Override
  public synchronized SeekableByteChannel truncate(long size) throws IOException {
    if (size < 0) {
      throw new IllegalArgumentException("A size is not negative: " + size);
    }
    checkOpen();
    if (!description.writable()) {
      throw new NonWritableChannelException();
    }
    Failures.run(
        path,
        null,
        () -> {
          if (size < description.inode().size()) {
            description.inode().truncate(size);
          }
        });
    if (position() > size) {
      position(size);
    }
    return this;
  }

  @Override
  public boolean isOpen() {
    return open;
  }

  @Override
  public synchronized void close() throws IOException {
    if (!open) {
      return;
    }
    open = false;
    try {
      description.release();
    } catch (ErrnoException e) {
      throw Failures.of(e, path, null);
    }
    if (deletes) {
      Files.deleteIfExists(path);
    }
  }

  private long seek(long offset, Whence whence) throws IOException {
    checkOpen();
    return Failures.translate(path, () -> description.seek(offset, whence));
  }

  private void checkOpen() throws ClosedChannelException {
    if (!open) {
      throw new ClosedChannelException();
    }
  }
}
