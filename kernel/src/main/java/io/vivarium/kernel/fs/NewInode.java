package io.vivarium.kernel.fs;

/**
 * The attributes with which a directory creates an inode. The virtual file system has applied
 * umask, default owner and set-group-id inheritance already; a file system stores them as they are.
 *
 * @param type kind of file
 * @param mode permission bits (07777)
 * @param uid owner
 * @param gid group
 * @param rdev device number for device nodes, else 0
 * @param target target of a symlink, else empty
 */
public record NewInode(FileType type, int mode, int uid, int gid, long rdev, String target) {

  /** A regular file. */
  public static NewInode regular(int mode, int uid, int gid) {
    return new NewInode(FileType.REGULAR, mode, uid, gid, 0, "");
  }

  /** A directory. */
  public static NewInode directory(int mode, int uid, int gid) {
    return new NewInode(FileType.DIRECTORY, mode, uid, gid, 0, "");
  }

  /** A symlink; its mode is always 0777 on Linux. */
  public static NewInode symlink(String target, int uid, int gid) {
    return new NewInode(FileType.SYMLINK, 0777, uid, gid, 0, target);
  }

  /** A FIFO, socket or device node. */
  public static NewInode node(FileType type, int mode, int uid, int gid, long rdev) {
    return new NewInode(type, mode, uid, gid, rdev, "");
  }
}
