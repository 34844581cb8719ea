package io.vivarium.kernel.fs;

import static io.vivarium.kernel.errno.Errno.EACCES;
import static io.vivarium.kernel.errno.Errno.ELOOP;
import static io.vivarium.kernel.errno.Errno.ENAMETOOLONG;
import static io.vivarium.kernel.errno.Errno.ENOENT;
import static io.vivarium.kernel.errno.Errno.ENOTDIR;
import static io.vivarium.kernel.errno.Errno.EXDEV;

import io.vivarium.kernel.errno.ErrnoException;
import io.vivarium.kernel.text.ByteStrings;
import io.vivarium.kernel.user.Credentials;
import org.jspecify.annotations.Nullable;

/**
 * Path resolution (path_resolution(7)): one walk from a starting place along a path, through
 * symlinks and mounts, with search permission checked in every directory. One object per walk.
 */
public final class PathWalk {
  /** Longest path in bytes, without the terminating NUL (PATH_MAX - 1). */
  public static final int MAX_PATH = 4095;

  /** Longest name in bytes (NAME_MAX). */
  public static final int MAX_NAME = 255;

  /** Most symlinks that one walk follows. */
  public static final int MAX_SYMLINKS = 40;

  private final MountTable mounts;
  private final Credentials who;
  private final @Nullable Location ceiling;
  private int symlinks;

  private Location at;
  // The path, or what a symlink made of it, and where in it what is still to walk begins.
  private String path;
  private int position;
  // The name that was looked up last in {@link #at}; empty where no name led to what was found.
  private String name = "";
  // Whether more of the path follows that name.
  private boolean midway;
  // How many directories down the walk went by name from where it started, or started anew.
  private int entered;
  private @Nullable Gate leaving;
  private @Nullable Operations leavingFor;

  private PathWalk(
      MountTable mounts, Credentials who, Location start, String path, @Nullable Location ceiling) {
    this.mounts = mounts;
    this.who = who;
    this.ceiling = ceiling;
    if (path.isEmpty()) {
      throw ENOENT.exception();
    }
    if (path.length() > MAX_PATH || ByteStrings.length(path) > MAX_PATH) {
      throw ENAMETOOLONG.exception();
    }
    if (path.indexOf('\0') >= 0) {
      throw ENOENT.exception();
    }
    this.at = start;
    this.path = path;
    if (path.charAt(0) == '/') {
      toRoot();
    }
  }

  /**
   * The place a path leads to.
   *
   * @param follow whether a symlink at the end is followed; a trailing slash follows it anyway
   * @param confined whether to answer EXDEV where the path would leave the tree below {@code start}
   */
  static Location resolve(
      MountTable mounts,
      Credentials who,
      Location start,
      String path,
      boolean follow,
      boolean confined) {
    return new PathWalk(mounts, who, start, path, confined ? start : null).toEnd(follow);
  }

  /**
   * As {@link #resolve}, with a gate asked whether something may be done to what is found. What is
   * not found is asked about too, so that nobody learns from the answer what is there.
   */
  static Location resolve(
      MountTable mounts,
      Credentials who,
      Location start,
      String path,
      boolean follow,
      boolean confined,
      Gate gate,
      Operations operations) {
    PathWalk walk = new PathWalk(mounts, who, start, path, confined ? start : null);
    walk.askWhenLeaving(gate, operations);
    Location place;
    try {
      place = walk.toEnd(follow);
    } catch (ErrnoException e) {
      walk.askAboutMissing(e, gate, operations);
      throw e;
    }
    for (FileOperation operation : operations.on(place.inode().type())) {
      if (walk.name.isEmpty()) {
        gate.check(operation, place);
      } else {
        gate.check(operation, walk.at, walk.name);
      }
    }
    return place;
  }

  /**
   * The directory that holds the last component of a path, and that component. The directory is
   * searchable; nothing is said about whether the name exists.
   *
   * @param confined whether to answer EXDEV where the path would leave the tree below {@code start}
   */
  static Parent parent(
      MountTable mounts, Credentials who, Location start, String path, boolean confined) {
    return new PathWalk(mounts, who, start, path, confined ? start : null).toParent();
  }

  /** As {@link #parent}, with a gate asked about what does not exist on the way. */
  static Parent parent(
      MountTable mounts,
      Credentials who,
      Location start,
      String path,
      boolean confined,
      Gate gate,
      Operations operations) {
    PathWalk walk = new PathWalk(mounts, who, start, path, confined ? start : null);
    walk.askWhenLeaving(gate, operations);
    try {
      return walk.toParent();
    } catch (ErrnoException e) {
      walk.askAboutMissing(e, gate, operations);
      throw e;
    }
  }

  /**
   * Asks about what the walk failed at, and about what the path names behind it: a file that is in
   * the way answers as one that is not there.
   */
  private void askAboutMissing(ErrnoException failure, Gate gate, Operations operations) {
    switch (failure.errno()) {
      case ENOENT, ENOTDIR, ELOOP -> {
        for (FileOperation operation : operations.on(null)) {
          if (name.isEmpty()) {
            gate.check(operation, at);
          } else {
            gate.check(operation, at, name);
          }
          if (midway) {
            gate.check(operation, at, name + "/" + rest());
          }
        }
      }
      default -> {}
    }
  }

  /** Where "name/.." is in a path, whether there is such a name is asked about as well. */
  private void askWhenLeaving(Gate gate, Operations operations) {
    this.leaving = gate;
    this.leavingFor = operations;
  }

  /**
   * The directory and name a path ends in.
   *
   * @param directory where the last component is looked up
   * @param name the last component; "." for paths like "/" that have none
   * @param slash whether the path ended in a slash: it must mean a directory
   */
  record Parent(Location directory, String name, boolean slash) {
    /** Whether the last component is "." or "..", which can be neither made nor removed. */
    boolean isDot() {
      return name.equals(".") || name.equals("..");
    }
  }

  private Location toEnd(boolean follow) {
    while (true) {
      Parent last = toParent();
      midway = false;
      Location next = step(last.name());
      boolean mustFollow = follow || last.slash();
      if (mustFollow && next.inode().type() == FileType.SYMLINK) {
        followLink(next.inode(), last.slash() ? "/" : "");
        if (position == path.length()) {
          return at;
        }
        continue;
      }
      if (last.slash() && next.inode().type() != FileType.DIRECTORY) {
        throw ENOTDIR.exception();
      }
      return next;
    }
  }

  /** Walks to the last component of the path without looking that one up. */
  private Parent toParent() {
    while (true) {
      int start = skipSlashes(path, position);
      if (start == path.length()) {
        return new Parent(at, ".", start > position);
      }
      int end = path.indexOf('/', start);
      if (end < 0) {
        return new Parent(searchable(at), checked(path.substring(start)), false);
      }
      String component = checked(path.substring(start, end));
      int next = skipSlashes(path, end);
      if (next == path.length()) {
        return new Parent(searchable(at), component, true);
      }
      position = next;
      midway = true;
      Location child = step(component);
      if (child.inode().type() == FileType.SYMLINK) {
        followLink(child.inode(), "/" + rest());
      } else if (child.inode().type() != FileType.DIRECTORY) {
        throw ENOTDIR.exception();
      } else {
        at = child;
        entered += name.isEmpty() ? 0 : 1;
      }
      if (at.inode().type() != FileType.DIRECTORY) {
        throw ENOTDIR.exception();
      }
    }
  }

  /** Looks one component up in {@link #at}, which stays. */
  private Location step(String component) {
    name = "";
    if (component.equals(".")) {
      return at;
    }
    Location directory = searchable(at);
    if (component.equals("..")) {
      askAboutLeft(directory);
      return up(directory);
    }
    name = component;
    Inode child = directory.inode().lookup(component);
    Mount mount = directory.mount();
    return child.type() == FileType.DIRECTORY
        ? MountTable.cross(new Location(mount, child))
        : new Location(mount, child);
  }

  private void askAboutLeft(Location directory) {
    if (entered > 0) {
      entered--;
      if (leaving != null && leavingFor != null) {
        for (FileOperation operation : leavingFor.on(null)) {
          leaving.checkPassed(operation, directory);
        }
      }
    }
  }

  private Location up(Location directory) {
    if (ceiling != null
        && directory.inode() == ceiling.inode()
        && directory.mount() == ceiling.mount()) {
      throw EXDEV.exception();
    }
    Location from = directory;
    while (from.inode() == from.mount().root()) {
      Location point = from.mount().mountPoint();
      if (point == null) {
        return mounts.root();
      }
      from = point;
    }
    return MountTable.cross(new Location(from.mount(), from.inode().parent()));
  }

  /**
   * Continues at the target of a symlink found in {@link #at}.
   *
   * @param behind what of the path follows the symlink
   */
  private void followLink(Inode link, String behind) {
    if (++symlinks > MAX_SYMLINKS) {
      throw ELOOP.exception();
    }
    if (link instanceof MagicLink magic) {
      if (ceiling != null) {
        throw EXDEV.exception();
      }
      at = magic.follow();
      entered = 0;
      name = "";
      String rest = skipped(behind);
      if (!behind.isEmpty() && at.inode().type() != FileType.DIRECTORY) {
        throw ENOTDIR.exception();
      }
      goOn(rest.isEmpty() && !behind.isEmpty() ? "." : rest);
      return;
    }
    String target = link.readLink();
    if (target.isEmpty()) {
      throw ENOENT.exception();
    }
    if (target.charAt(0) == '/') {
      toRoot();
    }
    goOn(target + behind);
  }

  private void goOn(String rest) {
    path = rest;
    position = 0;
  }

  private String rest() {
    return path.substring(position);
  }

  private void toRoot() {
    if (ceiling != null) {
      throw EXDEV.exception();
    }
    at = mounts.root();
    entered = 0;
  }

  private Location searchable(Location directory) {
    Inode inode = directory.inode();
    if (inode.type() != FileType.DIRECTORY) {
      throw ENOTDIR.exception();
    }
    if (!Access.allowed(inode, who, Access.EXECUTE)) {
      throw EACCES.exception();
    }
    return directory;
  }

  private static String checked(String name) {
    if (name.length() > MAX_NAME
        || (name.length() > MAX_NAME / 4 && ByteStrings.length(name) > MAX_NAME)) {
      throw ENAMETOOLONG.exception();
    }
    return name;
  }

  private static String skipped(String path) {
    return path.substring(skipSlashes(path, 0));
  }

  private static int skipSlashes(String path, int from) {
    int at = from;
    while (at < path.length() && path.charAt(at) == '/') {
      at++;
    }
    return at;
  }
}
