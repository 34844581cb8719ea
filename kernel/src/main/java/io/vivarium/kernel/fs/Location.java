package io.vivarium.kernel.fs;

import java.util.ArrayList;
import java.util.List;

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
    List<String> names = new ArrayList<>();
    boolean complete = collectNames(names);
    String path = "/" + String.join("/", names.reversed());
    return complete ? path : path + " (deleted)";
  }

  /**
   * Adds the components of the path at which this place can be found now, the last one first.
   *
   * @return false when it has no name any more, nor a path then
   */
  public boolean collectNames(List<String> names) {
    Mount mount = this.mount;
    Inode at = inode;
    while (true) {
      if (at == mount.root()) {
        Location point = mount.mountPoint();
        if (point == null) {
          return true;
        }
        mount = point.mount();
        at = point.inode();
        continue;
      }
      Inode.Link link = at.link();
      if (link == null) {
        return false;
      }
      names.add(link.name());
      at = link.directory();
    }
  }
}
