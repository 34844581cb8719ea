package io.vivarium.kernel.fs;

import static io.vivarium.kernel.errno.Errno.EBUSY;
import static io.vivarium.kernel.errno.Errno.EINVAL;
import static io.vivarium.kernel.errno.Errno.ENOTDIR;

import java.util.ArrayList;
import java.util.List;

/**
 * The mounts of a machine: a tree whose root is the root file system. Path walking crosses mounts
 * where they are, so the longest mounted prefix of a path wins by construction. Thread-safe.
 */
public final class MountTable {
  private final Mount root;
  private final List<Mount> mounts = new ArrayList<>();
  private final RenameSequence renames = new RenameSequence();

  /** A table with just a root file system. */
  public MountTable(FileSystem rootFileSystem, boolean readOnly) {
    this.root = new Mount(rootFileSystem, null, readOnly);
    mounts.add(root);
  }

  /** Says when paths of directories may have changed. */
  public RenameSequence renames() {
    return renames;
  }

  /** The root of the machine's tree, with what may be mounted over it. */
  public Location root() {
    return cross(new Location(root, root.root()));
  }

  /**
   * Mounts a file system over a directory. Mounting over a mounted directory covers it.
   *
   * @throws io.vivarium.kernel.errno.ErrnoException ENOTDIR when the place is no directory
   */
  public synchronized Mount mount(Location place, FileSystem fileSystem, boolean readOnly) {
    if (place.inode().type() != FileType.DIRECTORY) {
      throw ENOTDIR.exception();
    }
    Mount mount = new Mount(fileSystem, place, readOnly);
    place.inode().opened();
    renames.change(() -> place.mount().addChild(place.inode(), mount));
    mounts.add(mount);
    return mount;
  }

  /**
   * Removes a mount. Its file system is not closed.
   *
   * @throws io.vivarium.kernel.errno.ErrnoException EBUSY when something is open or mounted below,
   *     or it is the root; EINVAL when it is not mounted
   */
  public synchronized void unmount(Mount mount) {
    Location place = mount.mountPoint();
    if (!mounts.contains(mount)) {
      throw EINVAL.exception();
    }
    if (place == null || mount.busy()) {
      throw EBUSY.exception();
    }
    renames.change(() -> place.mount().removeChild(place.inode()));
    place.inode().closed();
    mounts.remove(mount);
  }

  /** Makes a mount read-only or writable; open descriptions keep the access they have. */
  public synchronized void remount(Mount mount, boolean readOnly) {
    mount.setReadOnly(readOnly);
  }

  /** All mounts in the order in which they were made, as /proc/mounts lists them. */
  public synchronized List<Mount> mounts() {
    return List.copyOf(mounts);
  }

  /** Whether a directory is covered by a mount or is the root of one. */
  static boolean isMountPoint(Location location) {
    return location.inode() == location.mount().root()
        || location.mount().childAt(location.inode()) != null;
  }

  /** The root of what is mounted at a place, through any number of covering mounts. */
  static Location cross(Location location) {
    Mount mount = location.mount();
    Inode inode = location.inode();
    Mount child = mount.childAt(inode);
    if (child == null) {
      return location;
    }
    while (child != null) {
      mount = child;
      inode = child.root();
      child = mount.childAt(inode);
    }
    return new Location(mount, inode);
  }
}
