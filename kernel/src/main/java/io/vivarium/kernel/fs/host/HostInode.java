package io.vivarium.kernel.fs.host;

import static io.vivarium.kernel.errno.Errno.E2BIG;
import static io.vivarium.kernel.errno.Errno.EINVAL;
import static io.vivarium.kernel.errno.Errno.ENOENT;
import static io.vivarium.kernel.errno.Errno.ENOSPC;
import static io.vivarium.kernel.errno.Errno.EOPNOTSUPP;
import static io.vivarium.kernel.errno.Errno.EPERM;
import static io.vivarium.kernel.errno.Errno.ERANGE;
import static io.vivarium.kernel.errno.Errno.ESTALE;

import io.vivarium.kernel.errno.Errno;
import io.vivarium.kernel.errno.ErrnoException;
import io.vivarium.kernel.fs.AttributeChange;
import io.vivarium.kernel.fs.FileSystem;
import io.vivarium.kernel.fs.FileType;
import io.vivarium.kernel.fs.Inode;
import io.vivarium.kernel.fs.Mode;
import io.vivarium.kernel.fs.Stat;
import io.vivarium.kernel.text.ByteStrings;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A file of the host: what all kinds have in common. It remembers where it was found last and has
 * at most one descriptor, in its {@link HandleSlot}; without one it is opened again by name, and
 * the file that answers must be the same.
 */
abstract sealed class HostInode extends Inode
    permits HostDirectory, HostRegularFile, HostSymlink, HostSpecialFile {
  private static final String USER_XATTR = "user.";

  /** Most bytes of the name of an extended attribute, as on Linux. */
  private static final int LONGEST_XATTR_NAME = 255;

  private static final int SPECIAL_BITS = Mode.SET_UID | Mode.SET_GID;

  private final HostDirectoryFileSystem fileSystem;
  private final HostStat.Place place;
  private final FileType type;
  private final long number;
  private final HandleSlot slot;
  private volatile long birthTime;
  private volatile @Nullable Location location;

  HostInode(HostDirectoryFileSystem fileSystem, HostStat stat) {
    this.fileSystem = fileSystem;
    this.place = stat.place();
    this.type = stat.type();
    this.number = fileSystem.number(stat.device(), stat.inode());
    this.birthTime = stat.birthTime();
    this.slot = new HandleSlot(fileSystem.descriptors());
  }

  /**
   * Where a file was found last.
   *
   * @param gone whether the name is known to have been taken away since
   */
  record Location(HostDirectory directory, HostName name, boolean gone) {
    boolean is(HostDirectory otherDirectory, HostName otherName) {
      return directory == otherDirectory && name.equals(otherName);
    }
  }

  // ---- identity and place ---------------------------------------------------------------------

  @Override
  public final FileSystem fileSystem() {
    return fileSystem;
  }

  final HostDirectoryFileSystem host() {
    return fileSystem;
  }

  final HostStat.Place place() {
    return place;
  }

  final HandleSlot slot() {
    return slot;
  }

  @Override
  public final long ino() {
    return number;
  }

  @Override
  public final FileType type() {
    return type;
  }

  /** Whether these are attributes of this file, now that a call has just answered them. */
  final boolean is(HostStat stat) {
    if (!stat.place().equals(place) || stat.type() != type) {
      return false;
    }
    if (stat.birthTime() == birthTime) {
      return true;
    }
    // An open file keeps its number. Its birth may change: overlayfs copies files when written to.
    HostHandle open = slot.retain();
    if (open == null) {
      return false;
    }
    open.close();
    birthTime = stat.birthTime();
    return true;
  }

  final @Nullable Location location() {
    return location;
  }

  /** A name was seen to stand for this file. */
  final void foundAt(HostDirectory directory, HostName name) {
    Location present = location;
    if (present == null || present.gone() || !present.is(directory, name)) {
      synchronized (fileSystem.locations()) {
        location = new Location(directory, name, false);
      }
    }
  }

  /** A name stands for this file no more. The caller holds the location lock. */
  final void lostName(HostDirectory directory, HostName name) {
    Location present = location;
    if (present != null && present.is(directory, name)) {
      location = new Location(directory, name, true);
    }
  }

  @Override
  public final @Nullable Link link() {
    Location at = location;
    if (at == null || at.gone()) {
      return null;
    }
    try (HostHandle directory = at.directory().beneath()) {
      return is(HostCalls.stat(directory.fd(), at.name()))
          ? new Link(at.directory(), at.name().toString())
          : null;
    } catch (ErrnoException e) {
      return null;
    }
  }

  // ---- descriptors ----------------------------------------------------------------------------

  /** A descriptor of this file, held for the caller. Directories prove first where they are. */
  HostHandle handle() {
    HostHandle present = slot.retain();
    if (present != null) {
      return present;
    }
    Location at = location;
    if (at == null || at.gone()) {
      throw ENOENT.exception();
    }
    try (HostHandle directory = at.directory().beneath()) {
      return openAt(directory, at.name());
    }
  }

  /** Opens this file by a name, which must still stand for it. */
  final HostHandle openAt(HostHandle directory, HostName name) {
    HostHandle fresh =
        fileSystem
            .descriptors()
            .open(() -> HostCalls.openPath(directory.fd(), name), HostHandle.PATH);
    boolean same = false;
    try {
      same = is(HostCalls.stat(fresh.fd()));
    } finally {
      if (!same) {
        fresh.close();
      }
    }
    if (!same) {
      throw ESTALE.exception();
    }
    slot.offer(fresh);
    return fresh;
  }

  @Override
  public final void opened() {
    slot.pin();
    try {
      handle().close();
    } catch (ErrnoException e) {
      boolean _ = slot.unpin();
      throw e;
    }
  }

  @Override
  public final void closed() {
    boolean last = slot.unpin();
    if (last) {
      lastClosed();
    }
  }

  /** Nobody uses the file any more: gives back what only users need. */
  void lastClosed() {
    Location at = location;
    if (at == null || at.gone()) {
      slot.evict();
    }
  }

  /**
   * A guest removed a name of this file.
   *
   * @param before what the host said of the file just before
   */
  void nameRemoved(HostStat before) {
    fileSystem.growth().release(GrowthLimit.NAME_BYTES);
  }

  // ---- attributes -----------------------------------------------------------------------------

  /** Attributes as the host has them now. */
  final HostStat hostStat() {
    try (HostHandle handle = handle()) {
      return HostCalls.stat(handle.fd());
    }
  }

  @Override
  public final Stat stat() {
    HostStat host = hostStat();
    HostDirectoryOptions options = fileSystem.options();
    return new Stat(
        fileSystem.device(),
        number,
        shownMode(host),
        host.links(),
        options.hostOwners() ? host.uid() : options.uid(),
        options.hostOwners() ? host.gid() : options.gid(),
        0,
        host.size(),
        host.blocks(),
        host.accessTime(),
        host.modificationTime(),
        host.changeTime(),
        host.birthTime() != 0 ? host.birthTime() : host.changeTime());
  }

  /** Set-user-id bits mean nothing in a machine; set-group-id of directories does. */
  private static int shownMode(HostStat host) {
    return host.mode() & (host.type() == FileType.DIRECTORY ? ~Mode.SET_UID : ~SPECIAL_BITS);
  }

  @Override
  public final int mode() {
    return shownMode(hostStat());
  }

  @Override
  public final int uid() {
    return fileSystem.options().hostOwners() ? hostStat().uid() : fileSystem.options().uid();
  }

  @Override
  public final int gid() {
    return fileSystem.options().hostOwners() ? hostStat().gid() : fileSystem.options().gid();
  }

  @Override
  public final long size() {
    return hostStat().size();
  }

  @Override
  public final void setAttributes(AttributeChange change) {
    fileSystem.requireWritable();
    boolean owners = ownersChange(change);
    boolean mode = change.mode() != AttributeChange.KEEP;
    if (mode && type == FileType.SYMLINK) {
      throw EOPNOTSUPP.exception();
    }
    try (HostHandle handle = handle()) {
      if (owners) {
        HostCalls.chown(handle.fd(), change.uid(), change.gid());
      }
      if (mode) {
        HostStat present = HostCalls.stat(handle.fd());
        HostCalls.chmod(handle.fd(), allowedMode(change.mode(), present));
      }
      if (change.accessTime() != AttributeChange.KEEP_TIME
          || change.modificationTime() != AttributeChange.KEEP_TIME) {
        HostCalls.utimes(handle.fd(), change.accessTime(), change.modificationTime());
      }
    }
  }

  private boolean ownersChange(AttributeChange change) {
    HostDirectoryOptions options = fileSystem.options();
    if (options.hostOwners()) {
      return change.uid() != AttributeChange.KEEP || change.gid() != AttributeChange.KEEP;
    }
    boolean same =
        (change.uid() == AttributeChange.KEEP || change.uid() == options.uid())
            && (change.gid() == AttributeChange.KEEP || change.gid() == options.gid());
    if (!same) {
      throw EPERM.exception();
    }
    return false;
  }

  /**
   * The permission bits a guest may give a file on the host: no set-user-id, no set-group-id. A
   * directory that has the latter on the host may keep it.
   */
  static int allowedMode(int mode, HostStat present) {
    int kept = present.type() == FileType.DIRECTORY ? present.mode() & Mode.SET_GID : 0;
    return mode & (Mode.STICKY | Mode.ACCESS | kept);
  }

  // ---- extended attributes: the user namespace only -------------------------------------------

  @Override
  public final byte[] getXattr(String name) {
    byte[] bytes = xattrName(name);
    try (HostHandle handle = handle()) {
      return HostCalls.getXattr(handle.fd(), bytes);
    }
  }

  @Override
  public final List<String> listXattrs() {
    try (HostHandle handle = handle()) {
      return HostCalls.listXattrs(handle.fd()).stream()
          .map(ByteStrings::decode)
          .filter(name -> name.startsWith(USER_XATTR))
          .toList();
    } catch (ErrnoException e) {
      if (e.errno() == Errno.EOPNOTSUPP) {
        return List.of();
      }
      throw e;
    }
  }

  @Override
  public final void setXattr(String name, byte[] value, int flags) {
    fileSystem.requireWritable();
    byte[] bytes = xattrName(name);
    if (value.length > Scratch.DATA_BYTES) {
      throw E2BIG.exception();
    }
    try (HostHandle handle = handle()) {
      requireRoomForXattr(name, bytes.length + value.length);
      HostCalls.setXattr(handle.fd(), bytes, value, flags);
    }
  }

  private void requireRoomForXattr(String name, int length) {
    if (!fileSystem.growth().isSet()) {
      return;
    }
    long others = 0;
    for (String other : listXattrs()) {
      if (!other.equals(name)) {
        others += ByteStrings.length(other) + getXattr(other).length;
      }
    }
    if (others + length > GrowthLimit.MOST_XATTR_BYTES) {
      throw ENOSPC.exception();
    }
  }

  @Override
  public final void removeXattr(String name) {
    fileSystem.requireWritable();
    byte[] bytes = xattrName(name);
    try (HostHandle handle = handle()) {
      HostCalls.removeXattr(handle.fd(), bytes);
    }
  }

  private static byte[] xattrName(String name) {
    if (!name.startsWith(USER_XATTR)) {
      throw EOPNOTSUPP.exception();
    }
    byte[] bytes = ByteStrings.encode(name);
    if (bytes.length > LONGEST_XATTR_NAME) {
      throw ERANGE.exception();
    }
    for (byte b : bytes) {
      if (b == 0) {
        throw EINVAL.exception();
      }
    }
    return bytes;
  }

  @Override
  public final String toString() {
    return type + " " + number;
  }
}
