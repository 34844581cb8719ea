package io.vivarium.kernel.fs.host;

import static io.vivarium.kernel.errno.Errno.EFBIG;
import static io.vivarium.kernel.errno.Errno.EINVAL;
import static io.vivarium.kernel.errno.Errno.EOPNOTSUPP;

import io.vivarium.kernel.errno.Errno;
import io.vivarium.kernel.errno.ErrnoException;
import io.vivarium.kernel.fs.AllocateMode;
import io.vivarium.kernel.fs.Mode;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** A regular file of the host. Contents go straight through; there is no copy of them here. */
final class HostRegularFile extends HostInode {
  private static final int ACCESS_MODE = 3;
  private static final int READ_ONLY = 0;
  private static final int WRITE_ONLY = 1;
  private static final int TRUNCATE = 01000;

  /** The most that one append moves in a step. */
  private static final int APPEND_BYTES = 1 << 20;

  /** Whether the file, which has no name any more, is counted as given back. */
  private final AtomicBoolean released = new AtomicBoolean();

  /** Guards changes of the descriptor's access, and who moves its file offset. */
  private final ReentrantLock io = new ReentrantLock();

  HostRegularFile(HostDirectoryFileSystem fileSystem, HostStat stat) {
    super(fileSystem, stat);
  }

  @Override
  public void prepareOpen(int flags) {
    int needed =
        ((flags & ACCESS_MODE) != WRITE_ONLY ? HostHandle.READ : 0)
            | ((flags & ACCESS_MODE) != READ_ONLY || (flags & TRUNCATE) != 0
                ? HostHandle.WRITE
                : 0);
    open(needed).close();
  }

  // ---- descriptors ----------------------------------------------------------------------------

  /** A descriptor that allows reading or writing, held for the caller. */
  private HostHandle open(int needed) {
    if ((needed & HostHandle.WRITE) != 0) {
      host().requireWritable();
    }
    HostHandle present = handle();
    if (present.allows(needed)) {
      return present;
    }
    io.lock();
    try (present) {
      HostHandle changed = slot().retain();
      if (changed != null) {
        if (changed.allows(needed)) {
          return changed;
        }
        changed.close();
      }
      HostHandle wider = widen(present, needed);
      slot().replace(wider);
      return wider;
    } finally {
      io.unlock();
    }
  }

  /**
   * Opens the file with the access it has plus what is needed, or where refused with the latter.
   */
  private HostHandle widen(HostHandle present, int needed) {
    int both = present.access() | needed;
    try {
      return reopen(present, both);
    } catch (ErrnoException e) {
      boolean refused =
          switch (e.errno()) {
            case EACCES, EPERM, EROFS, ETXTBSY -> true;
            default -> false;
          };
      if (!refused || both == needed) {
        throw e;
      }
      return reopen(present, needed);
    }
  }

  private HostHandle reopen(HostHandle present, int access) {
    int flags =
        switch (access) {
          case HostHandle.READ -> LinuxAbi.O_RDONLY;
          case HostHandle.WRITE -> LinuxAbi.O_WRONLY;
          default -> LinuxAbi.O_RDWR;
        };
    HostHandle fresh =
        host().descriptors().open(() -> HostCalls.reopen(present.fd(), flags), access);
    if (fresh.allows(HostHandle.WRITE)) {
      dropSpecialBits(fresh);
    }
    return fresh;
  }

  /**
   * The kernel of the host takes set-user-id from a file that is written to, but not when root
   * writes; a guest must not choose what such a file does.
   */
  private static void dropSpecialBits(HostHandle fresh) {
    try {
      HostStat stat = HostCalls.stat(fresh.fd());
      if ((stat.mode() & (Mode.SET_UID | Mode.SET_GID)) != 0) {
        HostCalls.chmod(fresh.fd(), stat.mode() & (Mode.STICKY | Mode.ACCESS));
      }
    } catch (ErrnoException e) {
      fresh.close();
      throw e;
    }
  }

  /** Lets go of write access, so that programs of the host can execute the file again. */
  @Override
  void lastClosed() {
    if (host().growth().isSet()) {
      releaseIfGone();
    }
    super.lastClosed();
    @Nullable HostHandle present = slot().retain();
    if (present == null) {
      return;
    }
    io.lock();
    try (present) {
      if (present.allows(HostHandle.WRITE) && !slot().pinned()) {
        narrow(present);
      }
    } finally {
      io.unlock();
    }
  }

  private void narrow(HostHandle present) {
    try (HostHandle path =
        host().descriptors().open(() -> HostCalls.reopenPath(present.fd()), HostHandle.PATH)) {
      slot().replace(path);
    } catch (ErrnoException e) {
      slot().evict();
    }
  }

  /**
   * The file lost a name: when it was the last one, its bytes are given back with the last user.
   */
  @Override
  void nameRemoved(HostStat before) {
    super.nameRemoved(before);
    if (before.links() <= 1 && !slot().pinned()) {
      release(before.size());
    }
  }

  private void releaseIfGone() {
    HostHandle present = slot().retain();
    if (present != null) {
      try (present) {
        HostStat stat = HostCalls.stat(present.fd());
        if (stat.links() == 0) {
          release(stat.size());
        }
      }
    }
  }

  private void release(long bytes) {
    if (released.compareAndSet(false, true)) {
      host().growth().release(bytes);
    }
  }

  // ---- contents -------------------------------------------------------------------------------

  @Override
  public int read(long position, byte[] buffer, int offset, int length) {
    if (position < 0) {
      throw EINVAL.exception();
    }
    int most = (int) Math.min(length, Long.MAX_VALUE - position);
    try (HostHandle handle = open(HostHandle.READ)) {
      int done = 0;
      while (done < most) {
        int wanted = Math.min(most - done, Scratch.DATA_BYTES);
        int count;
        try {
          count = HostCalls.read(handle.fd(), position + done, buffer, offset + done, wanted);
        } catch (ErrnoException e) {
          if (done > 0) {
            break;
          }
          throw e;
        }
        done += count;
        if (count < wanted) {
          break;
        }
      }
      return done;
    }
  }

  @Override
  public int write(long position, byte[] buffer, int offset, int length) {
    if (position < 0) {
      throw EINVAL.exception();
    }
    if (position > Long.MAX_VALUE - length) {
      throw EFBIG.exception();
    }
    try (HostHandle handle = open(HostHandle.WRITE)) {
      GrowthLimit growth = host().growth();
      if (!growth.isSet()) {
        return write(handle, position, buffer, offset, length);
      }
      io.lock();
      try {
        int fits = growth.fit(HostCalls.stat(handle.fd()).size(), position, length);
        return (int)
            growth.charged(
                handle, position + fits, () -> write(handle, position, buffer, offset, fits));
      } finally {
        io.unlock();
      }
    }
  }

  private int write(HostHandle handle, long position, byte[] buffer, int offset, int length) {
    int done = 0;
    while (done < length) {
      int at = done;
      int wanted = Math.min(length - done, Scratch.DATA_BYTES);
      int count;
      try {
        count =
            (int)
                roomMade(
                    () -> HostCalls.write(handle.fd(), position + at, buffer, offset + at, wanted));
      } catch (ErrnoException e) {
        if (done > 0) {
          break;
        }
        throw e;
      }
      done += count;
      if (count < wanted) {
        break;
      }
    }
    return done;
  }

  @Override
  public long append(byte[] buffer, int offset, int length) {
    io.lock();
    try (HostHandle handle = open(HostHandle.WRITE)) {
      long size = HostCalls.stat(handle.fd()).size();
      if (length == 0) {
        return size;
      }
      GrowthLimit growth = host().growth();
      if (!growth.isSet()) {
        return append(handle, buffer, offset, length);
      }
      int fits = growth.fit(size, size, length);
      return growth.charged(handle, size + fits, () -> append(handle, buffer, offset, fits));
    } finally {
      io.unlock();
    }
  }

  private long append(HostHandle handle, byte[] buffer, int offset, int length) {
    int done = 0;
    long end = 0;
    while (done < length) {
      int at = done;
      int wanted = Math.min(length - done, APPEND_BYTES);
      int count;
      try {
        count = (int) roomMade(() -> HostCalls.append(handle.fd(), buffer, offset + at, wanted));
      } catch (ErrnoException e) {
        if (done > 0) {
          break;
        }
        throw e;
      }
      end = HostCalls.seek(handle.fd(), 0, LinuxAbi.SEEK_CUR);
      done += count;
      if (count < wanted) {
        break;
      }
    }
    return end;
  }

  /** When the host is full, gives back deleted files that only idle descriptors hold, once. */
  private long roomMade(LongSupplier call) {
    try {
      return call.getAsLong();
    } catch (ErrnoException e) {
      boolean full = e.errno() == Errno.ENOSPC || e.errno() == Errno.EDQUOT;
      if (!full || !host().descriptors().closeIdle()) {
        throw e;
      }
      return call.getAsLong();
    }
  }

  @Override
  public void truncate(long size) {
    if (size < 0) {
      throw EINVAL.exception();
    }
    io.lock();
    try (HostHandle handle = open(HostHandle.WRITE)) {
      long _ =
          host()
              .growth()
              .charged(
                  handle,
                  size,
                  () -> {
                    HostCalls.truncate(handle.fd(), size);
                    return 0;
                  });
    } finally {
      io.unlock();
    }
  }

  @Override
  public void allocate(AllocateMode mode, long position, long length) {
    if (position < 0 || length <= 0) {
      throw EINVAL.exception();
    }
    int flags =
        switch (mode) {
          case RESERVE -> 0;
          case RESERVE_KEEP_SIZE -> LinuxAbi.FALLOC_FL_KEEP_SIZE;
          case PUNCH_HOLE -> LinuxAbi.FALLOC_FL_PUNCH_HOLE | LinuxAbi.FALLOC_FL_KEEP_SIZE;
          case ZERO_RANGE -> LinuxAbi.FALLOC_FL_ZERO_RANGE;
          case ZERO_RANGE_KEEP_SIZE -> LinuxAbi.FALLOC_FL_ZERO_RANGE | LinuxAbi.FALLOC_FL_KEEP_SIZE;
          case COLLAPSE_RANGE -> LinuxAbi.FALLOC_FL_COLLAPSE_RANGE;
          case INSERT_RANGE -> LinuxAbi.FALLOC_FL_INSERT_RANGE;
        };
    io.lock();
    try (HostHandle handle = open(HostHandle.WRITE)) {
      long end = endAfter(mode, HostCalls.stat(handle.fd()).size(), position, length);
      long _ =
          host()
              .growth()
              .charged(
                  handle,
                  end,
                  () ->
                      roomMade(() -> {
                        HostCalls.allocate(handle.fd(), flags, position, length);
                        return 0;
                      }));
    } finally {
      io.unlock();
    }
  }

  /** Where the file ends after {@link #allocate}; the host judges positions that overflow. */
  private long endAfter(AllocateMode mode, long size, long position, long length) {
    if (position > Long.MAX_VALUE - length) {
      throw EFBIG.exception();
    }
    return switch (mode) {
      case RESERVE, ZERO_RANGE -> position + length;
      case INSERT_RANGE -> size > Long.MAX_VALUE - length ? Long.MAX_VALUE : size + length;
      case RESERVE_KEEP_SIZE, ZERO_RANGE_KEEP_SIZE -> {
        if (host().growth().isSet() && position + length > size) {
          throw EOPNOTSUPP.exception(); // space behind the end would not be counted
        }
        yield size;
      }
      case PUNCH_HOLE, COLLAPSE_RANGE -> size;
    };
  }

  @Override
  public long nextData(long position) {
    return seek(position, LinuxAbi.SEEK_DATA);
  }

  @Override
  public long nextHole(long position) {
    return seek(position, LinuxAbi.SEEK_HOLE);
  }

  private long seek(long position, int whence) {
    if (position < 0) {
      throw Errno.ENXIO.exception();
    }
    io.lock();
    try (HostHandle handle = open(HostHandle.READ)) {
      return HostCalls.seek(handle.fd(), position, whence);
    } finally {
      io.unlock();
    }
  }

  @Override
  public void sync() {
    HostHandle present = handle();
    if (present.access() == HostHandle.PATH) {
      present.close();
      present = open(HostHandle.READ);
    }
    try (HostHandle handle = present) {
      HostCalls.sync(handle.fd());
    }
  }
}
