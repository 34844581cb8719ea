package io.vivarium.kernel.fs;

import static io.vivarium.kernel.errno.Errno.EACCES;
import static io.vivarium.kernel.errno.Errno.EPERM;

import io.vivarium.kernel.user.Credentials;

/**
 * Discretionary access control: who may do what with an inode by its owner, group and mode bits
 * (path_resolution(7), "Permissions"). Uid 0 passes, but executing a file needs an execute bit.
 */
public final class Access {
  public static final int READ = Credentials.READ;
  public static final int WRITE = Credentials.WRITE;
  public static final int EXECUTE = Credentials.EXECUTE;

  private Access() {}

  /** Whether the wanted bits ({@link #READ}, {@link #WRITE}, {@link #EXECUTE}) are granted. */
  public static boolean allowed(Inode inode, Credentials who, int wanted) {
    boolean directory = inode.type() == FileType.DIRECTORY;
    // What everyone else's walk has to look up at each directory, the superuser's need not.
    return (directory && who.isSuperuser()) || inode.mayAccess(who, wanted);
  }

  /** EACCES unless the wanted bits are granted. */
  static void check(Inode inode, Credentials who, int wanted) {
    if (!allowed(inode, who, wanted)) {
      throw EACCES.exception();
    }
  }

  /** EPERM unless the caller owns the inode or is uid 0. */
  static void checkOwner(Inode inode, Credentials who) {
    if (!who.isSuperuser() && who.effectiveUid() != inode.uid()) {
      throw EPERM.exception();
    }
  }

  /** EPERM when a sticky directory protects an entry from this caller. */
  static void checkSticky(Inode directory, Inode entry, Credentials who) {
    if ((directory.mode() & Mode.STICKY) != 0
        && !who.isSuperuser()
        && who.effectiveUid() != entry.uid()
        && who.effectiveUid() != directory.uid()) {
      throw EPERM.exception();
    }
  }
}
