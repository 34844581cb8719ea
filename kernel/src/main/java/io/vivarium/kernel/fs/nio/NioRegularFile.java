package io.vivarium.kernel.fs.nio;

import static io.vivarium.kernel.errno.Errno.EFBIG;
import static io.vivarium.kernel.errno.Errno.EINVAL;
import static io.vivarium.kernel.errno.Errno.EIO;
import static io.vivarium.kernel.errno.Errno.EOPNOTSUPP;
import static io.vivarium.kernel.errno.Errno.ESTALE;

import io.vivarium.kernel.errno.ErrnoException;
import io.vivarium.kernel.fs.AllocateMode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Path;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A regular file of a provider. While it is in use it has at most one channel; what uses it without
 * opening it opens a channel for the one call.
 *
 * <p>Channels close under a thread that is interrupted, and guests are stopped by interrupting
 * their threads; so a call puts the interrupt aside, and one whose channel went opens it again.
 */
final class NioRegularFile extends NioInode {
  // open(2)
  private static final int ACCESS_MODE = 3;
  private static final int READ_ONLY = 0;
  private static final int WRITE_ONLY = 1;
  private static final int TRUNCATE = 01000;

  /** How often a channel that an interrupt closed is opened again before EIO. */
  private static final int MOST_ATTEMPTS = 5;

  private final ReentrantLock io = new ReentrantLock();
  private @Nullable ProviderChannel channel;

  /** Opened by the creation; kept for whoever opens the file next, even if its mode forbids it. */
  private boolean fresh;

  NioRegularFile(NioFileSystem fileSystem, NioAttributes attributes, @Nullable Place place) {
    super(fileSystem, attributes, place);
  }

  @Override
  public void prepareOpen(int flags) {
    boolean write = (flags & ACCESS_MODE) != READ_ONLY || (flags & TRUNCATE) != 0;
    boolean read = (flags & ACCESS_MODE) != WRITE_ONLY;
    if (write) {
      nio().requireWritable();
    }
    Lock tree = nio().tree().readLock();
    tree.lock();
    io.lock();
    try {
      channel(read, write);
      fresh = true; // stays for the user that comes now
    } finally {
      io.unlock();
      tree.unlock();
    }
  }

  // ---- channels --------------------------------------------------------------------------------

  /** Something done with the channel; may be done again from the start when the channel closed. */
  private interface Transfer {
    long run(SeekableByteChannel channel) throws IOException;
  }

  private long transfer(boolean write, Transfer transfer) {
    Lock tree = nio().tree().readLock();
    tree.lock();
    io.lock();
    boolean interrupted = false;
    try {
      for (int attempt = 1; ; attempt++) {
        interrupted |= Thread.interrupted();
        SeekableByteChannel open = channel(!write, write).channel();
        try {
          return transfer.run(open);
        } catch (ClosedChannelException e) {
          closeChannel();
          if (attempt == MOST_ATTEMPTS) {
            throw EIO.exception();
          }
        } catch (Throwable e) {
          throw NioErrors.errno(e).exception();
        }
      }
    } finally {
      if (!inUse() && !fresh) {
        closeChannel();
      }
      io.unlock();
      tree.unlock();
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** A channel that allows what is wanted. The caller holds the tree lock and the I/O lock. */
  private ProviderChannel channel(boolean read, boolean write) {
    ProviderChannel present = channel;
    if (present != null) {
      if (present.allows(read, write)) {
        nio().channels().used(this);
        return present;
      }
      read |= present.read();
      write |= present.write();
    }
    if (isGone()) {
      throw ESTALE.exception();
    }
    Path path = path();
    boolean readToo = read;
    boolean writeToo = write;
    NioAttributes attributes = NioErrors.ask(() -> NioAttributes.read(path, nio().views()));
    if (!is(attributes)) {
      throw ESTALE.exception();
    }
    closeChannel();
    nio().channels().opening(this);
    ProviderChannel opened = null;
    try {
      boolean small = !nio().ofHost() && attributes.size() <= ProviderChannel.SMALL_BYTES;
      opened = NioErrors.ask(() -> ProviderChannel.open(path, readToo, writeToo, small));
      channel = opened;
      return opened;
    } finally {
      if (opened == null) {
        nio().channels().closed(this);
      }
    }
  }

  /** The file was created with a channel that is of use to whoever opens it next. */
  void createdWith(FileChannel created) {
    io.lock();
    try {
      nio().channels().opening(this);
      channel = new ProviderChannel(created, true, true);
      fresh = true;
    } catch (ErrnoException e) {
      NioErrors.tell(created::close);
    } finally {
      io.unlock();
    }
  }

  /** Closes the channel; the provider may write now what it kept back. */
  private void closeChannel() {
    ProviderChannel present = channel;
    fresh = false;
    if (present != null) {
      channel = null;
      nio().channels().closed(this);
      boolean interrupted = Thread.interrupted();
      try {
        NioErrors.tell(present.channel()::close);
      } catch (ErrnoException e) {
        // close(2) has nobody to tell either; fsync(2) is the call that does.
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Makes room; false when the file could not open a channel again or is busy. */
  boolean closeForOthers() {
    if (!io.tryLock()) {
      return false;
    }
    try {
      if (isGone() && inUse()) {
        return false;
      }
      closeChannel();
      return true;
    } finally {
      io.unlock();
    }
  }

  void closeForGood() {
    io.lock();
    try {
      closeChannel();
    } finally {
      io.unlock();
    }
  }

  @Override
  void lastClosed() {
    closeForGood();
  }

  /**
   * The file is about to lose a name or to change it; the caller holds the tree lock.
   *
   * @param removed whether it is to be kept readable although nobody could find it again
   */
  void namesChange(boolean removed) {
    io.lock();
    try {
      if (!nio().hasKeys()) {
        closeChannel(); // or the provider would write it back under the old name
      } else if (removed && inUse() && channel == null) {
        keepReadable();
      }
    } finally {
      io.unlock();
    }
  }

  private void keepReadable() {
    for (boolean write : new boolean[] {!nio().readOnly(), false}) {
      try {
        channel(true, write);
        return;
      } catch (ErrnoException e) {
        // Less will do; without any access nothing is lost.
      }
    }
  }

  @Override
  void timesToBeSet() {
    namesChange(false);
  }

  // ---- attributes ------------------------------------------------------------------------------

  @Override
  NioAttributes knownAttributes() {
    NioAttributes attributes = super.knownAttributes();
    io.lock();
    try {
      ProviderChannel open = channel;
      if (open != null && (open.write() || attributes.links() == 0)) {
        return attributes.sized(open.channel().size());
      }
    } catch (IOException e) {
      return attributes;
    } finally {
      io.unlock();
    }
    return attributes;
  }

  // ---- contents --------------------------------------------------------------------------------

  @Override
  public int read(long position, byte[] buffer, int offset, int length) {
    if (position < 0) {
      throw EINVAL.exception();
    }
    if (length == 0) {
      return 0;
    }
    return (int) transfer(false, channel -> read(channel, position, buffer, offset, length));
  }

  private static long read(
      SeekableByteChannel channel, long position, byte[] buffer, int offset, int length)
      throws IOException {
    if (position >= channel.size()) {
      return 0;
    }
    ByteBuffer target = ByteBuffer.wrap(buffer, offset, length);
    while (target.hasRemaining()) {
      long at = position + (target.position() - offset);
      int count =
          channel instanceof FileChannel file
              ? file.read(target, at)
              : channel.position(at).read(target);
      if (count <= 0) {
        break;
      }
    }
    return (long) target.position() - offset;
  }

  @Override
  public int write(long position, byte[] buffer, int offset, int length) {
    nio().requireWritable();
    if (position < 0) {
      throw EINVAL.exception();
    }
    if (position > Long.MAX_VALUE - length) {
      throw EFBIG.exception();
    }
    if (length == 0) {
      return 0;
    }
    return (int) transfer(true, channel -> write(channel, position, buffer, offset, length));
  }

  private static long write(
      SeekableByteChannel channel, long position, byte[] buffer, int offset, int length)
      throws IOException {
    ByteBuffer source = ByteBuffer.wrap(buffer, offset, length);
    try {
      while (source.hasRemaining()) {
        long at = position + (source.position() - offset);
        int count =
            channel instanceof FileChannel file
                ? file.write(source, at)
                : channel.position(at).write(source);
        if (count <= 0) {
          break;
        }
      }
    } catch (ClosedChannelException e) {
      throw e;
    } catch (IOException e) {
      if (source.position() == offset) {
        throw e;
      }
    }
    int done = source.position() - offset;
    if (done == 0) {
      throw EIO.exception();
    }
    return done;
  }

  @Override
  public long append(byte[] buffer, int offset, int length) {
    nio().requireWritable();
    long[] end = {-1};
    return transfer(
        true,
        channel -> {
          if (end[0] < 0) {
            end[0] = channel.size(); // once: what an interrupted attempt wrote is written over
          }
          return length == 0 ? end[0] : end[0] + write(channel, end[0], buffer, offset, length);
        });
  }

  @Override
  public void truncate(long size) {
    nio().requireWritable();
    if (size < 0) {
      throw EINVAL.exception();
    }
    long _ =
        transfer(
            true,
            channel -> {
              if (size <= channel.size()) {
                channel.truncate(size);
              } else {
                write(channel, size - 1, new byte[1], 0, 1);
              }
              return 0;
            });
  }

  @Override
  public void allocate(AllocateMode mode, long position, long length) {
    nio().requireWritable();
    throw (position < 0 || length <= 0 ? EINVAL : EOPNOTSUPP).exception();
  }

  @Override
  public void sync() {
    long _ =
        transfer(
            !nio().readOnly(),
            channel -> {
              if (channel instanceof FileChannel file) {
                file.force(true);
              }
              return 0;
            });
  }
}
