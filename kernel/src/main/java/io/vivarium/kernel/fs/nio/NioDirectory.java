package io.vivarium.kernel.fs.nio;

import static io.vivarium.kernel.errno.Errno.EEXIST;
import static io.vivarium.kernel.errno.Errno.EINVAL;
import static io.vivarium.kernel.errno.Errno.EISDIR;
import static io.vivarium.kernel.errno.Errno.ENOENT;
import static io.vivarium.kernel.errno.Errno.ENOTDIR;
import static io.vivarium.kernel.errno.Errno.ENOTEMPTY;
import static io.vivarium.kernel.errno.Errno.EOPNOTSUPP;
import static io.vivarium.kernel.errno.Errno.EPERM;
import static io.vivarium.kernel.errno.Errno.ESTALE;
import static io.vivarium.kernel.errno.Errno.EXDEV;

import io.vivarium.kernel.errno.ErrnoException;
import io.vivarium.kernel.fs.AllocateMode;
import io.vivarium.kernel.fs.DirectoryVisitor;
import io.vivarium.kernel.fs.FileType;
import io.vivarium.kernel.fs.Inode;
import io.vivarium.kernel.fs.Mode;
import io.vivarium.kernel.fs.NewInode;
import java.io.IOException;
import java.lang.ref.SoftReference;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.locks.Lock;
import org.jspecify.annotations.Nullable;

/** A directory of a provider. Changes of names exclude everything else on the mount. */
final class NioDirectory extends NioInode {
  /** The listing that enumerations go on with; the next call can make it anew. */
  private volatile @Nullable SoftReference<NioListing> listing;

  NioDirectory(NioFileSystem fileSystem, NioAttributes attributes, @Nullable Place place) {
    super(fileSystem, attributes, place);
  }

  @Override
  public Inode parent() {
    Place at = place();
    return at == null ? this : at.directory();
  }

  // ---- looking up ------------------------------------------------------------------------------

  @Override
  public Inode lookup(String name) {
    Lock lock = nio().tree().readLock();
    lock.lock();
    try {
      NioInode found = find(ProviderNames.resolve(path(), name), name);
      if (found == null) {
        throw ENOENT.exception();
      }
      return found;
    } finally {
      lock.unlock();
    }
  }

  /** The inode of what a name stands for, null for nothing. The caller holds the tree lock. */
  private @Nullable NioInode find(Path path, String name) {
    try {
      return present(path, name);
    } catch (ErrnoException e) {
      if (e.errno() == ENOENT) {
        return null;
      }
      throw e;
    }
  }

  private NioInode present(Path path, String name) {
    NioAttributes attributes = NioErrors.ask(() -> NioAttributes.read(path, nio().views()));
    NioInode inode = nio().inodes().intern(this, name, attributes);
    inode.foundAt(this, name);
    return inode;
  }

  // ---- creating --------------------------------------------------------------------------------

  @Override
  public Inode create(String name, NewInode attributes) {
    nio().requireWritable();
    Lock lock = nio().tree().writeLock();
    lock.lock();
    try {
      Path path = ProviderNames.resolve(path(), name);
      if (find(path, name) != null) {
        throw EEXIST.exception();
      }
      return switch (attributes.type()) {
        case REGULAR -> createFile(path, name, attributes.mode() & Mode.ACCESS);
        case DIRECTORY -> createDirectory(path, name, attributes.mode() & Mode.ACCESS);
        case SYMLINK -> createSymlink(path, name, attributes.target());
        case FIFO, SOCKET, CHARACTER_DEVICE, BLOCK_DEVICE -> throw EPERM.exception();
      };
    } finally {
      lock.unlock();
    }
  }

  private NioInode createFile(Path path, String name, int mode) {
    Set<StandardOpenOption> options =
        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
    FileChannel channel = null;
    try {
      channel = NioErrors.ask(() -> FileChannel.open(path, options, initial(mode)));
    } catch (ErrnoException e) {
      if (e.errno() != EOPNOTSUPP) {
        throw e;
      }
      NioErrors.tell(() -> Files.createFile(path, initial(mode)));
    }
    boolean keep = channel != null && nio().hasKeys();
    if (channel != null && !keep) {
      NioErrors.tell(channel::close); // some providers show the file only then
    }
    NioInode inode = settled(path, name, mode);
    if (channel != null && keep && inode instanceof NioRegularFile file) {
      file.createdWith(channel);
    }
    return inode;
  }

  private NioInode createDirectory(Path path, String name, int mode) {
    NioErrors.tell(() -> Files.createDirectory(path, initial(mode)));
    return settled(path, name, mode);
  }

  private NioInode createSymlink(Path path, String name, String target) {
    if (target.isEmpty()) {
      throw ENOENT.exception();
    }
    try {
      NioErrors.tell(() -> Files.createSymbolicLink(path, path.getFileSystem().getPath(target)));
    } catch (ErrnoException e) {
      throw e.errno() == EOPNOTSUPP ? EPERM.exception() : e;
    }
    return present(path, name);
  }

  private FileAttribute<?>[] initial(int mode) {
    return nio().views().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(NioAttributes.permissions(mode))
        }
        : new FileAttribute<?>[0];
  }

  /** The inode of what was created, with the bits that the JVM's umask took. */
  private NioInode settled(Path path, String name, int mode) {
    NioInode inode = present(path, name);
    if (nio().views().contains("posix") && (inode.mode() & Mode.ACCESS) != mode) {
      setMode(path, mode);
    }
    namesChanged();
    return inode;
  }

  /** Directories of object stores and archives do not notice what happens in them. */
  private void namesChanged() {
    if (!nio().hasKeys()) {
      try {
        Files.setLastModifiedTime(path(), FileTime.from(Instant.now()));
      } catch (IOException | RuntimeException e) {
        // Then it has no time of its own.
      }
    }
  }

  @Override
  public Inode createUnnamed(NewInode attributes) {
    nio().requireWritable();
    throw EOPNOTSUPP.exception();
  }

  @Override
  public void link(String name, Inode target) {
    nio().requireWritable();
    NioInode file = own(target);
    // Without keys two names would be two files here.
    if (file.type() == FileType.DIRECTORY || !file.hasKey()) {
      throw EPERM.exception();
    }
    Lock lock = nio().tree().writeLock();
    lock.lock();
    try {
      Path path = ProviderNames.resolve(path(), name);
      Path existing = file.path();
      NioErrors.tell(() -> Files.createLink(path, existing));
    } catch (ErrnoException e) {
      throw e.errno() == EOPNOTSUPP ? EPERM.exception() : e;
    } finally {
      lock.unlock();
    }
  }

  private NioInode own(Inode inode) {
    if (inode instanceof NioInode file && file.nio() == nio()) {
      return file;
    }
    throw EXDEV.exception();
  }

  // ---- removing and renaming -------------------------------------------------------------------

  @Override
  public void unlink(String name, Inode expected) {
    remove(name, expected, false);
  }

  @Override
  public void rmdir(String name, Inode expected) {
    remove(name, expected, true);
  }

  private void remove(String name, Inode expected, boolean directories) {
    nio().requireWritable();
    NioInode victim = own(expected);
    Lock lock = nio().tree().writeLock();
    lock.lock();
    try {
      Path path = ProviderNames.resolve(path(), name);
      NioInode found = find(path, name);
      if (found == null) {
        throw ENOENT.exception();
      }
      if (found != victim) {
        throw ESTALE.exception();
      }
      boolean directory = victim.type() == FileType.DIRECTORY;
      if (directory != directories) {
        throw (directory ? EISDIR : ENOTDIR).exception();
      }
      if (directory && !isEmpty(path)) {
        throw ENOTEMPTY.exception();
      }
      NioAttributes last = victim.attributes();
      if (victim instanceof NioRegularFile file) {
        file.namesChange(true);
      }
      NioErrors.tell(() -> Files.delete(path));
      lost(victim, name, last);
      namesChanged();
    } finally {
      lock.unlock();
    }
  }

  private void lost(NioInode victim, String name, NioAttributes last) {
    victim.lostName(this, name, last);
    boolean counted = nio().views().contains("unix");
    if (!victim.hasKey() || (counted && last.links() <= 1) || isDirectory(victim)) {
      nio().inodes().gone(victim, this, name);
    }
  }

  private static boolean isDirectory(NioInode inode) {
    return inode.type() == FileType.DIRECTORY;
  }

  private static boolean isEmpty(Path directory) {
    return NioErrors.ask(() -> {
      try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
        return !entries.iterator().hasNext();
      }
    });
  }

  @Override
  public void rename(
      String oldName,
      Inode expected,
      Inode newParent,
      String newName,
      @Nullable Inode expectedTarget,
      int flags) {
    nio().requireWritable();
    if ((flags & ~RENAME_NOREPLACE) != 0) {
      throw EINVAL.exception();
    }
    NioInode moving = own(expected);
    if (!(own(newParent) instanceof NioDirectory to)) {
      throw ENOTDIR.exception();
    }
    Lock lock = nio().tree().writeLock();
    lock.lock();
    try {
      Path source = ProviderNames.resolve(path(), oldName);
      Path target = ProviderNames.resolve(to.path(), newName);
      NioInode present = find(source, oldName);
      if (present == null) {
        throw ENOENT.exception();
      }
      NioInode replaced = to.find(target, newName);
      if (replaced != null && flags == RENAME_NOREPLACE) {
        throw EEXIST.exception();
      }
      if (present != moving || replaced != expectedTarget) {
        throw ESTALE.exception();
      }
      if (replaced != moving) {
        requireMovable(moving, source, to, replaced, target);
        move(moving, oldName, source, to, replaced, newName, target);
      }
    } finally {
      lock.unlock();
    }
  }

  private void requireMovable(
      NioInode moving, Path source, NioDirectory to, @Nullable NioInode replaced, Path target) {
    if (isDirectory(moving)) {
      for (NioInode at = to; at != null; at = above(at)) {
        if (at == moving) {
          throw EINVAL.exception();
        }
      }
      if (replaced != null && !isDirectory(replaced)) {
        throw ENOTDIR.exception();
      }
      if (!nio().hasKeys() && !nio().ofHost() && !isEmpty(source)) {
        throw EXDEV.exception();
      }
    } else if (replaced != null && isDirectory(replaced)) {
      throw EISDIR.exception();
    }
    if (replaced != null && isDirectory(replaced) && !isEmpty(target)) {
      throw ENOTEMPTY.exception();
    }
  }

  private static @Nullable NioInode above(NioInode inode) {
    Place place = inode.place();
    return place == null ? null : place.directory();
  }

  private void move(
      NioInode moving,
      String oldName,
      Path source,
      NioDirectory to,
      @Nullable NioInode replaced,
      String newName,
      Path target) {
    NioAttributes last = replaced == null ? null : replaced.attributes();
    if (replaced instanceof NioRegularFile file) {
      file.namesChange(true);
    }
    if (moving instanceof NioRegularFile file) {
      file.namesChange(false);
    } else if (!nio().hasKeys()) {
      nio().channels().closeNamed();
    }
    NioErrors.tell(() -> moveAtBest(source, target, replaced != null));
    if (replaced != null && last != null) {
      to.lost(replaced, newName, last);
    }
    moving.foundAt(to, newName);
    nio().inodes().renamed(moving, this, oldName);
    namesChanged();
    to.namesChanged();
  }

  private static void moveAtBest(Path source, Path target, boolean replace) throws IOException {
    CopyOption[] replacing =
        replace ? new CopyOption[] {StandardCopyOption.REPLACE_EXISTING} : new CopyOption[0];
    CopyOption[] atomic =
        replace
            ? new CopyOption[] {StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING}
            : new CopyOption[] {StandardCopyOption.ATOMIC_MOVE};
    try {
      Files.move(source, target, atomic);
    } catch (AtomicMoveNotSupportedException | UnsupportedOperationException e) {
      Files.move(source, target, replacing);
    }
  }

  // ---- enumerating -----------------------------------------------------------------------------

  @Override
  public void readDirectory(long cookie, DirectoryVisitor visitor) {
    SoftReference<NioListing> kept = listing;
    NioListing known = cookie == 0 || kept == null ? null : kept.get();
    if (known == null) {
      known = list();
      listing = new SoftReference<>(known);
    }
    boolean more = known.visit(cookie, this, visitor);
    if (!more) {
      listing = null;
    }
  }

  private NioListing list() {
    Lock lock = nio().tree().readLock();
    lock.lock();
    try {
      Path path = path();
      return NioErrors.ask(() -> NioListing.of(path));
    } finally {
      lock.unlock();
    }
  }

  @Override
  void lastClosed() {
    listing = null;
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
}
