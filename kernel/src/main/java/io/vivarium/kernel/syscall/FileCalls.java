package io.vivarium.kernel.syscall;

import static io.vivarium.kernel.errno.Errno.EINVAL;
import static io.vivarium.kernel.errno.Errno.ENOENT;
import static io.vivarium.kernel.errno.Errno.ENOTDIR;
import static io.vivarium.kernel.errno.Errno.EPERM;

import io.vivarium.kernel.file.FdTable;
import io.vivarium.kernel.file.FileDescription;
import io.vivarium.kernel.file.OpenFlags;
import io.vivarium.kernel.file.Opener;
import io.vivarium.kernel.fs.Access;
import io.vivarium.kernel.fs.FileOperation;
import io.vivarium.kernel.fs.FileType;
import io.vivarium.kernel.fs.Location;
import io.vivarium.kernel.fs.Mode;
import io.vivarium.kernel.fs.Mount;
import io.vivarium.kernel.fs.NewInode;
import io.vivarium.kernel.fs.Stat;
import io.vivarium.kernel.fs.StatFs;
import io.vivarium.kernel.fs.VirtualFileSystem;
import io.vivarium.kernel.process.Process;
import io.vivarium.kernel.user.Credentials;

/**
 * System calls that take paths: openat(2), fstatat(2), mkdirat(2) and their relatives. A directory
 * descriptor is a descriptor of the process or {@link AtFlags#AT_FDCWD}; flags have their Linux
 * values. Failures are {@link io.vivarium.kernel.errno.ErrnoException}s with the errno that the man
 * page names. For the thread of the process only.
 */
public final class FileCalls {
  private final Process process;
  private final VirtualFileSystem vfs;
  private final Opener opener;
  private final Paths paths;

  FileCalls(Process process, VirtualFileSystem vfs, Opener opener) {
    this.process = process;
    this.vfs = vfs;
    this.opener = opener;
    this.paths = new Paths(process, vfs);
  }

  /**
   * The same calls for a process that holds directories instead of a working directory: every path
   * must stay below its directory descriptor, else EXDEV (RESOLVE_BENEATH of openat2(2)).
   */
  public FileCalls beneath() {
    return new FileCalls(process, vfs.beneath(), opener.beneath());
  }

  /**
   * openat(2).
   *
   * @param flags {@link OpenFlags}
   * @param mode permission bits of a new file, before umask
   * @return the lowest free descriptor
   * @throws io.vivarium.kernel.errno.ErrnoException EMFILE, ENFILE before anything is looked at
   */
  public int open(int dirfd, String path, int flags, int mode) {
    FdTable table = process.descriptors();
    table.reserve();
    boolean opened = false;
    FileDescription description;
    try {
      description =
          opener.open(
              process,
              who(),
              paths.start(dirfd, path),
              path,
              flags,
              mode & Mode.PERMISSIONS & ~process.umask());
      opened = true;
    } finally {
      if (!opened) {
        table.unreserve();
      }
    }
    return table.installReserved(description, (flags & OpenFlags.O_CLOEXEC) != 0);
  }

  /** fstatat(2); flags AT_SYMLINK_NOFOLLOW and AT_EMPTY_PATH. */
  public Stat stat(int dirfd, String path, int flags) {
    return paths.resolve(dirfd, path, flags, FileOperation.STAT).inode().stat();
  }

  /** mkdirat(2). */
  public void mkdir(int dirfd, String path, int mode) {
    create(dirfd, path, NewInode.directory(masked(mode), 0, 0));
  }

  /**
   * mknodat(2).
   *
   * @param mode type and permission bits; without a type a regular file
   * @param rdev device number of a device node
   */
  public void mknod(int dirfd, String path, int mode, long rdev) {
    int type = mode & Mode.TYPE_MASK;
    if (type == FileType.DIRECTORY.modeBits()) {
      throw EPERM.exception();
    }
    if (type == FileType.SYMLINK.modeBits()) {
      throw EINVAL.exception();
    }
    for (FileType candidate : FileType.values()) {
      if (candidate.modeBits() == type || (type == 0 && candidate == FileType.REGULAR)) {
        create(dirfd, path, NewInode.node(candidate, masked(mode), 0, 0, rdev));
        return;
      }
    }
    throw EINVAL.exception();
  }

  /** symlinkat(2). */
  public void symlink(String target, int dirfd, String path) {
    if (target.isEmpty()) {
      throw ENOENT.exception();
    }
    create(dirfd, path, NewInode.symlink(target, 0, 0));
  }

  private void create(int dirfd, String path, NewInode attributes) {
    vfs.create(who(), paths.start(dirfd, path), path, attributes);
  }

  /** readlinkat(2); an empty path means the descriptor itself. */
  public String readlink(int dirfd, String path) {
    Location place =
        paths.resolve(
            dirfd,
            path,
            AtFlags.AT_SYMLINK_NOFOLLOW | AtFlags.AT_EMPTY_PATH,
            FileOperation.READLINK);
    return vfs.readLink(place);
  }

  /** unlinkat(2) without AT_REMOVEDIR. */
  public void unlink(int dirfd, String path) {
    vfs.unlink(who(), paths.start(dirfd, path), path);
  }

  /** unlinkat(2) with AT_REMOVEDIR. */
  public void rmdir(int dirfd, String path) {
    vfs.rmdir(who(), paths.start(dirfd, path), path);
  }

  /** linkat(2); flags AT_SYMLINK_FOLLOW and AT_EMPTY_PATH (which links a descriptor's file). */
  public void link(int oldDirfd, String oldPath, int newDirfd, String newPath, int flags) {
    int lookup =
        (flags & AtFlags.AT_EMPTY_PATH)
            | ((flags & AtFlags.AT_SYMLINK_FOLLOW) != 0 ? 0 : AtFlags.AT_SYMLINK_NOFOLLOW);
    Location source = paths.resolve(oldDirfd, oldPath, lookup, FileOperation.LINK);
    vfs.link(who(), source, paths.start(newDirfd, newPath), newPath);
  }

  /** renameat2(2); flags RENAME_NOREPLACE and RENAME_EXCHANGE. */
  public void rename(int oldDirfd, String oldPath, int newDirfd, String newPath, int flags) {
    vfs.rename(
        who(),
        paths.start(oldDirfd, oldPath),
        oldPath,
        paths.start(newDirfd, newPath),
        newPath,
        flags);
  }

  /**
   * faccessat2(2).
   *
   * @param wanted 0 for existence, or bits of {@link Access}
   * @param flags AT_EACCESS uses the effective ids, AT_SYMLINK_NOFOLLOW
   */
  public void access(int dirfd, String path, int wanted, int flags) {
    if ((wanted & ~7) != 0) {
      throw EINVAL.exception();
    }
    Credentials as = (flags & AtFlags.AT_EACCESS) != 0 ? who() : who().asReal();
    Location place =
        vfs.resolve(
            as, paths.start(dirfd, path), path, AtFlags.follows(flags), Accessing.with(wanted));
    vfs.checkAccess(as, place, wanted);
  }

  /** fchmodat2(2). */
  public void chmod(int dirfd, String path, int mode, int flags) {
    vfs.chmod(who(), paths.resolve(dirfd, path, flags, FileOperation.CHMOD), mode);
  }

  /** fchownat(2); -1 leaves an id unchanged. */
  public void chown(int dirfd, String path, int uid, int gid, int flags) {
    vfs.chown(who(), paths.resolve(dirfd, path, flags, FileOperation.CHOWN), uid, gid);
  }

  /**
   * utimensat(2).
   *
   * @param accessTime nanoseconds since the epoch, UTIME_NOW or UTIME_OMIT
   * @param modificationTime likewise
   */
  public void utimens(int dirfd, String path, long accessTime, long modificationTime, int flags) {
    Location place = paths.resolve(dirfd, path, flags, FileOperation.UTIMES);
    Times times = Times.of(accessTime, modificationTime);
    if (!times.omitted()) {
      vfs.utimens(who(), place, times.access(), times.modification(), times.bothNow());
    }
  }

  /** truncate(2). */
  public void truncate(int dirfd, String path, long size) {
    vfs.truncate(who(), paths.resolve(dirfd, path, 0, FileOperation.TRUNCATE), size);
  }

  /** statfs(2). */
  public StatFs statfs(int dirfd, String path) {
    Location place = paths.resolve(dirfd, path, AtFlags.AT_EMPTY_PATH, FileOperation.STAT);
    return place.mount().fileSystem().statFs();
  }

  /** chdir(2). */
  public void chdir(String path) {
    changeDirectory(paths.resolve(AtFlags.AT_FDCWD, path, 0, FileOperation.STAT));
  }

  /** fchdir(2). */
  public void fchdir(int fd) {
    changeDirectory(paths.ofDescriptor(fd));
  }

  private void changeDirectory(Location place) {
    if (place.inode().type() != FileType.DIRECTORY) {
      throw ENOTDIR.exception();
    }
    vfs.checkAccess(who(), place, Access.EXECUTE);
    process.setWorkingDirectory(place);
  }

  /** getcwd(2); ENOENT when the working directory was removed. */
  public String getcwd() {
    Location place = process.workingDirectory();
    boolean removed = place.inode() != place.mount().root() && place.inode().link() == null;
    if (removed) {
      throw ENOENT.exception();
    }
    return place.path();
  }

  /**
   * mount(2) with MS_REMOUNT: makes a mount read-only or writable. Uid 0 only.
   *
   * @throws io.vivarium.kernel.errno.ErrnoException EPERM, EINVAL when the path is no mount point
   */
  public void remount(String path, boolean readOnly) {
    if (!who().isSuperuser()) {
      throw EPERM.exception();
    }
    Location place = paths.resolve(AtFlags.AT_FDCWD, path, 0, FileOperation.MOUNT);
    Mount mount = place.mount();
    if (place.inode() != mount.root()) {
      throw EINVAL.exception();
    }
    vfs.mounts().remount(mount, readOnly);
  }

  private Credentials who() {
    return process.credentials();
  }

  private int masked(int mode) {
    return mode & Mode.PERMISSIONS & ~process.umask();
  }
}
