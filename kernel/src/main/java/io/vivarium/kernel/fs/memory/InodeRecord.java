package io.vivarium.kernel.fs.memory;

import io.vivarium.kernel.fs.AttributeChange;
import io.vivarium.kernel.fs.FileType;
import io.vivarium.kernel.fs.Mode;
import io.vivarium.kernel.fs.NewInode;
import io.vivarium.kernel.fs.Stat;

/**
 * What the inode table holds for one file. A record belongs to an edit; it changes in place under
 * that edit and is copied under a later one.
 */
abstract sealed class InodeRecord
    permits RegularRecord, DirectoryRecord, SymlinkRecord, NodeRecord {
  /** Host memory of a record with its place in the inode table and its handle. */
  private static final long OVERHEAD = 320;

  /** Host memory of one hard link beyond the first, in {@link #moreLinks}. */
  static final long EXTRA_LINK = 128;

  final Edit owner;
  final long ino;
  final FileType type;

  /** Whether the file is gone; said only of records that belong to the present edit. */
  boolean removed;

  long birthTime;
  int permissions;
  int uid;
  int gid;
  int links;
  long accessTime;
  long modificationTime;
  long changeTime;
  NameMap<Xattr> xattrs;

  /** Host memory of the extended attributes. */
  long xattrBytes;

  /** Bytes of the names of the extended attributes, each with a zero byte. */
  int xattrNames;

  /** The directory of the link at {@link #linkCookie}; stays behind as parent of a removed one. */
  long linkDirectory;

  /** The cookie of one link, or 0 when there is none. */
  private long linkCookie;

  /** Further links: the cookie of each with its directory. */
  private PersistentRadix<Long> moreLinks;

  InodeRecord(Edit owner, long ino, NewInode attributes, long now) {
    this.owner = owner;
    this.ino = ino;
    this.type = attributes.type();
    this.permissions = attributes.mode() & Mode.PERMISSIONS;
    this.uid = attributes.uid();
    this.gid = attributes.gid();
    this.birthTime = now;
    this.accessTime = now;
    this.modificationTime = now;
    this.changeTime = now;
    this.xattrs = NameMap.empty();
    this.moreLinks = PersistentRadix.empty();
  }

  InodeRecord(Edit owner, InodeRecord original) {
    this.owner = owner;
    this.ino = original.ino;
    this.type = original.type;
    this.birthTime = original.birthTime;
    this.permissions = original.permissions;
    this.uid = original.uid;
    this.gid = original.gid;
    this.links = original.links;
    this.accessTime = original.accessTime;
    this.modificationTime = original.modificationTime;
    this.changeTime = original.changeTime;
    this.xattrs = original.xattrs;
    this.xattrBytes = original.xattrBytes;
    this.xattrNames = original.xattrNames;
    this.linkDirectory = original.linkDirectory;
    this.linkCookie = original.linkCookie;
    this.moreLinks = original.moreLinks;
  }

  /** A copy that belongs to {@code edit}. */
  abstract InodeRecord copy(Edit edit);

  /** Size as stat(2) tells it. */
  abstract long size();

  /** Allocated units of 512 bytes. */
  abstract long sectors();

  /** Bytes that count in the ledger: the size of everything but a directory. */
  abstract long chargedBytes();

  /** Host memory of the contents. */
  abstract long contentResidentBytes();

  /** Device number of a device node, else 0. */
  long rdev() {
    return 0;
  }

  final long residentBytes() {
    return OVERHEAD + xattrBytes + EXTRA_LINK * moreLinks.size() + contentResidentBytes();
  }

  final int mode() {
    return type.modeBits() | permissions;
  }

  final Stat stat(long device) {
    return new Stat(
        device,
        ino,
        mode(),
        links,
        uid,
        gid,
        rdev(),
        size(),
        sectors(),
        accessTime,
        modificationTime,
        changeTime,
        birthTime);
  }

  /** Takes over all times of another file. */
  final void copyTimes(Stat original) {
    accessTime = original.accessTime();
    modificationTime = original.modificationTime();
    changeTime = original.changeTime();
    birthTime = original.birthTime();
  }

  final void modified(long now) {
    modificationTime = now;
    changeTime = now;
  }

  final void putXattr(Xattr xattr, long growth, int nameGrowth, long now) {
    xattrs = xattrs.put(owner, xattr);
    xattrBytes += growth;
    xattrNames += nameGrowth;
    changeTime = now;
  }

  final void removeXattr(Xattr xattr, int nameLength, long now) {
    xattrs = xattrs.remove(owner, xattr.name());
    xattrBytes -= xattr.residentBytes();
    xattrNames -= nameLength;
    changeTime = now;
  }

  final long apply(AttributeChange change, long now) {
    if (change.mode() != AttributeChange.KEEP) {
      permissions = change.mode() & Mode.PERMISSIONS;
    }
    if (change.uid() != AttributeChange.KEEP) {
      uid = change.uid();
    }
    if (change.gid() != AttributeChange.KEEP) {
      gid = change.gid();
    }
    if (change.accessTime() != AttributeChange.KEEP_TIME) {
      accessTime = change.accessTime();
    }
    if (change.modificationTime() != AttributeChange.KEEP_TIME) {
      modificationTime = change.modificationTime();
    }
    changeTime = now;
    return now;
  }

  /** The cookie of a link of this file in the directory {@link #linkDirectory}, or 0. */
  final long linkCookie() {
    return linkCookie;
  }

  /** Visits all links. */
  final void forEachLink(LinkVisitor visitor) {
    if (hasLink()) {
      visitor.link(linkDirectory, linkCookie);
    }
    moreLinks.visitFrom(
        0,
        (cookie, directory) -> {
          visitor.link(directory, cookie);
          return true;
        });
  }

  /** Receives links. */
  @FunctionalInterface
  interface LinkVisitor {
    /** One link: the entry with this cookie in this directory. */
    void link(long directory, long cookie);
  }

  final boolean hasLink() {
    return linkCookie != 0;
  }

  final void addLink(Edit edit, long directory, long cookie) {
    if (hasLink()) {
      moreLinks = moreLinks.put(edit, cookie, directory);
    } else {
      linkDirectory = directory;
      linkCookie = cookie;
    }
  }

  final void removeLink(Edit edit, long cookie) {
    if (cookie != linkCookie) {
      moreLinks = moreLinks.remove(edit, cookie);
      return;
    }
    long other = moreLinks.ceilingKey(0);
    Long directory = other < 0 ? null : moreLinks.get(other);
    if (directory == null) {
      linkCookie = 0;
      return;
    }
    linkDirectory = directory;
    linkCookie = other;
    moreLinks = moreLinks.remove(edit, other);
  }
}
