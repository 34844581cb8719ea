package io.vivarium.kernel.fs;

import static io.vivarium.kernel.errno.Errno.EBUSY;
import static io.vivarium.kernel.errno.Errno.EEXIST;
import static io.vivarium.kernel.errno.Errno.EINVAL;
import static io.vivarium.kernel.errno.Errno.EISDIR;
import static io.vivarium.kernel.errno.Errno.ENOENT;
import static io.vivarium.kernel.errno.Errno.ENOTDIR;
import static io.vivarium.kernel.errno.Errno.ENOTEMPTY;
import static io.vivarium.kernel.errno.Errno.EPERM;
import static io.vivarium.kernel.errno.Errno.EROFS;
import static io.vivarium.kernel.errno.Errno.ESTALE;
import static io.vivarium.kernel.errno.Errno.EXDEV;

import io.vivarium.kernel.errno.ErrnoException;
import io.vivarium.kernel.fs.PathWalk.Parent;
import io.vivarium.kernel.trace.Phase;
import io.vivarium.kernel.trace.PhaseClock;
import io.vivarium.kernel.user.Credentials;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The tree of one machine: what system calls that take paths do. It resolves paths, checks
 * permissions, read-only mounts, sticky directories and mount boundaries, and then asks the file
 * system for one atomic change.
 *
 * <p>A path is walked once per call. Where the object found by the walk was replaced before the
 * change (the file system answers ESTALE), the call starts again. Thread-safe.
 *
 * <p>Semantics: POSIX.1-2024 and the Linux man pages of the calls named.
 */
public final class VirtualFileSystem {
  /** How often a call starts again while others keep replacing what it is about. */
  private static final int MAX_ATTEMPTS = 100;

  private final MountTable mounts;
  private final boolean confined;
  private final @Nullable Gate gate;

  /** The tree that a mount table describes. */
  public VirtualFileSystem(MountTable mounts) {
    this(mounts, false, null);
  }

  private VirtualFileSystem(MountTable mounts, boolean confined, @Nullable Gate gate) {
    this.mounts = mounts;
    this.confined = confined;
    this.gate = gate;
  }

  /**
   * The same tree for calls whose paths must stay below where they start: an absolute path, a "..",
   * or a symlink that leads out answers EXDEV (RESOLVE_BENEATH of openat2(2)).
   */
  public VirtualFileSystem beneath() {
    return new VirtualFileSystem(mounts, true, gate);
  }

  /** The same tree for calls that a gate is asked about. */
  public VirtualFileSystem gated(Gate asked) {
    return new VirtualFileSystem(mounts, confined, asked);
  }

  /** The mounts. */
  public MountTable mounts() {
    return mounts;
  }

  /** The place a path leads to; {@code follow} says whether a symlink at its end is followed. */
  public Location resolve(Credentials who, Location start, String path, boolean follow) {
    Phase before = PhaseClock.enter(Phase.PATH);
    try {
      return PathWalk.resolve(mounts, who, start, path, follow, confined);
    } finally {
      PhaseClock.leave(before);
    }
  }

  /**
   * The place a path leads to, if something may be done to it.
   *
   * @param operations what is going to be done
   */
  public Location resolve(
      Credentials who, Location start, String path, boolean follow, Operations operations) {
    Gate asked = gate;
    if (asked == null) {
      return resolve(who, start, path, follow);
    }
    Phase before = PhaseClock.enter(Phase.PATH);
    try {
      return PathWalk.resolve(mounts, who, start, path, follow, confined, asked, operations);
    } finally {
      PhaseClock.leave(before);
    }
  }

  /** Asks the gate whether something may be done to what was resolved without asking. */
  public void permit(Operations operations, Location place) {
    if (gate != null) {
      for (FileOperation operation : operations.on(place.inode().type())) {
        gate.check(operation, place);
      }
    }
  }

  /**
   * Asks the gate whether something may be done to a name.
   *
   * @param type of what it stands for; null when that is nothing, or not known
   */
  void permit(Operations operations, Parent parent, @Nullable FileType type) {
    if (gate != null) {
      for (FileOperation operation : operations.on(type)) {
        if (parent.isDot()) {
          gate.check(operation, parent.directory());
        } else {
          gate.check(operation, parent.directory(), parent.name());
        }
      }
    }
  }

  /** EACCES unless the caller has the wanted {@link Access} bits. */
  public void checkAccess(Credentials who, Location place, int wanted) {
    if ((wanted & Access.WRITE) != 0 && place.mount().readOnly() && !isNode(place.inode())) {
      throw EROFS.exception();
    }
    Access.check(place.inode(), who, wanted);
  }

  /**
   * Creates a file, directory, symlink or node at a path (mkdir(2), mknod(2), symlink(2)).
   *
   * @param attributes kind and mode, with umask applied; owner and group are replaced by the
   *     caller's and by what a set-group-id directory says
   */
  public Location create(Credentials who, Location start, String path, NewInode attributes) {
    FileOperation operation = creating(attributes.type());
    Parent parent = parent(who, start, path, operation);
    permit(operation, parent, null);
    if (parent.isDot()) {
      throw EEXIST.exception();
    }
    Inode existing = peek(parent);
    if (existing != null) {
      throw EEXIST.exception();
    }
    if (parent.slash() && attributes.type() != FileType.DIRECTORY) {
      throw ENOENT.exception();
    }
    return createIn(who, parent.directory(), parent.name(), attributes);
  }

  /** Creates a name in a directory that the walk has found; EEXIST when it is taken. */
  Location createIn(Credentials who, Location directory, String name, NewInode attributes) {
    checkWritableDirectory(who, directory);
    FileType type = attributes.type();
    boolean device = type == FileType.CHARACTER_DEVICE || type == FileType.BLOCK_DEVICE;
    if (device && !who.isSuperuser()) {
      throw EPERM.exception();
    }
    Inode inode = directory.inode().create(name, owned(who, directory.inode(), attributes));
    return new Location(directory.mount(), inode);
  }

  /** Creates an unnamed regular file in a directory (O_TMPFILE). */
  public Location createUnnamed(Credentials who, Location directory, NewInode attributes) {
    permit(FileOperation.WRITE, directory);
    if (directory.inode().type() != FileType.DIRECTORY) {
      throw ENOTDIR.exception();
    }
    checkWritableDirectory(who, directory);
    Inode inode = directory.inode().createUnnamed(owned(who, directory.inode(), attributes));
    return new Location(directory.mount(), inode);
  }

  /** unlink(2). */
  public void unlink(Credentials who, Location start, String path) {
    retry(() -> {
      Parent parent = parent(who, start, path, FileOperation.RM);
      permit(FileOperation.RM, parent, null);
      if (parent.isDot()) {
        throw EISDIR.exception();
      }
      Location directory = parent.directory();
      Inode inode = directory.inode().lookup(parent.name());
      if (parent.slash() && inode.type() != FileType.DIRECTORY) {
        throw ENOTDIR.exception();
      }
      checkRemoval(who, directory, inode);
      if (inode.type() == FileType.DIRECTORY) {
        throw EISDIR.exception();
      }
      directory.inode().unlink(parent.name(), inode);
      return null;
    });
  }

  /** rmdir(2). */
  public void rmdir(Credentials who, Location start, String path) {
    retry(() -> {
      Parent parent = parent(who, start, path, FileOperation.RM);
      permit(FileOperation.RM, parent, null);
      if (parent.name().equals(".")) {
        throw (isRootPath(path) ? EBUSY : EINVAL).exception();
      }
      if (parent.name().equals("..")) {
        throw ENOTEMPTY.exception();
      }
      Location directory = parent.directory();
      Inode inode = directory.inode().lookup(parent.name());
      checkRemoval(who, directory, inode);
      if (inode.type() != FileType.DIRECTORY) {
        throw ENOTDIR.exception();
      }
      if (MountTable.isMountPoint(new Location(directory.mount(), inode))) {
        throw EBUSY.exception();
      }
      mounts.renames().change(() -> directory.inode().rmdir(parent.name(), inode));
      return null;
    });
  }

  /** linkat(2): a hard link to what {@code source} is. */
  public void link(Credentials who, Location source, Location start, String path) {
    Parent parent = parent(who, start, path, FileOperation.LINK);
    permit(FileOperation.LINK, parent, null);
    if (parent.isDot() || peek(parent) != null) {
      throw EEXIST.exception();
    }
    Location directory = parent.directory();
    Inode.Link name = source.inode().link();
    if (gate != null && name != null) {
      gate.checkMove(
          FileOperation.LINK,
          new Location(source.mount(), name.directory()),
          name.name(),
          directory,
          parent.name(),
          false);
    }
    if (directory.mount() != source.mount()) {
      throw EXDEV.exception();
    }
    if (parent.slash()) {
      throw ENOENT.exception();
    }
    checkWritableDirectory(who, directory);
    if (source.inode().type() == FileType.DIRECTORY) {
      throw EPERM.exception();
    }
    directory.inode().link(parent.name(), source.inode());
  }

  /** renameat2(2); {@code flags} are those of {@link Inode#rename}. */
  public void rename(
      Credentials who,
      Location oldStart,
      String oldPath,
      Location newStart,
      String newPath,
      int flags) {
    if ((flags & ~(Inode.RENAME_NOREPLACE | Inode.RENAME_EXCHANGE)) != 0 || flags == 3) {
      throw EINVAL.exception();
    }
    retry(() -> {
      Parent from = parent(who, oldStart, oldPath, FileOperation.RENAME);
      Parent to = parent(who, newStart, newPath, FileOperation.RENAME);
      permit(FileOperation.RENAME, from, null);
      permit(FileOperation.RENAME, to, null);
      if (from.directory().mount() != to.directory().mount()) {
        throw EXDEV.exception();
      }
      if (from.isDot() || to.isDot()) {
        throw EBUSY.exception();
      }
      renameOnce(who, from, to, flags);
      return null;
    });
  }

  private void renameOnce(Credentials who, Parent from, Parent to, int flags) {
    Location oldDirectory = from.directory();
    Location newDirectory = to.directory();
    Inode source = oldDirectory.inode().lookup(from.name());
    Inode target = peek(to);
    if (target != null && (flags & Inode.RENAME_NOREPLACE) != 0) {
      throw EEXIST.exception();
    }
    if (target == null && (flags & Inode.RENAME_EXCHANGE) != 0) {
      throw ENOENT.exception();
    }
    boolean directory = source.type() == FileType.DIRECTORY;
    if (!directory && from.slash()) {
      throw ENOTDIR.exception();
    }
    boolean targetDirectory = target != null && target.type() == FileType.DIRECTORY;
    if (to.slash() && !directory && (target == null || !targetDirectory)) {
      throw ENOTDIR.exception();
    }
    if (source == target) {
      return;
    }
    if (target != null && (flags & Inode.RENAME_EXCHANGE) == 0) {
      permit(FileOperation.RM, to, null);
    }
    permitMove(from, to, directory);
    if (target != null && (flags & Inode.RENAME_EXCHANGE) != 0) {
      permitMove(to, from, targetDirectory);
    }
    checkRemoval(who, oldDirectory, source);
    if (target == null) {
      checkWritableDirectory(who, newDirectory);
    } else {
      checkRemoval(who, newDirectory, target);
    }
    // A directory that changes its parent has its ".." rewritten, so it must be writable itself.
    if (directory && oldDirectory.inode() != newDirectory.inode()) {
      Access.check(source, who, Access.WRITE);
    }
    Mount mount = oldDirectory.mount();
    if (MountTable.isMountPoint(new Location(mount, source))
        || (target != null && MountTable.isMountPoint(new Location(mount, target)))) {
      throw EBUSY.exception();
    }
    Runnable move =
        () ->
            oldDirectory
                .inode()
                .rename(from.name(), source, newDirectory.inode(), to.name(), target, flags);
    if (directory || targetDirectory) {
      mounts.renames().change(move);
    } else {
      move.run();
    }
  }

  private void permitMove(Parent from, Parent to, boolean directory) {
    if (gate != null) {
      gate.checkMove(
          FileOperation.RENAME,
          from.directory(),
          from.name(),
          to.directory(),
          to.name(),
          directory);
    }
  }

  private static FileOperation creating(FileType type) {
    return switch (type) {
      case DIRECTORY -> FileOperation.MKDIR;
      case SYMLINK -> FileOperation.SYMLINK;
      case REGULAR, FIFO, SOCKET, CHARACTER_DEVICE, BLOCK_DEVICE -> FileOperation.WRITE;
    };
  }

  /** readlink(2). */
  public String readLink(Location place) {
    return place.inode().readLink();
  }

  /** chmod(2) on what was resolved. */
  public void chmod(Credentials who, Location place, int mode) {
    checkWritableMount(place);
    Inode inode = place.inode();
    Access.checkOwner(inode, who);
    if (inode.type() == FileType.SYMLINK) {
      throw io.vivarium.kernel.errno.Errno.EOPNOTSUPP.exception();
    }
    int wanted = mode & Mode.PERMISSIONS;
    if ((wanted & Mode.SET_GID) != 0 && !who.isSuperuser() && !who.inGroup(inode.gid())) {
      wanted &= ~Mode.SET_GID;
    }
    inode.setAttributes(AttributeChange.mode(wanted));
  }

  /** chown(2) on what was resolved; {@link AttributeChange#KEEP} leaves an id as it is. */
  public void chown(Credentials who, Location place, int uid, int gid) {
    checkWritableMount(place);
    Inode inode = place.inode();
    boolean keepsUid = uid == AttributeChange.KEEP || uid == inode.uid();
    boolean keepsGid = gid == AttributeChange.KEEP || gid == inode.gid();
    if (!who.isSuperuser()) {
      boolean owner = who.effectiveUid() == inode.uid();
      boolean unchanged = uid == AttributeChange.KEEP && gid == AttributeChange.KEEP;
      if (!unchanged && (!owner || !keepsUid || !(keepsGid || who.inGroup(gid)))) {
        throw EPERM.exception();
      }
    }
    inode.setAttributes(AttributeChange.owner(uid, gid, withoutSetId(inode)));
  }

  /**
   * utimensat(2) on what was resolved.
   *
   * @param bothNow whether both times become now, which needs write access instead of ownership
   */
  public void utimens(
      Credentials who, Location place, long accessTime, long modificationTime, boolean bothNow) {
    checkWritableMount(place);
    Inode inode = place.inode();
    boolean owner = who.isSuperuser() || who.effectiveUid() == inode.uid();
    if (!owner) {
      if (!bothNow) {
        throw EPERM.exception();
      }
      Access.check(inode, who, Access.WRITE);
    }
    inode.setAttributes(AttributeChange.times(accessTime, modificationTime));
  }

  /** truncate(2) on what was resolved. */
  public void truncate(Credentials who, Location place, long size) {
    if (size < 0) {
      throw EINVAL.exception();
    }
    Inode inode = place.inode();
    if (inode.type() == FileType.DIRECTORY) {
      throw EISDIR.exception();
    }
    if (inode.type() != FileType.REGULAR) {
      throw EINVAL.exception();
    }
    checkAccess(who, place, Access.WRITE);
    inode.truncate(size);
    dropSetId(who, inode);
  }

  /** Clears set-id bits after a change of contents by anyone but uid 0 (chmod(2), write(2)). */
  public static void dropSetId(Credentials who, Inode inode) {
    if ((inode.mode() & (Mode.SET_UID | Mode.SET_GID)) != 0 && !who.isSuperuser()) {
      int mode = withoutSetId(inode);
      if (mode != AttributeChange.KEEP) {
        inode.setAttributes(AttributeChange.mode(mode));
      }
    }
  }

  /** EROFS when the mount does not allow changes. */
  public void checkWritableMount(Location place) {
    if (place.mount().readOnly()) {
      throw EROFS.exception();
    }
  }

  /**
   * The directory and name in which {@code path} ends.
   *
   * @param operations what is going to be done to the name
   */
  Parent parent(Credentials who, Location start, String path, Operations operations) {
    Gate asked = gate;
    Phase before = PhaseClock.enter(Phase.PATH);
    try {
      return asked == null
          ? PathWalk.parent(mounts, who, start, path, confined)
          : PathWalk.parent(mounts, who, start, path, confined, asked, operations);
    } finally {
      PhaseClock.leave(before);
    }
  }

  /** What the last component stands for, without following it; null when there is nothing. */
  static @Nullable Inode peek(Parent parent) {
    try {
      return parent.directory().inode().lookup(parent.name());
    } catch (ErrnoException e) {
      if (e.errno() == ENOENT) {
        return null;
      }
      throw e;
    }
  }

  private static int withoutSetId(Inode inode) {
    int mode = inode.mode();
    if (inode.type() == FileType.DIRECTORY) {
      return AttributeChange.KEEP;
    }
    int cleared = mode & ~Mode.SET_UID;
    if ((mode & Mode.GROUP_EXECUTE) != 0) {
      cleared &= ~Mode.SET_GID;
    }
    return cleared == mode ? AttributeChange.KEEP : cleared & Mode.PERMISSIONS;
  }

  private static NewInode owned(Credentials who, Inode directory, NewInode attributes) {
    int mode = attributes.mode() & Mode.PERMISSIONS;
    int gid = who.effectiveGid();
    if ((directory.mode() & Mode.SET_GID) != 0) {
      gid = directory.gid();
      if (attributes.type() == FileType.DIRECTORY) {
        mode |= Mode.SET_GID;
      }
    }
    return new NewInode(
        attributes.type(), mode, who.effectiveUid(), gid, attributes.rdev(), attributes.target());
  }

  private static void checkWritableDirectory(Credentials who, Location directory) {
    if (directory.mount().readOnly()) {
      throw EROFS.exception();
    }
    Access.check(directory.inode(), who, Access.WRITE | Access.EXECUTE);
  }

  private static void checkRemoval(Credentials who, Location directory, Inode entry) {
    checkWritableDirectory(who, directory);
    Access.checkSticky(directory.inode(), entry, who);
  }

  private static boolean isNode(Inode inode) {
    return switch (inode.type()) {
      case FIFO, SOCKET, CHARACTER_DEVICE, BLOCK_DEVICE -> true;
      case REGULAR, DIRECTORY, SYMLINK -> false;
    };
  }

  private static boolean isRootPath(String path) {
    return path.chars().allMatch(c -> c == '/');
  }

  private static <T> @Nullable T retry(Supplier<@Nullable T> call) {
    for (int attempt = 1; ; attempt++) {
      try {
        return call.get();
      } catch (ErrnoException e) {
        if (e.errno() != ESTALE || attempt == MAX_ATTEMPTS) {
          throw e;
        }
      }
    }
  }
}
