package io.vivarium.kernel.image;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vivarium.kernel.fs.Inode;
import io.vivarium.kernel.fs.NewInode;
import java.util.List;

/**
 * The directories and files of a fresh machine's root: the Filesystem Hierarchy Standard with a
 * merged /usr, an unprivileged user, and the few files in /etc that programs look for.
 */
public final class BaseImage {
  /** Uid and gid of the unprivileged user. */
  public static final int USER_ID = 1000;

  /** Name of the unprivileged user. */
  public static final String USER_NAME = "user";

  /** Home of the unprivileged user. */
  public static final String USER_HOME = "/home/user";

  private static final List<String> DIRECTORIES =
      List.of(
          "/boot",
          "/dev",
          "/etc",
          "/home",
          "/media",
          "/mnt",
          "/opt",
          "/proc",
          "/run",
          "/srv",
          "/sys",
          "/usr",
          "/usr/bin",
          "/usr/games",
          "/usr/include",
          "/usr/lib",
          "/usr/libexec",
          "/usr/local",
          "/usr/local/bin",
          "/usr/local/lib",
          "/usr/local/sbin",
          "/usr/local/share",
          "/usr/sbin",
          "/usr/share",
          "/usr/share/git-core",
          "/usr/share/git-core/templates",
          "/usr/share/man",
          "/var",
          "/var/cache",
          "/var/lib",
          "/var/lock",
          "/var/log",
          "/var/spool");

  private static final String PASSWD =
      """
      root:x:0:0:root:/root:/bin/sh
      nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
      user:x:1000:1000:user:/home/user:/bin/sh
      """;

  private static final String GROUP =
      """
      root:x:0:
      tty:x:5:
      users:x:100:
      nogroup:x:65534:
      user:x:1000:
      """;

  private static final String OS_RELEASE =
      """
      NAME="Vivarium"
      ID=vivarium
      PRETTY_NAME="Vivarium"
      """;

  /** Guests cannot fork, so git does its housekeeping in the foreground. */
  private static final String GITCONFIG =
      """
      [gc]
      \tautoDetach = false
      [maintenance]
      \tautoDetach = false
      """;

  private static final String PROFILE =
      """
      PATH=/usr/local/bin:/usr/bin:/bin
      export PATH
      """;

  private BaseImage() {}

  /**
   * Builds the tree below the root of an empty file system.
   *
   * @param hostname what /etc/hostname says
   */
  public static void build(Inode root, String hostname) {
    for (String path : DIRECTORIES) {
      directory(root, path, 0755, 0);
    }
    directory(root, "/root", 0700, 0);
    directory(root, "/tmp", 01777, 0);
    directory(root, "/var/tmp", 01777, 0);
    directory(root, USER_HOME, 0755, USER_ID);
    symlink(root, "/bin", "usr/bin");
    symlink(root, "/sbin", "usr/sbin");
    symlink(root, "/lib", "usr/lib");
    symlink(root, "/var/run", "/run");
    symlink(root, "/etc/mtab", "/proc/self/mounts");
    file(root, "/etc/passwd", PASSWD);
    file(root, "/etc/group", GROUP);
    file(root, "/etc/hostname", hostname + "\n");
    file(root, "/etc/hosts", "127.0.0.1\tlocalhost\n::1\tlocalhost\n127.0.1.1\t" + hostname + "\n");
    file(root, "/etc/os-release", OS_RELEASE);
    file(root, "/etc/gitconfig", GITCONFIG);
    file(root, "/etc/profile", PROFILE);
    file(root, "/etc/shells", "/bin/sh\n/bin/bash\n");
  }

  private static void directory(Inode root, String path, int mode, int owner) {
    parent(root, path).create(name(path), NewInode.directory(mode, owner, owner));
  }

  private static void symlink(Inode root, String path, String target) {
    parent(root, path).create(name(path), NewInode.symlink(target, 0, 0));
  }

  private static void file(Inode root, String path, String text) {
    Inode file = parent(root, path).create(name(path), NewInode.regular(0644, 0, 0));
    byte[] bytes = text.getBytes(UTF_8);
    file.write(0, bytes, 0, bytes.length);
  }

  private static Inode parent(Inode root, String path) {
    Inode at = root;
    int start = 1;
    for (int end = path.indexOf('/', start); end > 0; end = path.indexOf('/', start)) {
      at = at.lookup(path.substring(start, end));
      start = end + 1;
    }
    return at;
  }

  private static String name(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }
}
