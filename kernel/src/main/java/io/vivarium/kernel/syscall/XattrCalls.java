package io.vivarium.kernel.syscall;

import static io.vivarium.kernel.errno.Errno.E2BIG;
import static io.vivarium.kernel.errno.Errno.EINVAL;
import static io.vivarium.kernel.errno.Errno.ENODATA;
import static io.vivarium.kernel.errno.Errno.EOPNOTSUPP;
import static io.vivarium.kernel.errno.Errno.EPERM;
import static io.vivarium.kernel.errno.Errno.ERANGE;

import io.vivarium.kernel.fs.Access;
import io.vivarium.kernel.fs.FileOperation;
import io.vivarium.kernel.fs.FileType;
import io.vivarium.kernel.fs.Inode;
import io.vivarium.kernel.fs.Location;
import io.vivarium.kernel.fs.VirtualFileSystem;
import io.vivarium.kernel.process.Process;
import io.vivarium.kernel.text.ByteStrings;
import java.util.List;

/**
 * Extended attributes (xattr(7)): getxattr(2), setxattr(2), listxattr(2), removexattr(2). An empty
 * path means the descriptor itself. For the thread of the process only.
 */
public final class XattrCalls {
  /** Longest name, bytes. */
  public static final int MAX_NAME = 255;

  /** Largest value, bytes. */
  public static final int MAX_VALUE = 64 << 10;

  private final Process process;
  private final VirtualFileSystem vfs;
  private final Paths paths;

  XattrCalls(Process process, VirtualFileSystem vfs) {
    this.process = process;
    this.vfs = vfs;
    this.paths = new Paths(process, vfs);
  }

  /** The value of an attribute, a copy. */
  public byte[] get(int dirfd, String path, String name, boolean follow) {
    Inode inode = place(dirfd, path, follow, FileOperation.STAT).inode();
    checkName(name);
    checkNamespace(inode, name, Access.READ);
    return inode.getXattr(name);
  }

  /** The names of all attributes that the caller may see. */
  public List<String> list(int dirfd, String path, boolean follow) {
    Inode inode = place(dirfd, path, follow, FileOperation.STAT).inode();
    boolean superuser = process.credentials().isSuperuser();
    return inode.listXattrs().stream()
        .filter(name -> superuser || !name.startsWith("trusted."))
        .toList();
  }

  /**
   * Sets an attribute.
   *
   * @param flags 0, 1 create only, 2 replace only
   */
  public void set(int dirfd, String path, String name, byte[] value, int flags, boolean follow) {
    if ((flags & ~3) != 0 || flags == 3) {
      throw EINVAL.exception();
    }
    checkName(name);
    if (value.length > MAX_VALUE) {
      throw E2BIG.exception();
    }
    writable(dirfd, path, name, follow).setXattr(name, value, flags);
  }

  /** Removes an attribute. */
  public void remove(int dirfd, String path, String name, boolean follow) {
    checkName(name);
    writable(dirfd, path, name, follow).removeXattr(name);
  }

  private Inode writable(int dirfd, String path, String name, boolean follow) {
    Location place = place(dirfd, path, follow, FileOperation.CHMOD);
    vfs.checkWritableMount(place);
    checkNamespace(place.inode(), name, Access.WRITE);
    return place.inode();
  }

  private Location place(int dirfd, String path, boolean follow, FileOperation operation) {
    int flags = follow ? 0 : AtFlags.AT_SYMLINK_NOFOLLOW;
    return paths.resolve(dirfd, path, flags | AtFlags.AT_EMPTY_PATH, operation);
  }

  private void checkNamespace(Inode inode, String name, int wanted) {
    var who = process.credentials();
    boolean writes = wanted == Access.WRITE;
    if (name.startsWith("user.")) {
      if (inode.type() != FileType.REGULAR && inode.type() != FileType.DIRECTORY) {
        throw (writes ? EPERM : ENODATA).exception();
      }
      if (!Access.allowed(inode, who, wanted)) {
        throw io.vivarium.kernel.errno.Errno.EACCES.exception();
      }
    } else if (name.startsWith("trusted.")) {
      if (!who.isSuperuser()) {
        throw (writes ? EPERM : ENODATA).exception();
      }
    } else if (name.startsWith("security.")) {
      if (writes && !who.isSuperuser()) {
        throw EPERM.exception();
      }
    } else if (name.startsWith("system.posix_acl_")) {
      if (writes && !who.isSuperuser() && who.effectiveUid() != inode.uid()) {
        throw EPERM.exception();
      }
    } else {
      throw EOPNOTSUPP.exception();
    }
  }

  private static void checkName(String name) {
    if (name.isEmpty() || ByteStrings.length(name) > MAX_NAME) {
      throw ERANGE.exception();
    }
  }
}
