package io.vivarium;

import io.vivarium.kernel.Kernel;
import io.vivarium.kernel.errno.ErrnoException;
import io.vivarium.kernel.fs.FileType;
import io.vivarium.kernel.user.Credentials;
import io.vivarium.kernel.user.UserDatabase;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds users of a machine. */
final class Logins {
  private static final Pattern IDS = Pattern.compile("(\\d{1,10})(?::(\\d{1,10}))?");

  /** The largest user or group number; the next one stands for none. */
  private static final long MAX_ID = 0xffff_fffeL;

  private Logins() {}

  /**
   * A user by name, by "UID", or by "UID:GID"; ids need not be in the database.
   *
   * @throws VivariumException when there is no such user
   */
  static Login find(UserDatabase users, String user) {
    Matcher ids = IDS.matcher(user);
    if (ids.matches()) {
      long uid = Long.parseLong(ids.group(1));
      long gid = ids.group(2) == null ? uid : Long.parseLong(ids.group(2));
      if (uid > MAX_ID || gid > MAX_ID) {
        throw new VivariumException("An id is at most " + MAX_ID + ", not " + user);
      }
      return ids.group(2) == null ? byId(users, (int) uid) : anonymous((int) uid, (int) gid);
    }
    try {
      return of(users, users.passwd(user));
    } catch (ErrnoException e) {
      throw new VivariumException(
          "There is no user " + user + " in the machine's /etc/passwd; UID:GID works without", e);
    }
  }

  /**
   * A directory that a command asks for.
   *
   * @throws VivariumException when it is not there, is none, or is closed to the user
   */
  static String directory(Kernel kernel, Login login, String path) {
    try {
      var root = kernel.vfs().mounts().root();
      var place = kernel.vfs().resolve(login.credentials(), root, path, true);
      if (place.inode().type() == FileType.DIRECTORY) {
        return path;
      }
      throw new VivariumException("The working directory " + path + " is not a directory");
    } catch (ErrnoException e) {
      throw new VivariumException(
          "The working directory " + path + ": " + e.errno().message() + " in the machine", e);
    }
  }

  /** The home directory when it is there, else the root. */
  static String homeOrRoot(Kernel kernel, Login login) {
    try {
      var root = kernel.vfs().mounts().root();
      var home = kernel.vfs().resolve(login.credentials(), root, login.home(), true);
      return home.inode().type() == FileType.DIRECTORY ? login.home() : "/";
    } catch (ErrnoException e) {
      return "/";
    }
  }

  private static Login byId(UserDatabase users, int uid) {
    try {
      return of(users, users.passwd(uid));
    } catch (ErrnoException e) {
      return anonymous(uid, uid);
    }
  }

  private static Login anonymous(int uid, int gid) {
    String name = Integer.toUnsignedString(uid);
    return new Login(name, Credentials.of(uid, gid), uid == 0 ? "/root" : "/", "/bin/sh");
  }

  private static Login of(UserDatabase users, String line) {
    List<String> fields = UserDatabase.fields(line);
    String name = fields.getFirst();
    int uid = Integer.parseUnsignedInt(fields.get(2));
    int gid = Integer.parseUnsignedInt(fields.get(3));
    return new Login(
        name,
        Credentials.of(uid, gid, users.groupsOf(name)),
        fields.get(5).isEmpty() ? "/" : fields.get(5),
        fields.get(6).isEmpty() ? "/bin/sh" : fields.get(6));
  }
}
