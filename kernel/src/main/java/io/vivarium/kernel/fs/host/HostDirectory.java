package io.vivarium.kernel.fs.host;

import static io.vivarium.kernel.errno.Errno.EEXIST;
import static io.vivarium.kernel.errno.Errno.EINVAL;
import static io.vivarium.kernel.errno.Errno.EIO;
import static io.vivarium.kernel.errno.Errno.EISDIR;
import static io.vivarium.kernel.errno.Errno.ENOENT;
import static io.vivarium.kernel.errno.Errno.ENOTDIR;
import static io.vivarium.kernel.errno.Errno.EPERM;
import static io.vivarium.kernel.errno.Errno.ESTALE;
import static io.vivarium.kernel.errno.Errno.EXDEV;

import io.vivarium.kernel.errno.Errno;
import io.vivarium.kernel.errno.ErrnoException;
import io.vivarium.kernel.fs.AllocateMode;
import io.vivarium.kernel.fs.DirectoryVisitor;
import io.vivarium.kernel.fs.FileType;
import io.vivarium.kernel.fs.Inode;
import io.vivarium.kernel.fs.Mode;
import io.vivarium.kernel.fs.NewInode;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A directory of the host. The host makes each change atomic; the lock here makes the comparison
 * with the inode a caller expects part of it, as far as guests are concerned.
 */
final class HostDirectory extends HostInode {
  private static final AtomicLong SERIALS = new AtomicLong();

  /** The most enumerations that are remembered between two calls. */
  private static final int PAUSED_READERS = 4;

  /** Where this directory comes when several are locked. */
  private final long serial = SERIALS.getAndIncrement();

  private final ReentrantReadWriteLock names = new ReentrantReadWriteLock();
  private final Deque<DirectoryReader> paused = new ArrayDeque<>();

  /** Until when a proof that this directory is beneath the root is good; System.nanoTime(). */
  private volatile long beneathUntil = System.nanoTime() - 1;

  HostDirectory(HostDirectoryFileSystem fileSystem, HostStat stat) {
    super(fileSystem, stat);
  }

  // ---- where it is ----------------------------------------------------------------------------

  private boolean isRoot() {
    return this == host().root();
  }

  /** A descriptor of this directory, which was beneath the root just now; held for the caller. */
  HostHandle beneath() {
    HostHandle known = knownBeneath();
    return known != null ? known : BeneathProof.prove(this);
  }

  /** As {@link #beneath}, when nothing has to be asked for it; else null. */
  @Nullable HostHandle knownBeneath() {
    if (isRoot()) {
      HostHandle handle = slot().retain();
      if (handle == null) {
        throw EIO.exception(); // the file system is closed
      }
      return handle;
    }
    return isProved() ? slot().retain() : null;
  }

  private boolean isProved() {
    return System.nanoTime() - beneathUntil < 0;
  }

  /** Until when the present proof is good; far away for the root. */
  long beneathUntil() {
    return isRoot() ? System.nanoTime() + BeneathProof.NANOS : beneathUntil;
  }

  /** It was seen beneath the root. */
  void provedBeneath(long until) {
    beneathUntil = until;
  }

  /** A removed directory in use still has attributes, and nothing to be found in it. */
  @Override
  HostHandle handle() {
    try {
      return beneath();
    } catch (ErrnoException e) {
      HostHandle open = slot().retain();
      if (open != null) {
        if (HostCalls.stat(open.fd()).links() == 0) {
          return open;
        }
        open.close();
      }
      throw e;
    }
  }

  @Override
  public Inode parent() {
    if (isRoot()) {
      return this;
    }
    Location at = location();
    if (at == null) {
      throw ENOENT.exception();
    }
    if (!at.gone() && !isProved()) {
      beneath().close();
      at = location();
    }
    return at == null ? host().root() : at.directory();
  }

  // ---- looking up and creating ----------------------------------------------------------------

  @Override
  public Inode lookup(String name) {
    HostName hostName = HostName.of(name);
    Lock lock = names.readLock();
    lock.lock();
    try (HostHandle directory = beneath()) {
      return open(directory, hostName);
    } finally {
      lock.unlock();
    }
  }

  /** The inode that a name stands for now. */
  private HostInode open(HostHandle directory, HostName name) {
    try (HostHandle found =
        host()
            .descriptors()
            .open(() -> HostCalls.openPath(directory.fd(), name), HostHandle.PATH)) {
      return admit(found, HostCalls.stat(found.fd()), name);
    }
  }

  /** The inode of what a descriptor of a name stands for. */
  HostInode admit(HostHandle found, HostStat stat, HostName name) {
    host().requireSameMount(found, stat);
    HostInode inode = host().inodes().intern(stat);
    inode.foundAt(this, name);
    inode.slot().offer(found);
    if (inode instanceof HostDirectory below && !below.isRoot()) {
      below.provedBeneath(beneathUntil());
    }
    return inode;
  }

  @Override
  public Inode create(String name, NewInode attributes) {
    host().requireWritable();
    HostName hostName = HostName.of(name);
    Lock lock = names.writeLock();
    lock.lock();
    try (HostHandle directory = beneath()) {
      return charged(() -> new Creation(this, directory, hostName, attributes).run());
    } finally {
      lock.unlock();
    }
  }

  /** Makes a name, for which there must be room. */
  private <T> T charged(Supplier<T> change) {
    host().growth().charge(GrowthLimit.NAME_BYTES);
    try {
      return change.get();
    } catch (ErrnoException e) {
      host().growth().release(GrowthLimit.NAME_BYTES);
      throw e;
    }
  }

  @Override
  public Inode createUnnamed(NewInode attributes) {
    host().requireWritable();
    if (attributes.type() != FileType.REGULAR) {
      throw EINVAL.exception();
    }
    int mode = attributes.mode() & Mode.ACCESS;
    try (HostHandle directory = beneath();
        HostHandle file =
            host()
                .descriptors()
                .open(
                    () -> HostCalls.createUnnamed(directory.fd(), mode),
                    HostHandle.READ | HostHandle.WRITE)) {
      HostInode inode = host().inodes().intern(Creation.settle(this, file, attributes));
      inode.slot().pinUntilOpened();
      inode.slot().offer(file);
      return inode;
    }
  }

  @Override
  public void link(String name, Inode target) {
    host().requireWritable();
    HostName hostName = HostName.of(name);
    HostInode file = own(target);
    if (file.type() == FileType.DIRECTORY) {
      throw EPERM.exception();
    }
    Lock lock = names.writeLock();
    lock.lock();
    try (HostHandle directory = beneath();
        HostHandle handle = file.handle()) {
      charged(() -> {
        HostCalls.link(handle.fd(), directory.fd(), hostName);
        file.foundAt(this, hostName);
        return file;
      });
    } finally {
      lock.unlock();
    }
  }

  private HostInode own(Inode inode) {
    if (inode instanceof HostInode file && file.host() == host()) {
      return file;
    }
    throw EXDEV.exception();
  }

  // ---- removing and renaming ------------------------------------------------------------------

  @Override
  public void unlink(String name, Inode expected) {
    remove(name, expected, false);
  }

  @Override
  public void rmdir(String name, Inode expected) {
    remove(name, expected, true);
  }

  private void remove(String name, Inode expected, boolean directories) {
    host().requireWritable();
    HostName hostName = HostName.of(name);
    HostInode victim = own(expected);
    Lock lock = names.writeLock();
    lock.lock();
    try (HostHandle directory = beneath()) {
      HostStat stat = HostCalls.stat(directory.fd(), hostName);
      if (!victim.is(stat)) {
        throw ESTALE.exception();
      }
      if (!directories && stat.type() == FileType.DIRECTORY) {
        throw EISDIR.exception();
      }
      if (directories && stat.type() != FileType.DIRECTORY) {
        throw ENOTDIR.exception();
      }
      if (directories) {
        removeDirectory(directory, hostName);
      } else {
        HostCalls.unlink(directory.fd(), hostName);
      }
      synchronized (host().locations()) {
        victim.lostName(this, hostName);
      }
      victim.nameRemoved(stat);
    } finally {
      lock.unlock();
    }
  }

  private static void removeDirectory(HostHandle directory, HostName name) {
    try {
      HostCalls.removeDirectory(directory.fd(), name);
    } catch (ErrnoException e) {
      // POSIX lets a file system say it either way.
      throw e.errno() == EEXIST ? Errno.ENOTEMPTY.exception() : e;
    }
  }

  @Override
  public void rename(
      String oldName,
      Inode expected,
      Inode newParent,
      String newName,
      @Nullable Inode expectedTarget,
      int flags) {
    host().requireWritable();
    if ((flags & ~(RENAME_NOREPLACE | RENAME_EXCHANGE)) != 0
        || flags == (RENAME_NOREPLACE | RENAME_EXCHANGE)) {
      throw EINVAL.exception();
    }
    if (!(own(newParent) instanceof HostDirectory to)) {
      throw ENOTDIR.exception();
    }
    Rename rename =
        new Rename(
            this,
            HostName.of(oldName),
            own(expected),
            to,
            HostName.of(newName),
            expectedTarget == null ? null : own(expectedTarget),
            flags);
    host().renames().lock();
    try {
      HostDirectory first = serial <= to.serial ? this : to;
      HostDirectory second = first == this ? to : this;
      first.names.writeLock().lock();
      second.names.writeLock().lock();
      try {
        rename.run();
      } finally {
        second.names.writeLock().unlock();
        first.names.writeLock().unlock();
      }
    } finally {
      host().renames().unlock();
    }
  }

  /** What a name stands for, null for nothing. */
  static @Nullable HostStat present(HostHandle directory, HostName name) {
    try {
      return HostCalls.stat(directory.fd(), name);
    } catch (ErrnoException e) {
      if (e.errno() == ENOENT) {
        return null;
      }
      throw e;
    }
  }

  // ---- what directories refuse -----------------------------------------------------------------

  @Override
  public int read(long position, byte[] buffer, int offset, int length) {
    throw EISDIR.exception();
  }

  @Override
  public int write(long position, byte[] buffer, int offset, int length) {
    throw EISDIR.exception();
  }

  @Override
  public long append(byte[] buffer, int offset, int length) {
    throw EISDIR.exception();
  }

  @Override
  public void truncate(long size) {
    throw EISDIR.exception();
  }

  @Override
  public void allocate(AllocateMode mode, long position, long length) {
    throw EISDIR.exception();
  }

  // ---- enumerating ----------------------------------------------------------------------------

  @Override
  public void readDirectory(long cookie, DirectoryVisitor visitor) {
    DirectoryReader reader = cookie == 0 ? null : resume(cookie);
    if (reader == null) {
      reader = new DirectoryReader(this, cookie);
    }
    boolean more = false;
    try {
      more = reader.visit(visitor);
    } finally {
      if (more) {
        pause(reader);
      } else {
        reader.dispose();
      }
    }
  }

  private @Nullable DirectoryReader resume(long cookie) {
    synchronized (paused) {
      for (DirectoryReader reader : paused) {
        if (reader.standsAt(cookie)) {
          paused.remove(reader);
          return reader;
        }
      }
      return null;
    }
  }

  private void pause(DirectoryReader reader) {
    DirectoryReader oldest = null;
    synchronized (paused) {
      paused.addLast(reader);
      if (paused.size() > PAUSED_READERS) {
        oldest = paused.removeFirst();
      }
    }
    if (oldest != null) {
      oldest.dispose();
    }
  }

  /** Nobody has the directory open: no enumeration goes on. */
  @Override
  void lastClosed() {
    super.lastClosed();
    synchronized (paused) {
      paused.forEach(DirectoryReader::dispose);
      paused.clear();
    }
  }

  @Override
  public void sync() {
    try (HostHandle directory = beneath();
        HostHandle open =
            host()
                .descriptors()
                .open(() -> HostCalls.openDirectory(directory.fd()), HostHandle.READ)) {
      HostCalls.sync(open.fd());
    }
  }
}
