package io.vivarium.kernel.fs.host;

import static io.vivarium.kernel.errno.Errno.EEXIST;
import static io.vivarium.kernel.errno.Errno.EINVAL;
import static io.vivarium.kernel.errno.Errno.ENAMETOOLONG;
import static io.vivarium.kernel.errno.Errno.ENOENT;
import static io.vivarium.kernel.errno.Errno.EPERM;
import static io.vivarium.kernel.errno.Errno.ESTALE;

import io.vivarium.kernel.errno.Errno;
import io.vivarium.kernel.errno.ErrnoException;
import io.vivarium.kernel.fs.FileType;
import io.vivarium.kernel.fs.Mode;
import io.vivarium.kernel.fs.NewInode;
import io.vivarium.kernel.text.ByteStrings;

/**
 * One creation of a file under a name, the directory locked by the caller. It is taken back when
 * what comes after it fails.
 *
 * @param parent the directory
 * @param directory a descriptor of it
 */
record Creation(HostDirectory parent, HostHandle directory, HostName name, NewInode attributes) {

  /** Creates the file; EEXIST when the name is taken. */
  HostInode run() {
    return switch (attributes.type()) {
      case REGULAR -> createFile();
      case DIRECTORY -> {
        HostCalls.makeDirectory(directory.fd(), name, attributes.mode() & Mode.ACCESS);
        yield admitCreated();
      }
      case SYMLINK -> {
        HostCalls.symlink(target(), directory.fd(), name);
        yield admitCreated();
      }
      // A device would be the host's, and a FIFO could stall programs of the host.
      case FIFO, SOCKET, CHARACTER_DEVICE, BLOCK_DEVICE ->
          throw (HostDirectory.present(directory, name) == null ? EPERM : EEXIST).exception();
    };
  }

  private byte[] target() {
    byte[] target = ByteStrings.encode(attributes.target());
    if (target.length == 0) {
      throw ENOENT.exception();
    }
    if (target.length >= Scratch.STRING_BYTES) {
      throw ENAMETOOLONG.exception();
    }
    for (byte b : target) {
      if (b == 0) {
        throw EINVAL.exception();
      }
    }
    return target;
  }

  private HostInode createFile() {
    int mode = attributes.mode() & Mode.ACCESS;
    try (HostHandle file =
        parent
            .host()
            .descriptors()
            .open(
                () -> HostCalls.createFile(directory.fd(), name, mode),
                HostHandle.READ | HostHandle.WRITE)) {
      return admit(file);
    }
  }

  /** The inode of what was just created under the name without a descriptor. */
  private HostInode admitCreated() {
    HostHandle created;
    try {
      created =
          parent
              .host()
              .descriptors()
              .open(() -> HostCalls.openPath(directory.fd(), name), HostHandle.PATH);
    } catch (ErrnoException e) {
      takeBack(e.errno());
      throw e;
    }
    try (created) {
      return admit(created);
    }
  }

  private HostInode admit(HostHandle created) {
    try {
      return parent.admit(created, settle(parent, created, attributes), name);
    } catch (ErrnoException e) {
      takeBack(e.errno());
      throw e;
    }
  }

  private void takeBack(Errno reason) {
    if (reason == ESTALE) {
      return; // the host has put something else there; it is not ours to remove
    }
    try {
      if (attributes.type() == FileType.DIRECTORY) {
        HostCalls.removeDirectory(directory.fd(), name);
      } else {
        HostCalls.unlink(directory.fd(), name);
      }
    } catch (ErrnoException e) {
      // The first failure is the one to tell.
    }
  }

  /**
   * Gives a new file what the host did not: its owner, and permission bits that the umask of the
   * JVM took.
   *
   * @return its attributes afterwards
   */
  static HostStat settle(HostDirectory parent, HostHandle file, NewInode attributes) {
    HostStat stat = HostCalls.stat(file.fd());
    if (stat.type() != attributes.type()) {
      throw ESTALE.exception();
    }
    boolean changed = false;
    if (parent.host().options().hostOwners()
        && (stat.uid() != attributes.uid() || stat.gid() != attributes.gid())) {
      HostCalls.chown(file.fd(), attributes.uid(), attributes.gid());
      changed = true;
    }
    int inherited = stat.type() == FileType.DIRECTORY ? stat.mode() & Mode.SET_GID : 0;
    int mode = HostInode.allowedMode(attributes.mode(), stat) | inherited;
    if (stat.type() != FileType.SYMLINK && (stat.mode() & Mode.PERMISSIONS) != mode) {
      HostCalls.chmod(file.fd(), mode);
      changed = true;
    }
    return changed ? HostCalls.stat(file.fd()) : stat;
  }
}
