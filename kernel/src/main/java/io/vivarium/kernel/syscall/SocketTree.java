package io.vivarium.kernel.syscall;

import static io.vivarium.kernel.errno.Errno.EADDRINUSE;
import static io.vivarium.kernel.errno.Errno.EEXIST;

import io.vivarium.kernel.errno.ErrnoException;
import io.vivarium.kernel.fs.Access;
import io.vivarium.kernel.fs.FileOperation;
import io.vivarium.kernel.fs.FileType;
import io.vivarium.kernel.fs.Location;
import io.vivarium.kernel.fs.NewInode;
import io.vivarium.kernel.fs.VirtualFileSystem;
import io.vivarium.kernel.net.Caller;
import io.vivarium.kernel.process.Process;

/** The paths of local sockets as a process sees them (unix(7)). */
final class SocketTree implements Caller.Tree {
  private static final int MODE = 0777;

  private final Process process;
  private final VirtualFileSystem vfs;
  private final Paths paths;

  SocketTree(Process process, VirtualFileSystem vfs) {
    this.process = process;
    this.vfs = vfs;
    this.paths = new Paths(process, vfs);
  }

  @Override
  public Location create(String path) {
    NewInode socket = NewInode.node(FileType.SOCKET, MODE & ~process.umask(), 0, 0, 0);
    try {
      return vfs.create(process.credentials(), process.workingDirectory(), path, socket);
    } catch (ErrnoException e) {
      throw e.errno() == EEXIST ? EADDRINUSE.exception() : e;
    }
  }

  @Override
  public Location find(String path) {
    Location place = paths.resolve(AtFlags.AT_FDCWD, path, 0, FileOperation.WRITE);
    vfs.checkAccess(process.credentials(), place, Access.WRITE);
    return place;
  }

  @Override
  public void remove(String path) {
    vfs.unlink(process.credentials(), process.workingDirectory(), path);
  }
}
