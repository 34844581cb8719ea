package io.vivarium.kernel.fs.overlay;

import static io.vivarium.kernel.errno.Errno.EINVAL;
import static io.vivarium.kernel.errno.Errno.EISDIR;
import static io.vivarium.kernel.errno.Errno.ENOENT;
import static io.vivarium.kernel.errno.Errno.ENOTDIR;
import static io.vivarium.kernel.errno.Errno.EXDEV;

import io.vivarium.kernel.fs.AllocateMode;
import io.vivarium.kernel.fs.DirectoryVisitor;
import io.vivarium.kernel.fs.FileType;
import io.vivarium.kernel.fs.Inode;
import io.vivarium.kernel.fs.NewInode;
import io.vivarium.kernel.fs.Stat;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A directory in an overlay: one of the upper tree, one of the lower trees, or both merged. */
final class OverlayDirectory extends OverlayInode {
  private final OverlayFileSystem overlay;
  private final @Nullable LowerDirectory lower;

  // Guarded by the lock of the overlay.
  private @Nullable OverlayDirectory parent;
  private String name;

  private volatile boolean removed;

  /** How many directories are in a merged one; -1 when nobody has counted. */
  private final AtomicInteger subdirectories = new AtomicInteger(-1);

  OverlayDirectory(
      OverlayFileSystem overlay,
      @Nullable Inode upper,
      @Nullable LowerDirectory lower,
      @Nullable OverlayDirectory parent,
      String name) {
    super(overlay, number(upper, lower), upper);
    this.overlay = overlay;
    this.lower = lower;
    this.parent = parent;
    this.name = name;
  }

  private static long number(@Nullable Inode upper, @Nullable LowerDirectory lower) {
    if (lower != null) {
      return Origin.unionIno(lower.topLayer(), lower.top().ino());
    }
    return Objects.requireNonNull(upper, "a directory is somewhere").ino();
  }

  @Override
  public FileType type() {
    return FileType.DIRECTORY;
  }

  @Override
  Inode lowerInode() {
    return Objects.requireNonNull(lower, "a directory that is not upper is lower").top();
  }

  @Override
  @Nullable Inode lowerContents() {
    return null; // The names were read once and for all.
  }

  @Override
  boolean isLowerUnlinked() {
    return removed;
  }

  @Nullable LowerDirectory lower() {
    return lower;
  }

  @Nullable OverlayDirectory parentDirectory() {
    return parent;
  }

  String name() {
    return name;
  }

  boolean isRemoved() {
    return removed;
  }

  void checkNotRemoved() {
    if (removed) {
      throw ENOENT.exception();
    }
  }

  @Override
  Inode copyUp() {
    Inode present = upper();
    if (present != null) {
      return present;
    }
    checkNotRemoved();
    Inode original = lowerInode();
    OverlayDirectory above = Objects.requireNonNull(parent, "the root is always upper");
    Inode copy =
        overlay
            .upper()
            .files()
            .copyIn(above.copyUp(), name, original, Marks.xattrsWithout(original));
    attach(copy);
    return copy;
  }

  /** The entry of the lower trees under a name. */
  @Nullable LowerEntry lowerEntry(String entryName) {
    return lower == null ? null : lower.find(entryName);
  }

  /** What the upper tree has under a name, a whiteout perhaps. */
  @Nullable Inode upperEntry(String entryName) {
    Inode present = upper();
    return present == null ? null : Upper.find(present, entryName);
  }

  /** The file that a name stands for, or null; under the lock. */
  @Nullable OverlayInode find(String entryName) {
    if (removed) {
      return null;
    }
    Inode fromUpper = upperEntry(entryName);
    OverlayInode found;
    if (fromUpper != null) {
      if (Marks.isWhiteout(fromUpper)) {
        return null;
      }
      found = overlay.cache().ofUpper(fromUpper, this, entryName);
    } else {
      LowerEntry entry = lowerEntry(entryName);
      if (entry == null) {
        return null;
      }
      found = overlay.cache().ofLower(entry, this);
    }
    if (found instanceof OverlayFile file) {
      file.foundAt(this, entryName);
    }
    return found;
  }

  /** Says where this directory is now; under the write lock. */
  void moved(OverlayDirectory newParent, String newName) {
    parent = newParent;
    name = newName;
  }

  /** The directory lost its name; under the write lock. */
  synchronized void removed() {
    removed = true;
    if (upper() == null) {
      lowerLost();
    }
  }

  /** A directory came or went; under the write lock. */
  void countSubdirectory(int change) {
    if (subdirectories.get() >= 0) {
      subdirectories.addAndGet(change);
    }
  }

  @Override
  public Stat stat() {
    overlay.reading().lock();
    try {
      Stat stat = real().stat();
      return new Stat(
          overlay.device(),
          ino(),
          stat.mode(),
          removed ? 0 : links(stat),
          stat.uid(),
          stat.gid(),
          0,
          stat.size(),
          stat.blocks(),
          stat.accessTime(),
          stat.modificationTime(),
          stat.changeTime(),
          stat.birthTime());
    } finally {
      overlay.reading().unlock();
    }
  }

  private int links(Stat stat) {
    if (lower == null) {
      return stat.links();
    }
    int count = subdirectories.get();
    if (count < 0) {
      count = MergedEntries.countDirectories(upper(), lower);
      subdirectories.set(count);
    }
    return 2 + count;
  }

  @Override
  public long size() {
    return real().size();
  }

  @Override
  public Inode lookup(String entryName) {
    overlay.reading().lock();
    try {
      real();
      OverlayInode found = find(entryName);
      if (found == null) {
        throw ENOENT.exception();
      }
      return found;
    } finally {
      overlay.reading().unlock();
    }
  }

  @Override
  public Inode parent() {
    overlay.reading().lock();
    try {
      real();
      return parent == null ? this : parent;
    } finally {
      overlay.reading().unlock();
    }
  }

  @Override
  public @Nullable Link link() {
    overlay.reading().lock();
    try {
      real();
      return removed || parent == null ? null : new Link(parent, name);
    } finally {
      overlay.reading().unlock();
    }
  }

  @Override
  public Inode create(String entryName, NewInode attributes) {
    overlay.writing().lock();
    try {
      return overlay.names().create(this, entryName, attributes);
    } finally {
      overlay.writing().unlock();
    }
  }

  @Override
  public Inode createUnnamed(NewInode attributes) {
    if (attributes.type() != FileType.REGULAR) {
      throw EINVAL.exception();
    }
    overlay.writing().lock();
    try {
      checkNotRemoved();
      Inode file = overlay.upper().work().createUnnamed(attributes);
      return overlay.cache().ofUpper(file, null, "");
    } finally {
      overlay.writing().unlock();
    }
  }

  @Override
  public void link(String entryName, Inode target) {
    OverlayInode file = sameFileSystem(target);
    overlay.writing().lock();
    try {
      overlay.names().link(this, entryName, file);
    } finally {
      overlay.writing().unlock();
    }
  }

  @Override
  public void unlink(String entryName, Inode expected) {
    overlay.writing().lock();
    try {
      overlay.names().unlink(this, entryName, expected);
    } finally {
      overlay.writing().unlock();
    }
  }

  @Override
  public void rmdir(String entryName, Inode expected) {
    overlay.writing().lock();
    try {
      overlay.names().rmdir(this, entryName, expected);
    } finally {
      overlay.writing().unlock();
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
    if (!(sameFileSystem(newParent) instanceof OverlayDirectory to)) {
      throw ENOTDIR.exception();
    }
    overlay.writing().lock();
    try {
      new OverlayRename(overlay, this, oldName, to, newName).run(expected, expectedTarget, flags);
    } finally {
      overlay.writing().unlock();
    }
  }

  private OverlayInode sameFileSystem(Inode inode) {
    if (inode instanceof OverlayInode mine && mine.fileSystem() == overlay) {
      return mine;
    }
    throw EXDEV.exception();
  }

  /**
   * {@inheritDoc}
   *
   * <p>Cookies are greater than 2, which leaves 1 and 2 to the caller for "." and "..".
   */
  @Override
  public void readDirectory(long cookie, DirectoryVisitor visitor) {
    new MergedEntries(overlay, this).visit(cookie, visitor);
  }

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
