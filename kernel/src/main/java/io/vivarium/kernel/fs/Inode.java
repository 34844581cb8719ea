package io.vivarium.kernel.fs;

import static io.vivarium.kernel.errno.Errno.EINVAL;
import static io.vivarium.kernel.errno.Errno.ENODATA;
import static io.vivarium.kernel.errno.Errno.ENOTDIR;
import static io.vivarium.kernel.errno.Errno.EOPNOTSUPP;
import static io.vivarium.kernel.errno.Errno.EPERM;

import io.vivarium.kernel.user.Credentials;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A file, directory, symlink, FIFO, socket or device node: the handle through which the kernel
 * works on it. Descriptions, working directories and mounts hold inodes, never paths, so a file
 * that is renamed or unlinked while it is open stays what it was.
 *
 * <p><b>Identity.</b> As long as an inode object is reachable, its file system returns this same
 * object for this file; {@code ==} compares files.
 *
 * <p><b>Who checks what.</b> The virtual file system checks permissions, read-only mounts, name
 * length, "." and "..", sticky directories and mount boundaries. A file system checks what only it
 * can decide atomically: whether names exist, whether directories are empty, cycles on rename,
 * space. Each method is atomic: it happens completely or, when it throws, not at all.
 *
 * <p><b>Thread safety.</b> Every method may be called by any thread. No method waits for a guest.
 *
 * <p><b>Times.</b> Reading updates the access time (relatime rules), changing contents updates
 * modification and change time, and changing a directory updates the directory's.
 *
 * <p>Methods that do not fit the type of a file answer the errno that Linux answers.
 */
public abstract class Inode {
  /** Flag of {@link #rename}: fail with EEXIST instead of replacing (renameat2(2)). */
  public static final int RENAME_NOREPLACE = 1;

  /** Flag of {@link #rename}: swap the two names (renameat2(2)). */
  public static final int RENAME_EXCHANGE = 2;

  private volatile @Nullable InodeAttachments attachments;

  /** The file system this inode lives in. */
  public abstract FileSystem fileSystem();

  /** Inode number, unique within the file system for as long as the file lives; never 0. */
  public abstract long ino();

  /** The kind of file; never changes. */
  public abstract FileType type();

  /** All attributes at one moment. */
  public abstract Stat stat();

  /** Type and permission bits; the cheap part of {@link #stat()} for permission checks. */
  public abstract int mode();

  /** Owner. */
  public abstract int uid();

  /** Group. */
  public abstract int gid();

  /**
   * Whether mode, owner and group grant the wanted {@link Access} bits, which are read at one
   * moment where the file system can.
   */
  public boolean mayAccess(Credentials who, int wanted) {
    return who.mayAccess(mode(), type() == FileType.DIRECTORY, uid(), gid(), wanted);
  }

  /** Size in bytes, as {@link Stat#size()}. */
  public abstract long size();

  /** Device number of a device node, else 0. */
  public long rdev() {
    return 0;
  }

  /** Changes attributes; the virtual file system has decided that it is allowed. */
  public abstract void setAttributes(AttributeChange change);

  // ---- directories
  // -------------------------------------------------------------------------------

  /**
   * The inode that a name in this directory stands for.
   *
   * @throws io.vivarium.kernel.errno.ErrnoException ENOENT without such a name (also when this
   *     directory was removed), ENOTDIR when this is not a directory
   */
  public Inode lookup(String name) {
    throw ENOTDIR.exception();
  }

  /** The directory above; the root of a file system is its own parent. Directories only. */
  public Inode parent() {
    throw ENOTDIR.exception();
  }

  /**
   * A name under which this file can be found now, with the directory it is in; null when it has
   * none (unlinked, or anonymous). Of several hard links any one.
   */
  public @Nullable Link link() {
    return null;
  }

  /**
   * Creates a file under a new name.
   *
   * @throws io.vivarium.kernel.errno.ErrnoException EEXIST when the name is taken, ENOENT when this
   *     directory was removed, ENOSPC, EPERM when the file system has no such kind of file
   */
  public Inode create(String name, NewInode attributes) {
    throw ENOTDIR.exception();
  }

  /**
   * Creates a regular file without a name in this directory's file system (O_TMPFILE). It
   * disappears when its last description is closed unless {@link #link(String, Inode)} gives it a
   * name.
   */
  public Inode createUnnamed(NewInode attributes) {
    throw EOPNOTSUPP.exception();
  }

  /**
   * Adds a hard link to a file of the same file system.
   *
   * @throws io.vivarium.kernel.errno.ErrnoException EEXIST, EPERM for directories, ENOENT when the
   *     target lost its last name and was not created by {@link #createUnnamed}, EMLINK
   */
  public void link(String name, Inode target) {
    throw ENOTDIR.exception();
  }

  /**
   * Removes the name of a non-directory.
   *
   * @param expected the inode that the caller's checks were about
   * @throws io.vivarium.kernel.errno.ErrnoException ENOENT when the name is gone, ESTALE when it
   *     now stands for another file, EISDIR
   */
  public void unlink(String name, Inode expected) {
    throw ENOTDIR.exception();
  }

  /**
   * Removes an empty directory.
   *
   * @throws io.vivarium.kernel.errno.ErrnoException ENOTEMPTY, ENOTDIR, ENOENT, ESTALE as for
   *     unlink
   */
  public void rmdir(String name, Inode expected) {
    throw ENOTDIR.exception();
  }

  /**
   * Moves a name of this directory to a name of a directory of the same file system, replacing what
   * is there as rename(2) says.
   *
   * @param expected the inode that {@code oldName} stood for in the caller's checks
   * @param expectedTarget what {@code newName} stood for, or null when nothing
   * @param flags {@link #RENAME_NOREPLACE}, {@link #RENAME_EXCHANGE} or 0
   * @throws io.vivarium.kernel.errno.ErrnoException ENOENT, ESTALE when a name stands for something
   *     else now, EEXIST, ENOTEMPTY, EISDIR, ENOTDIR, EINVAL when a directory would go below itself
   */
  public void rename(
      String oldName,
      Inode expected,
      Inode newParent,
      String newName,
      @Nullable Inode expectedTarget,
      int flags) {
    throw ENOTDIR.exception();
  }

  /**
   * Visits entries whose position is behind {@code cookie}; 0 starts at the beginning. "." and ".."
   * are not among them. Entries that exist during the whole enumeration are seen exactly once, over
   * any number of calls. The visitor runs without locks held that a system call may need, or on a
   * copy.
   */
  public void readDirectory(long cookie, DirectoryVisitor visitor) {
    throw ENOTDIR.exception();
  }

  // ---- symlinks
  // ----------------------------------------------------------------------------------

  /** The target of a symlink, as it was given. */
  public String readLink() {
    throw EINVAL.exception();
  }

  // ---- regular files
  // -----------------------------------------------------------------------------

  /**
   * Reads at a position; holes read as zeros.
   *
   * @return bytes read, 0 at or behind the end
   */
  public int read(long position, byte[] buffer, int offset, int length) {
    throw EINVAL.exception();
  }

  /**
   * Writes at a position, growing the file where needed. May write less than asked when the file
   * system fills up, but at least one byte or it throws ENOSPC.
   *
   * @return bytes written
   */
  public int write(long position, byte[] buffer, int offset, int length) {
    throw EINVAL.exception();
  }

  /**
   * Writes at the end of the file; finding the end and writing are one step (O_APPEND).
   *
   * @return the size of the file just behind the written bytes
   */
  public long append(byte[] buffer, int offset, int length) {
    throw EINVAL.exception();
  }

  /** Sets the size; growth makes a hole. */
  public void truncate(long size) {
    throw EINVAL.exception();
  }

  /** fallocate(2). */
  public void allocate(AllocateMode mode, long position, long length) {
    throw EOPNOTSUPP.exception();
  }

  /**
   * The next position at or behind {@code position} that holds data (SEEK_DATA).
   *
   * @throws io.vivarium.kernel.errno.ErrnoException ENXIO when there is none before the end
   */
  public long nextData(long position) {
    if (position < 0 || position >= size()) {
      throw io.vivarium.kernel.errno.Errno.ENXIO.exception();
    }
    return position;
  }

  /** The next hole at or behind a position; the end of the file counts as one (SEEK_HOLE). */
  public long nextHole(long position) {
    if (position < 0 || position >= size()) {
      throw io.vivarium.kernel.errno.Errno.ENXIO.exception();
    }
    return size();
  }

  /** Writes contents through to where they last; nothing to do for file systems in memory. */
  public void sync() {}

  // ---- extended attributes
  // -----------------------------------------------------------------------

  /**
   * The value of an extended attribute (xattr(7)), a copy.
   *
   * @throws io.vivarium.kernel.errno.ErrnoException ENODATA without it, EOPNOTSUPP
   */
  public byte[] getXattr(String name) {
    throw ENODATA.exception();
  }

  /** Names of the extended attributes. */
  public List<String> listXattrs() {
    return List.of();
  }

  /**
   * Sets an extended attribute.
   *
   * @param flags 0, or 1 create only (EEXIST), or 2 replace only (ENODATA)
   */
  public void setXattr(String name, byte[] value, int flags) {
    throw EOPNOTSUPP.exception();
  }

  /** Removes an extended attribute; ENODATA without it. */
  public void removeXattr(String name) {
    throw EPERM.exception();
  }

  // ---- life
  // --------------------------------------------------------------------------------------

  /**
   * A description, mapping or working directory starts to use this inode. A file system keeps an
   * inode without names for as long as it is in use.
   *
   * @throws io.vivarium.kernel.errno.ErrnoException ENFILE when a file system that needs something
   *     of the host for it has no more, ESTALE when the file is gone by now; only when the inode
   *     was not in use before
   */
  public void opened() {}

  /** The counterpart of {@link #opened()}; the last one releases an inode without names. */
  public void closed() {}

  /**
   * The virtual file system allows open(2) with these flags and is about to make a description. A
   * file system whose files live elsewhere opens them there now, so that refusals come from the
   * open and not from the first read; others have nothing to do.
   *
   * @param flags of open(2); O_PATH is never among them
   * @throws io.vivarium.kernel.errno.ErrnoException ENXIO and EACCES for special files that cannot
   *     be opened, ESTALE when the file was replaced after the lookup (walk the path again),
   *     whatever the open elsewhere answers
   */
  public void prepareOpen(int flags) {}

  /** What the kernel attaches to this inode: pipe of a FIFO, locks. Created at first use. */
  public final InodeAttachments attachments() {
    InodeAttachments present = attachments;
    if (present == null) {
      synchronized (this) {
        present = attachments;
        if (present == null) {
          present = new InodeAttachments();
          attachments = present;
        }
      }
    }
    return present;
  }

  /**
   * A place where an inode can be found.
   *
   * @param directory the directory
   * @param name the name in it
   */
  public record Link(Inode directory, String name) {}
}
