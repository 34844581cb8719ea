package io.vivarium.kernel.fs.overlay;

import static io.vivarium.kernel.errno.Errno.EFBIG;
import static io.vivarium.kernel.errno.Errno.EINVAL;
import static io.vivarium.kernel.errno.Errno.ENODEV;
import static java.nio.charset.StandardCharsets.US_ASCII;

import io.vivarium.kernel.fs.AllocateMode;
import io.vivarium.kernel.fs.FileType;
import io.vivarium.kernel.fs.Inode;
import io.vivarium.kernel.fs.Stat;
import io.vivarium.kernel.fs.memory.MemoryFileSystem;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Anything but a directory in an overlay. Its attributes and its contents come up separately: a
 * lower file of which only attributes, names or extended attributes changed has a copy without
 * contents in the upper file system, marked as such.
 */
final class OverlayFile extends OverlayInode {
  // open(2)
  private static final int O_RDONLY = 0;
  private static final int O_TRUNC = 01000;

  private final OverlayFileSystem overlay;
  private final FileType type;

  /** Where the file comes from; null for a file made in the upper file system. */
  private final @Nullable Origin origin;

  /** Whether the lower file has several names. Its copy is then found by the index. */
  private final boolean manyLowerNames;

  /** The file that has the contents: a lower one, or the one in the upper file system. */
  private volatile Inode contents;

  /** Whether the copy is in the index and counts its names in a mark. */
  private volatile boolean indexed;

  private volatile boolean lowerUnlinked;
  private volatile @Nullable Link place;

  private OverlayFile(
      OverlayFileSystem overlay,
      long ino,
      @Nullable Inode upper,
      Inode contents,
      @Nullable Origin origin,
      boolean manyLowerNames) {
    super(overlay, ino, upper);
    this.overlay = overlay;
    this.type = contents.type();
    this.contents = contents;
    this.origin = origin;
    this.manyLowerNames = manyLowerNames;
  }

  /** The handle of a file that only a lower tree has. */
  static OverlayFile lower(
      OverlayFileSystem overlay, Inode lower, Origin origin, boolean manyNames) {
    return new OverlayFile(overlay, origin.unionIno(), null, lower, origin, manyNames);
  }

  /** The handle of a file that is in the upper file system. */
  static OverlayFile upper(OverlayFileSystem overlay, Inode upper, @Nullable Origin origin) {
    if (origin == null) {
      return new OverlayFile(overlay, upper.ino(), upper, upper, null, false);
    }
    boolean metacopy = Marks.has(upper, Marks.METACOPY);
    Inode contents = metacopy ? overlay.layers().file(origin) : upper;
    OverlayFile file = new OverlayFile(overlay, origin.unionIno(), upper, contents, origin, false);
    file.indexed = Marks.has(upper, Marks.LINKS) && upper.stat().links() > 0;
    return file;
  }

  @Override
  public FileType type() {
    return type;
  }

  @Override
  Inode lowerInode() {
    return contents; // asked only while there is no copy
  }

  @Override
  @Nullable Inode lowerContents() {
    Inode data = contents;
    return type == FileType.REGULAR && data != upper() ? data : null;
  }

  /** A lower file that the host would not let us read is refused when it is opened. */
  @Override
  public void prepareOpen(int flags) {
    Inode lower = lowerContents();
    if (lower != null && (flags & O_TRUNC) == 0) {
      lower.prepareOpen(O_RDONLY);
    }
  }

  @Override
  boolean isLowerUnlinked() {
    return lowerUnlinked;
  }

  /** Whether it has a number that is not that of its file in the upper file system. */
  boolean hasOrigin() {
    return origin != null;
  }

  /**
   * Whether removing one of its names must be counted, because its copy cannot know all of them.
   */
  boolean hasManyLowerNames() {
    return manyLowerNames;
  }

  /** Whether its copy is found by the index, from lower names that the upper tree does not have. */
  boolean isIndexed() {
    return indexed;
  }

  @Override
  public Stat stat() {
    while (true) {
      Inode data = contents;
      Inode real = real();
      Stat stat = real.stat();
      Stat dataStat = data == real ? stat : data.stat();
      int links = links(real, stat);
      if (data == contents && real == real()) {
        return new Stat(
            overlay.device(),
            ino(),
            stat.mode(),
            links,
            stat.uid(),
            stat.gid(),
            stat.rdev(),
            dataStat.size(),
            dataStat.blocks(),
            stat.accessTime(),
            stat.modificationTime(),
            stat.changeTime(),
            stat.birthTime());
      }
    }
  }

  private int links(Inode real, Stat stat) {
    if (indexed) {
      return countedLinks(real);
    }
    return lowerUnlinked ? 0 : stat.links();
  }

  @Override
  public long size() {
    return readable().size();
  }

  /** The file to read contents from. */
  private Inode readable() {
    Inode data = contents;
    real();
    return data;
  }

  @Override
  public int read(long position, byte[] buffer, int offset, int length) {
    return readable().read(position, buffer, offset, length);
  }

  @Override
  public long nextData(long position) {
    return readable().nextData(position);
  }

  @Override
  public long nextHole(long position) {
    return readable().nextHole(position);
  }

  @Override
  public String readLink() {
    return real().readLink();
  }

  @Override
  public int write(long position, byte[] buffer, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, buffer.length);
    checkRegular();
    if (length == 0) {
      return 0;
    }
    checkPosition(position);
    if (position == Long.MAX_VALUE) {
      throw EFBIG.exception();
    }
    return filled(Long.MAX_VALUE).write(position, buffer, offset, length);
  }

  @Override
  public long append(byte[] buffer, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, buffer.length);
    checkRegular();
    return length == 0 ? size() : filled(Long.MAX_VALUE).append(buffer, offset, length);
  }

  @Override
  public void truncate(long size) {
    checkRegular();
    checkPosition(size);
    filled(size).truncate(size);
  }

  @Override
  public void allocate(AllocateMode mode, long position, long length) {
    if (type != FileType.REGULAR) {
      throw ENODEV.exception();
    }
    checkPosition(position);
    if (length <= 0) {
      throw EINVAL.exception();
    }
    if (length > Long.MAX_VALUE - position) {
      throw EFBIG.exception();
    }
    filled(Long.MAX_VALUE).allocate(mode, position, length);
  }

  private void checkRegular() {
    if (type != FileType.REGULAR) {
      throw EINVAL.exception();
    }
  }

  private static void checkPosition(long position) {
    if (position < 0) {
      throw EINVAL.exception();
    }
  }

  /** The file in the upper file system, with the contents up to {@code limit}. */
  private Inode filled(long limit) {
    real();
    Inode copy = writable();
    if (contents != copy) {
      synchronized (this) {
        if (contents != copy) {
          copyContents(contents, copy, limit);
          contents = copy;
        }
      }
    }
    return copy;
  }

  /**
   * Brings the contents up. Should a snapshot be taken half way, the mark is still there and the
   * work starts anew in its forks. Times stay: what the contents are wanted for may still fail.
   */
  private void copyContents(Inode lower, Inode copy, long limit) {
    MemoryFileSystem files = overlay.upper().files();
    Stat before = copy.stat();
    try {
      ContentsCopy.copy(files, lower, copy, limit);
      overlay
          .lingering()
          .betweenSnapshots(() -> {
            if (limit < copy.size()) {
              copy.truncate(limit); // The caller's change; behind it nothing was copied.
            }
            copy.removeXattr(Marks.METACOPY);
          });
    } finally {
      files.restoreTimes(copy, before);
    }
  }

  @Override
  Inode copyUp() {
    Inode present = upper();
    if (present != null) {
      return present;
    }
    Inode lower = real();
    Origin from = Objects.requireNonNull(origin, "a lower file has an origin");
    Upper upper = overlay.upper();
    Map<String, byte[]> xattrs = Marks.xattrsWithout(lower);
    xattrs.put(Marks.ORIGIN, from.toBytes());
    boolean metacopy = type == FileType.REGULAR && lower.size() > 0;
    if (metacopy) {
      xattrs.put(Marks.METACOPY, Marks.YES);
    }
    Inode copy;
    if (lowerUnlinked) {
      synchronized (this) {
        checkUsed();
        copy = upper.files().copyIn(upper.work(), null, lower, xattrs);
        copied(copy, metacopy);
        return copy;
      }
    }
    if (manyLowerNames) {
      int links = lower.stat().links();
      int hidden = overlay.layers().hiddenLinks(from.layer(), from.ino(), links);
      xattrs.put(Marks.LINKS, number(links));
      if (hidden > 0) {
        xattrs.put(Marks.HIDDEN_LINKS, number(hidden));
      }
      String name = Upper.indexName(from.layer(), from.ino());
      copy = upper.files().copyIn(upper.index(), name, lower, xattrs);
      indexed = true;
    } else {
      Link at = Objects.requireNonNull(place, "a lower file was found somewhere");
      Inode directory = ((OverlayDirectory) at.directory()).copyUp();
      copy = upper.files().copyIn(directory, at.name(), lower, xattrs);
    }
    copied(copy, metacopy);
    return copy;
  }

  private void copied(Inode copy, boolean metacopy) {
    if (!metacopy) {
      contents = copy;
    }
    attach(copy);
  }

  private static byte[] number(int links) {
    return Integer.toString(links).getBytes(US_ASCII);
  }

  private static int countedLinks(Inode copy) {
    return count(copy, Marks.LINKS);
  }

  private static int count(Inode copy, String mark) {
    byte[] count = Marks.get(copy, mark);
    return count == null ? 0 : Integer.parseInt(new String(count, US_ASCII));
  }

  /** Counts a new name, before it is made; under the write lock. */
  void countName() {
    Inode copy = upper();
    if (indexed && copy != null) {
      copy.setXattr(Marks.LINKS, number(countedLinks(copy) + 1), 0);
    }
  }

  /** Counts a name less, after it was removed; under the write lock. This never fails. */
  void uncountName() {
    Inode copy = upper();
    if (!indexed || copy == null) {
      return;
    }
    int links = countedLinks(copy) - 1;
    boolean gone = links <= count(copy, Marks.HIDDEN_LINKS);
    copy.setXattr(Marks.LINKS, number(gone ? 0 : links), 0);
    if (gone) {
      Origin from = Objects.requireNonNull(origin, "a file in the index has an origin");
      indexed = false;
      overlay.upper().removeFromIndex(from.layer(), from.ino(), copy);
    }
  }

  /** Remembers a name that stands for this file; under the lock. */
  void foundAt(OverlayDirectory directory, String name) {
    if (place == null) {
      place = new Link(directory, name);
    }
  }

  /** A name does not stand for this file any more; under the write lock. */
  void lostName(OverlayDirectory directory, String name) {
    Link at = place;
    if (at != null && at.directory() == directory && at.name().equals(name)) {
      place = null;
    }
    if (upper() == null) {
      synchronized (this) {
        lowerUnlinked = true;
        lowerLost();
      }
    }
    uncountName();
  }

  /** One of its names moved; under the write lock. */
  void moved(OverlayDirectory directory, String name) {
    place = new Link(directory, name);
  }

  @Override
  public @Nullable Link link() {
    overlay.reading().lock();
    try {
      real();
      Link known = place;
      if (known == null) {
        known = overlay.names().findLink(this);
        place = known;
      }
      return known;
    } finally {
      overlay.reading().unlock();
    }
  }
}
