package io.vivarium.kernel.fs;

import static io.vivarium.kernel.errno.Errno.EEXIST;
import static io.vivarium.kernel.errno.Errno.EISDIR;
import static io.vivarium.kernel.errno.Errno.ELOOP;
import static io.vivarium.kernel.errno.Errno.ENOTDIR;

import io.vivarium.kernel.errno.ErrnoException;
import io.vivarium.kernel.fs.PathWalk.Parent;
import io.vivarium.kernel.user.Credentials;
import org.jspecify.annotations.Nullable;

/**
 * Path resolution for open(2) with O_CREAT: finds the file, or creates it where a symlink at the
 * end of the path leads, atomically with respect to others that create the same name.
 */
public final class OpenWalk {
  private final VirtualFileSystem vfs;
  private final Credentials who;

  /** A walk for one caller. */
  public OpenWalk(VirtualFileSystem vfs, Credentials who) {
    this.vfs = vfs;
    this.who = who;
  }

  /**
   * What was opened or made.
   *
   * @param place the file
   * @param created whether this call created it
   */
  public record Opened(Location place, boolean created) {}

  /**
   * Finds or creates a file.
   *
   * @param exclusive fail with EEXIST when the name is taken, even by a symlink (O_EXCL)
   * @param follow whether a symlink at the end is followed (no O_NOFOLLOW)
   * @param operations what is done to the file if it exists
   */
  public Opened open(
      Location start,
      String path,
      boolean exclusive,
      boolean follow,
      NewInode attributes,
      Operations operations) {
    Location from = start;
    String rest = path;
    for (int links = 0; links <= PathWalk.MAX_SYMLINKS; ) {
      Parent parent = vfs.parent(who, from, rest, FileOperation.WRITE);
      if (parent.slash()) {
        throw EISDIR.exception();
      }
      if (parent.isDot()) {
        throw (exclusive ? EEXIST : EISDIR).exception();
      }
      if (exclusive) {
        vfs.permit(FileOperation.WRITE, parent, null);
      }
      Inode existing = VirtualFileSystem.peek(parent);
      if (existing == null) {
        vfs.permit(FileOperation.WRITE, parent, null);
        Location made = tryCreate(parent, attributes, exclusive);
        if (made != null) {
          return new Opened(made, true);
        }
        continue;
      }
      if (exclusive) {
        throw EEXIST.exception();
      }
      Location directory = parent.directory();
      if (existing.type() != FileType.SYMLINK || !follow) {
        vfs.permit(operations, parent, existing.type());
      }
      if (existing.type() != FileType.SYMLINK) {
        return new Opened(MountTable.cross(new Location(directory.mount(), existing)), false);
      }
      if (!follow) {
        throw ELOOP.exception();
      }
      if (existing instanceof MagicLink magic) {
        Location place = magic.follow();
        vfs.permit(operations, place);
        return new Opened(place, false);
      }
      links++;
      from = directory;
      rest = existing.readLink();
      if (rest.isEmpty()) {
        throw ENOTDIR.exception();
      }
    }
    throw ELOOP.exception();
  }

  /** Creates the file, or null when somebody else was faster and the walk is to look again. */
  private @Nullable Location tryCreate(Parent parent, NewInode attributes, boolean exclusive) {
    try {
      return vfs.createIn(who, parent.directory(), parent.name(), attributes);
    } catch (ErrnoException e) {
      if (e.errno() == EEXIST && !exclusive) {
        return null;
      }
      throw e;
    }
  }
}
