package io.vivarium.kernel.syscall;

import static io.vivarium.kernel.errno.Errno.EBADF;
import static io.vivarium.kernel.errno.Errno.EINVAL;
import static io.vivarium.kernel.errno.Errno.ENODEV;
import static io.vivarium.kernel.errno.Errno.ESPIPE;

import io.vivarium.kernel.file.FdPair;
import io.vivarium.kernel.file.FdTable;
import io.vivarium.kernel.file.FileDescription;
import io.vivarium.kernel.file.OpenFlags;
import io.vivarium.kernel.file.PipeEnds;
import io.vivarium.kernel.file.PipeTable;
import io.vivarium.kernel.file.Whence;
import io.vivarium.kernel.fs.AllocateMode;
import io.vivarium.kernel.fs.DirectoryVisitor;
import io.vivarium.kernel.fs.FileOperation;
import io.vivarium.kernel.fs.FileType;
import io.vivarium.kernel.fs.Inode;
import io.vivarium.kernel.fs.Location;
import io.vivarium.kernel.fs.Stat;
import io.vivarium.kernel.fs.StatFs;
import io.vivarium.kernel.fs.VirtualFileSystem;
import io.vivarium.kernel.process.Process;

/**
 * System calls on descriptors: read(2), write(2), lseek(2), fstat(2), fcntl(2), dup(2) and their
 * relatives. Failures are {@link io.vivarium.kernel.errno.ErrnoException}s with the errno that the
 * man page names; EBADF for what is not open. For the thread of the process only.
 */
public final class DescriptorCalls {
  private final Process process;
  private final FdTable table;
  private final VirtualFileSystem vfs;
  private final Paths paths;
  private final PipeTable pipes;

  DescriptorCalls(Process process, VirtualFileSystem vfs, PipeTable pipes) {
    this.process = process;
    this.table = process.descriptors();
    this.vfs = vfs;
    this.paths = new Paths(process, vfs);
    this.pipes = pipes;
  }

  // ---- data
  // --------------------------------------------------------------------------------------

  /**
   * read(2) into {@code buffer}.
   *
   * @return bytes read; 0 at the end of the file
   */
  public int read(int fd, byte[] buffer, int offset, int length) {
    FileDescription description = table.get(fd);
    try {
      return description.read(process, buffer, offset, length);
    } finally {
      description.release();
    }
  }

  /** write(2) from {@code buffer}; returns the bytes written. */
  public int write(int fd, byte[] buffer, int offset, int length) {
    FileDescription description = table.get(fd);
    try {
      return description.write(process, buffer, offset, length);
    } finally {
      description.release();
    }
  }

  /** pread(2): the file offset stays. */
  public int pread(int fd, long position, byte[] buffer, int offset, int length) {
    FileDescription description = table.get(fd);
    try {
      return description.pread(process, position, buffer, offset, length);
    } finally {
      description.release();
    }
  }

  /** pwrite(2): the file offset stays. */
  public int pwrite(int fd, long position, byte[] buffer, int offset, int length) {
    FileDescription description = table.get(fd);
    try {
      return description.pwrite(process, position, buffer, offset, length);
    } finally {
      description.release();
    }
  }

  /** lseek(2); returns the new offset. */
  public long seek(int fd, long offset, Whence whence) {
    return usable(fd).seek(offset, whence);
  }

  /** Enumerates a directory from a cookie, "." and ".." first (getdents64(2)). */
  public void readDirectory(int fd, long cookie, DirectoryVisitor visitor) {
    FileDescription description = table.get(fd);
    try {
      description.readDirectory(cookie, visitor);
    } finally {
      description.release();
    }
  }

  /** fsync(2) and fdatasync(2). */
  public void sync(int fd) {
    Inode inode = usable(fd).inode();
    switch (inode.type()) {
      case REGULAR, DIRECTORY -> inode.sync();
      case FIFO, SOCKET, CHARACTER_DEVICE, BLOCK_DEVICE, SYMLINK -> throw EINVAL.exception();
    }
  }

  /** ftruncate(2). */
  public void truncate(int fd, long size) {
    FileDescription description = usable(fd);
    if (!description.writable() || description.inode().type() != FileType.REGULAR || size < 0) {
      throw EINVAL.exception();
    }
    paths.ofDescriptor(fd, FileOperation.TRUNCATE);
    description.inode().truncate(size);
    VirtualFileSystem.dropSetId(process.credentials(), description.inode());
  }

  /** fallocate(2). */
  public void allocate(int fd, AllocateMode mode, long position, long length) {
    FileDescription description = usable(fd);
    if (position < 0 || length <= 0) {
      throw EINVAL.exception();
    }
    if (!description.writable()) {
      throw EBADF.exception();
    }
    switch (description.inode().type()) {
      case REGULAR -> description.inode().allocate(mode, position, length);
      case FIFO, SOCKET -> throw ESPIPE.exception();
      case DIRECTORY, CHARACTER_DEVICE, BLOCK_DEVICE, SYMLINK -> throw ENODEV.exception();
    }
  }

  // ---- attributes
  // --------------------------------------------------------------------------------

  /** fstat(2). */
  public Stat stat(int fd) {
    return table.peek(fd).inode().stat();
  }

  /** Whether a descriptor is open and refers to a directory. */
  public boolean isDirectory(int fd) {
    FileDescription description = table.find(fd);
    return description != null && description.inode().type() == FileType.DIRECTORY;
  }

  /** The kind of file a descriptor is open on; cheap. */
  public FileType type(int fd) {
    return table.peek(fd).inode().type();
  }

  /** fchmod(2). */
  public void chmod(int fd, int mode) {
    usable(fd);
    vfs.chmod(process.credentials(), paths.ofDescriptor(fd, FileOperation.CHMOD), mode);
  }

  /** fchown(2); -1 leaves an id unchanged. */
  public void chown(int fd, int uid, int gid) {
    usable(fd);
    vfs.chown(process.credentials(), paths.ofDescriptor(fd, FileOperation.CHOWN), uid, gid);
  }

  /** futimens(3); times as in {@link FileCalls#utimens}. */
  public void utimens(int fd, long accessTime, long modificationTime) {
    usable(fd);
    Times times = Times.of(accessTime, modificationTime);
    if (!times.omitted()) {
      vfs.utimens(
          process.credentials(),
          paths.ofDescriptor(fd, FileOperation.UTIMES),
          times.access(),
          times.modification(),
          times.bothNow());
    }
  }

  /** fstatfs(2). */
  public StatFs statfs(int fd) {
    Location place = table.peek(fd).location();
    return place != null
        ? place.mount().fileSystem().statFs()
        : table.peek(fd).inode().fileSystem().statFs();
  }

  // ---- descriptors
  // -------------------------------------------------------------------------------

  /** What a descriptor refers to, borrowed: valid until the process closes it. */
  public FileDescription description(int fd) {
    return table.peek(fd);
  }

  /** fcntl(F_GETFL): access mode and status flags. */
  public int flags(int fd) {
    return table.peek(fd).flags();
  }

  /** fcntl(F_SETFL): changes O_APPEND, O_NONBLOCK and O_DIRECT. */
  public void setFlags(int fd, int flags) {
    usable(fd).setStatusFlags(flags);
  }

  /** fcntl(F_GETFD): whether the descriptor closes on exec. */
  public boolean closeOnExec(int fd) {
    return table.closesOnExec(fd);
  }

  /** fcntl(F_SETFD). */
  public void setCloseOnExec(int fd, boolean close) {
    table.setCloseOnExec(fd, close);
  }

  /** dup(2): the lowest free descriptor. */
  public int dup(int fd) {
    return table.dup(fd, 0, false);
  }

  /** fcntl(F_DUPFD) and F_DUPFD_CLOEXEC: the lowest free descriptor not below {@code minimum}. */
  public int dupFrom(int fd, int minimum, boolean closeOnExec) {
    return table.dup(fd, minimum, closeOnExec);
  }

  /** dup2(2). */
  public int dup2(int fd, int target) {
    return table.dup2(fd, target);
  }

  /** Moves a descriptor to another number, closing what was there ({@code fd_renumber} of WASI). */
  public void renumber(int from, int to) {
    table.renumber(from, to);
  }

  /** close(2). */
  public void close(int fd) {
    table.close(fd);
  }

  /** Closes every descriptor not below {@code low} (closefrom(3)). */
  public void closeFrom(int low) {
    table.closeFrom(low);
  }

  /** pipe2(2) with flags O_CLOEXEC and O_NONBLOCK: the read end and the write end. */
  public FdPair pipe(int flags) {
    var who = process.credentials();
    PipeEnds ends = pipes.create(flags, who.effectiveUid(), who.effectiveGid());
    return table.installPair(ends.reader(), ends.writer(), (flags & OpenFlags.O_CLOEXEC) != 0);
  }

  /** The soft limit of RLIMIT_NOFILE: descriptors are below it. */
  public int softLimit() {
    return table.softLimit();
  }

  /** The hard limit of RLIMIT_NOFILE. */
  public int hardLimit() {
    return table.hardLimit();
  }

  /** setrlimit(RLIMIT_NOFILE). */
  public void setLimits(long soft, long hard) {
    table.setLimits(soft, hard, process.credentials().isSuperuser());
  }

  /** A description that is not just a path (O_PATH). */
  private FileDescription usable(int fd) {
    FileDescription description = table.peek(fd);
    if ((description.flags() & OpenFlags.O_PATH) != 0) {
      throw EBADF.exception();
    }
    return description;
  }
}
