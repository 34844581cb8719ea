package io.vivarium.kernel.fs;

/**
 * A symlink that leads to an object rather than to a path: /proc/PID/cwd, exe, root and fd/N
 * (proc(5)). Its {@link Inode#readLink()} is for show only. Implemented by inodes.
 */
public interface MagicLink {
  /**
   * Where the link leads.
   *
   * @throws io.vivarium.kernel.errno.ErrnoException ENOENT when the object is gone, EACCES
   */
  Location follow();
}
