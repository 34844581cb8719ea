package io.vivarium.kernel.fs.nio;

import static io.vivarium.kernel.errno.Errno.ENOENT;
import static io.vivarium.kernel.errno.Errno.EOPNOTSUPP;
import static io.vivarium.kernel.errno.Errno.EPERM;
import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import io.vivarium.kernel.errno.ErrnoException;
import io.vivarium.kernel.fs.AttributeChange;
import io.vivarium.kernel.fs.FileSystem;
import io.vivarium.kernel.fs.FileType;
import io.vivarium.kernel.fs.Inode;
import io.vivarium.kernel.fs.Mode;
import io.vivarium.kernel.fs.Stat;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributeView;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import org.jspecify.annotations.Nullable;

/** A file of a provider: what all kinds have in common. */
abstract sealed class NioInode extends Inode
    permits NioDirectory, NioRegularFile, NioSymlink, NioSpecialFile {
  private static final int SECTOR = 512;

  private final NioFileSystem fileSystem;
  private final FileType type;
  private final long number;
  private final @Nullable Object key;
  private volatile @Nullable Place place;

  /** What was known when the last name went while the file was in use. */
  private volatile @Nullable NioAttributes departed;

  private int uses;

  /**
   * An inode.
   *
   * @param place where it is; null for the root
   */
  NioInode(NioFileSystem fileSystem, NioAttributes attributes, @Nullable Place place) {
    this.fileSystem = fileSystem;
    this.type = attributes.type();
    this.key = attributes.key();
    this.place = place;
    this.number = place == null ? 1 : fileSystem.inodes().number(attributes, place);
  }

  /**
   * Where a file is.
   *
   * @param gone whether the name was taken away
   */
  record Place(NioDirectory directory, String name, boolean gone) {}

  // ---- identity and place ----------------------------------------------------------------------

  @Override
  public final FileSystem fileSystem() {
    return fileSystem;
  }

  final NioFileSystem nio() {
    return fileSystem;
  }

  @Override
  public final long ino() {
    return number;
  }

  @Override
  public final FileType type() {
    return type;
  }

  final @Nullable Object key() {
    return key;
  }

  final boolean hasKey() {
    return key != null;
  }

  /** Whether these are attributes of this file. */
  final boolean is(NioAttributes attributes) {
    return attributes.type() == type && (key == null || key.equals(attributes.key()));
  }

  final @Nullable Place place() {
    return place;
  }

  /** A name stands for this file. */
  final void foundAt(NioDirectory directory, String name) {
    Place present = place;
    if (present == null
        || present.gone()
        || present.directory() != directory
        || !present.name().equals(name)) {
      place = new Place(directory, name, false);
    }
  }

  /**
   * A name stands for this file no more.
   *
   * @param last what was known of the file then
   */
  final void lostName(NioDirectory directory, String name, NioAttributes last) {
    Place present = place;
    if (present != null && present.directory() == directory && present.name().equals(name)) {
      if (inUse()) {
        departed = last.unlinked();
      }
      place = new Place(directory, name, true);
    }
  }

  final boolean isGone() {
    Place present = place;
    return present != null && present.gone();
  }

  // ---- life ------------------------------------------------------------------------------------

  @Override
  public final synchronized void opened() {
    uses++;
  }

  @Override
  public final void closed() {
    synchronized (this) {
      uses--;
      if (uses > 0) {
        return;
      }
      departed = null;
    }
    lastClosed();
  }

  final synchronized boolean inUse() {
    return uses > 0;
  }

  /** Nobody uses the file any more. */
  void lastClosed() {}

  @Override
  public final @Nullable Link link() {
    Place at = place;
    if (at == null || at.gone()) {
      return null;
    }
    try {
      return at.directory().lookup(at.name()) == this ? new Link(at.directory(), at.name()) : null;
    } catch (ErrnoException e) {
      return null;
    }
  }

  /** The provider's path of this file. The caller holds the tree lock. */
  final Path path() {
    Deque<String> names = new ArrayDeque<>();
    NioInode at = this;
    Place above = at.place;
    while (above != null) {
      if (above.gone()) {
        throw ENOENT.exception();
      }
      names.push(above.name());
      at = above.directory();
      above = at.place;
    }
    Path path = fileSystem.top();
    while (!names.isEmpty()) {
      Path next = ProviderNames.resolve(path, names.pop());
      boolean isWay = !names.isEmpty() || type == FileType.DIRECTORY;
      if (isWay && fileSystem.ofHost() && !Files.isDirectory(next, NOFOLLOW_LINKS)) {
        throw ENOENT.exception();
      }
      path = next;
    }
    return path;
  }

  // ---- attributes ------------------------------------------------------------------------------

  /** What the provider says now. */
  final NioAttributes attributes() {
    Lock lock = fileSystem.tree().readLock();
    lock.lock();
    try {
      Path path = path();
      return NioErrors.ask(() -> NioAttributes.read(path, fileSystem.views()));
    } finally {
      lock.unlock();
    }
  }

  /** Attributes as far as they can be known, also for a file in use that lost its name. */
  NioAttributes knownAttributes() {
    NioAttributes last = departed;
    return last != null ? last : attributes();
  }

  @Override
  public final Stat stat() {
    NioAttributes attributes = knownAttributes();
    return new Stat(
        fileSystem.device(),
        number,
        attributes.mode(),
        attributes.links(),
        fileSystem.options().uid(),
        fileSystem.options().gid(),
        0,
        attributes.size(),
        (attributes.size() + SECTOR - 1) / SECTOR,
        attributes.accessTime(),
        attributes.modificationTime(),
        attributes.changeTime(),
        attributes.birthTime());
  }

  @Override
  public final int mode() {
    return knownAttributes().mode();
  }

  @Override
  public final int uid() {
    return fileSystem.options().uid();
  }

  @Override
  public final int gid() {
    return fileSystem.options().gid();
  }

  @Override
  public long size() {
    return knownAttributes().size();
  }

  @Override
  public final void setAttributes(AttributeChange change) {
    fileSystem.requireWritable();
    NioOptions options = fileSystem.options();
    if ((change.uid() != AttributeChange.KEEP && change.uid() != options.uid())
        || (change.gid() != AttributeChange.KEEP && change.gid() != options.gid())) {
      throw EPERM.exception();
    }
    boolean mode = change.mode() != AttributeChange.KEEP;
    if (mode && type == FileType.SYMLINK) {
      throw EOPNOTSUPP.exception();
    }
    Lock lock = fileSystem.tree().readLock();
    lock.lock();
    try {
      Path path = path();
      if (mode) {
        setMode(path, change.mode());
      }
      if (change.accessTime() != AttributeChange.KEEP_TIME
          || change.modificationTime() != AttributeChange.KEEP_TIME) {
        setTimes(path, change);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Sets permission bits where the provider has a place for them. */
  static void setMode(Path path, int mode) {
    PosixFileAttributeView view =
        Files.getFileAttributeView(path, PosixFileAttributeView.class, NOFOLLOW_LINKS);
    if (view != null) {
      NioErrors.tell(() -> view.setPermissions(NioAttributes.permissions(mode & Mode.ACCESS)));
    }
  }

  private void setTimes(Path path, AttributeChange change) {
    BasicFileAttributeView view =
        Files.getFileAttributeView(path, BasicFileAttributeView.class, NOFOLLOW_LINKS);
    if (view == null) {
      throw EOPNOTSUPP.exception();
    }
    timesToBeSet();
    NioErrors.tell(
        () -> view.setTimes(time(change.modificationTime()), time(change.accessTime()), null));
  }

  /** Times are about to be set; later writes of what was kept back must not change them. */
  void timesToBeSet() {}

  private static @Nullable FileTime time(long nanos) {
    return nanos == AttributeChange.KEEP_TIME ? null : FileTime.from(nanos, TimeUnit.NANOSECONDS);
  }

  @Override
  public final String toString() {
    return type + " " + number;
  }
}
