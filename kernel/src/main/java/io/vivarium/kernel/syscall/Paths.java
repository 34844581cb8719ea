package io.vivarium.kernel.syscall;

import static io.vivarium.kernel.errno.Errno.ENOENT;
import static io.vivarium.kernel.errno.Errno.ENOTDIR;

import io.vivarium.kernel.file.FileDescription;
import io.vivarium.kernel.fs.FileOperation;
import io.vivarium.kernel.fs.FileType;
import io.vivarium.kernel.fs.Location;
import io.vivarium.kernel.fs.VirtualFileSystem;
import io.vivarium.kernel.process.Process;

/** From (directory descriptor, path) pairs of the {@code *at} calls to places in the tree. */
final class Paths {
  private final Process process;
  private final VirtualFileSystem vfs;

  Paths(Process process, VirtualFileSystem vfs) {
    this.process = process;
    this.vfs = vfs;
  }

  /** Where a relative path starts. An absolute path does not look at the descriptor at all. */
  Location start(int dirfd, String path) {
    if (dirfd == AtFlags.AT_FDCWD || (!path.isEmpty() && path.charAt(0) == '/')) {
      return process.workingDirectory();
    }
    Location place = ofDescriptor(dirfd);
    if (place.inode().type() != FileType.DIRECTORY) {
      throw ENOTDIR.exception();
    }
    return place;
  }

  /**
   * The place a path leads to, if the operation is allowed there; with AT_EMPTY_PATH and an empty
   * path, the descriptor's own.
   */
  Location resolve(int dirfd, String path, int flags, FileOperation operation) {
    if (path.isEmpty()) {
      if ((flags & AtFlags.AT_EMPTY_PATH) == 0) {
        throw ENOENT.exception();
      }
      Location place = dirfd == AtFlags.AT_FDCWD ? process.workingDirectory() : ofDescriptor(dirfd);
      vfs.permit(operation, place);
      return place;
    }
    return vfs.resolve(
        process.credentials(), start(dirfd, path), path, AtFlags.follows(flags), operation);
  }

  /** What a descriptor is open on, if the operation is allowed there. */
  Location ofDescriptor(int fd, FileOperation operation) {
    Location place = ofDescriptor(fd);
    vfs.permit(operation, place);
    return place;
  }

  /** What a descriptor is open on, as a place; the mount of something anonymous is the root's. */
  Location ofDescriptor(int fd) {
    FileDescription description = process.descriptors().peek(fd);
    Location place = description.location();
    return place != null ? place : new Location(vfs.mounts().root().mount(), description.inode());
  }
}
