package io.vivarium.kernel.user;

import static io.vivarium.kernel.errno.Errno.ENOENT;

import java.util.List;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * The users and groups of a machine: the lines of its /etc/passwd and /etc/group, as they are now.
 * Lines that are not of the form of passwd(5) and group(5) are passed over. Thread-safe.
 */
public final class UserDatabase {
  private static final int PASSWD_FIELDS = 7;
  private static final int GROUP_FIELDS = 4;
  private static final int ID = 2;

  private final Supplier<List<String>> passwd;
  private final Supplier<List<String>> group;

  /**
   * A database over two files.
   *
   * @param passwd the lines of /etc/passwd; empty when it cannot be read
   * @param group the lines of /etc/group
   */
  public UserDatabase(Supplier<List<String>> passwd, Supplier<List<String>> group) {
    this.passwd = passwd;
    this.group = group;
  }

  /** The line of a user; ENOENT without one. */
  public String passwd(int uid) {
    return find(users(), fields -> id(fields, ID) == Integer.toUnsignedLong(uid));
  }

  /** The line of a user; ENOENT without one. */
  public String passwd(String name) {
    return find(users(), fields -> fields.getFirst().equals(name));
  }

  /** The n-th user, from 0; ENOENT past the end. */
  public String passwdEntry(int index) {
    return nth(users(), index);
  }

  /** The line of a group; ENOENT without one. */
  public String group(int gid) {
    return find(groups(), fields -> id(fields, ID) == Integer.toUnsignedLong(gid));
  }

  /** The line of a group; ENOENT without one. */
  public String group(String name) {
    return find(groups(), fields -> fields.getFirst().equals(name));
  }

  /** The n-th group, from 0; ENOENT past the end. */
  public String groupEntry(int index) {
    return nth(groups(), index);
  }

  /** The fields of a line. */
  public static List<String> fields(String line) {
    return List.of(line.split(":", -1));
  }

  /** The ids of the groups that list a user as a member. */
  public int[] groupsOf(String user) {
    return groups().stream()
        .map(UserDatabase::fields)
        .filter(fields -> List.of(fields.get(GROUP_FIELDS - 1).split(",", -1)).contains(user))
        .flatMapToInt(fields -> IntStream.of((int) id(fields, ID)))
        .toArray();
  }

  private List<String> users() {
    return wellFormed(passwd.get(), PASSWD_FIELDS);
  }

  private List<String> groups() {
    return wellFormed(group.get(), GROUP_FIELDS);
  }

  private static List<String> wellFormed(List<String> lines, int count) {
    return lines.stream()
        .filter(line -> {
          List<String> fields = fields(line);
          return fields.size() == count && !fields.getFirst().isEmpty() && id(fields, ID) >= 0;
        })
        .toList();
  }

  private static String find(List<String> lines, Predicate<List<String>> wanted) {
    return lines.stream()
        .filter(line -> wanted.test(fields(line)))
        .findFirst()
        .orElseThrow(ENOENT::exception);
  }

  private static String nth(List<String> lines, int index) {
    if (index < 0 || index >= lines.size()) {
      throw ENOENT.exception();
    }
    return lines.get(index);
  }

  private static long id(List<String> fields, int at) {
    try {
      return Integer.toUnsignedLong(Integer.parseUnsignedInt(fields.get(at)));
    } catch (NumberFormatException e) {
      return -1;
    }
  }
}
