package io.vivarium.kernel.fs;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * A place in a machine's tree: an inode together with the mount it was reached through, as Linux's
 * {@code struct path}. The mount says where ".." of its root leads and whether writing is allowed.
 *
 * @param mount the mount
 * @param inode an inode of the mount's file system
 */
public record Location(Mount mount, Inode inode) {

  /**
   * The absolute path at which this place can be found now, as getcwd(2) and /proc show it. What
   * has no name any more ends in " (deleted)".
   */
  public String path() {
    Deque<String> names = new ArrayDeque<>();
    boolean deleted = false;
    Mount mount = this.mount;
    Inode at = inode;
    while (true) {
      if (at == mount.root()) {
        Location point = mount.mountPoint();
        if (point == null) {
          break;
        }
        mount = point.mount();
        at = point.inode();
        continue;
      }
      Inode.Link link = at.link();
      if (link == null) {
        deleted = true;
        break;
      }
      names.addFirst(link.name());
      at = link.directory();
    }
    String path = "/" + String.join("/", names);
    return deleted ? path + " (deleted)" : path;
  }
}
