package io.vivarium.kernel.file;

import static io.vivarium.kernel.errno.Errno.EINVAL;
import static io.vivarium.kernel.errno.Errno.EISDIR;
import static io.vivarium.kernel.errno.Errno.ELOOP;
import static io.vivarium.kernel.errno.Errno.ENOTDIR;
import static io.vivarium.kernel.file.OpenFlags.O_CREAT;
import static io.vivarium.kernel.file.OpenFlags.O_DIRECTORY;
import static io.vivarium.kernel.file.OpenFlags.O_EXCL;
import static io.vivarium.kernel.file.OpenFlags.O_NOFOLLOW;
import static io.vivarium.kernel.file.OpenFlags.O_PATH;
import static io.vivarium.kernel.file.OpenFlags.O_TMPFILE_BIT;
import static io.vivarium.kernel.file.OpenFlags.O_TRUNC;

import io.vivarium.kernel.fs.Access;
import io.vivarium.kernel.fs.FileOperation;
import io.vivarium.kernel.fs.FileType;
import io.vivarium.kernel.fs.Location;
import io.vivarium.kernel.fs.NewInode;
import io.vivarium.kernel.fs.OpenWalk;
import io.vivarium.kernel.fs.VirtualFileSystem;
import io.vivarium.kernel.user.Credentials;
import io.vivarium.kernel.wait.Task;

/** open(2): from a path to a file description. Thread-safe. */
public final class Opener {
  private final VirtualFileSystem vfs;
  private final NodeOpener nodes;

  /** Opens in one machine's tree; nodes (FIFOs, devices) are opened by {@code nodes}. */
  public Opener(VirtualFileSystem vfs, NodeOpener nodes) {
    this.vfs = vfs;
    this.nodes = nodes;
  }

  /** Opens the same files, by paths that must stay below where they start (EXDEV). */
  public Opener beneath() {
    return new Opener(vfs.beneath(), nodes);
  }

  /**
   * Opens a path.
   *
   * @param task who opens, for what may block
   * @param who with whose permissions
   * @param start where a relative path starts
   * @param flags {@link OpenFlags}
   * @param mode permission bits of a new file, umask applied
   * @return a description with one reference
   */
  public FileDescription open(
      Task task, Credentials who, Location start, String path, int flags, int mode) {
    boolean follow = (flags & O_NOFOLLOW) == 0;
    if ((flags & O_PATH) != 0) {
      return openPath(vfs.resolve(who, start, path, follow, FileOperation.STAT), flags);
    }
    if ((flags & O_TMPFILE_BIT) != 0) {
      return openUnnamed(who, vfs.resolve(who, start, path, follow), flags, mode);
    }
    if ((flags & O_CREAT) != 0) {
      if ((flags & O_DIRECTORY) != 0) {
        throw EINVAL.exception();
      }
      boolean exclusive = (flags & O_EXCL) != 0;
      OpenWalk.Opened opened =
          new OpenWalk(vfs, who)
              .open(
                  start,
                  path,
                  exclusive,
                  follow,
                  NewInode.regular(mode, 0, 0),
                  Opening.with(flags));
      if (opened.created()) {
        return describe(opened.place(), flags, who);
      }
      if (opened.place().inode().type() == FileType.DIRECTORY) {
        throw EISDIR.exception();
      }
      return openExisting(task, who, opened.place(), flags);
    }
    Location place = vfs.resolve(who, start, path, follow, Opening.with(flags));
    return openExisting(task, who, place, flags);
  }

  /** Opens what a walk has found, with the checks of open(2). */
  public FileDescription openExisting(Task task, Credentials who, Location place, int flags) {
    FileType type = place.inode().type();
    if (type == FileType.SYMLINK) {
      throw ELOOP.exception();
    }
    if (type != FileType.DIRECTORY && (flags & O_DIRECTORY) != 0) {
      throw ENOTDIR.exception();
    }
    boolean truncates = (flags & O_TRUNC) != 0 && type == FileType.REGULAR;
    int wanted = OpenFlags.reads(flags) ? Access.READ : 0;
    if (OpenFlags.writes(flags) || truncates) {
      wanted |= Access.WRITE;
    }
    if (type == FileType.DIRECTORY && (wanted & Access.WRITE) != 0) {
      throw EISDIR.exception();
    }
    vfs.checkAccess(who, place, wanted);
    if (type != FileType.REGULAR && type != FileType.DIRECTORY) {
      FileDescription node = nodes.open(task, place, flags);
      if (node.location() == null && node.anonymousName() == null) {
        node.openedAt(place);
      }
      return node;
    }
    FileDescription description = describe(place, flags, who);
    if (truncates) {
      try {
        place.inode().truncate(0);
      } catch (RuntimeException e) {
        description.release();
        throw e;
      }
      VirtualFileSystem.dropSetId(who, place.inode());
    }
    return description;
  }

  private static FileDescription describe(Location place, int flags, Credentials who) {
    FileDescription description =
        place.inode().type() == FileType.DIRECTORY
            ? new DirectoryDescription(place.inode(), flags)
            : new RegularFileDescription(place.inode(), flags, who);
    description.openedAt(place);
    return description;
  }

  private static FileDescription openPath(Location place, int flags) {
    if ((flags & O_DIRECTORY) != 0 && place.inode().type() != FileType.DIRECTORY) {
      throw ENOTDIR.exception();
    }
    FileDescription description = new PathDescription(place.inode());
    description.openedAt(place);
    return description;
  }

  private FileDescription openUnnamed(Credentials who, Location directory, int flags, int mode) {
    if (!OpenFlags.writes(flags)) {
      throw EINVAL.exception();
    }
    Location place = vfs.createUnnamed(who, directory, NewInode.regular(mode, 0, 0));
    return describe(place, flags, who);
  }
}
