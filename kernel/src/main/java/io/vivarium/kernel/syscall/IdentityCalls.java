package io.vivarium.kernel.syscall;

import static io.vivarium.kernel.errno.Errno.EINVAL;

import io.vivarium.kernel.SystemIdentity;
import io.vivarium.kernel.process.Process;
import io.vivarium.kernel.user.Credentials;
import io.vivarium.kernel.user.UserDatabase;
import java.util.function.UnaryOperator;

/**
 * Who a process is (credentials(7)), and the user and group databases. For the thread of the
 * process only. Entries of the databases are lines of passwd(5) and group(5); ENOENT without such
 * an entry.
 */
public final class IdentityCalls {
  private final Process process;
  private final UserDatabase users;
  private final SystemIdentity system;

  IdentityCalls(Process process, UserDatabase users, SystemIdentity system) {
    this.process = process;
    this.users = users;
    this.system = system;
  }

  /**
   * A field of uname(2).
   *
   * @param field 0 system, 1 node name, 2 release, 3 version, 4 machine, 5 domain; EINVAL for
   *     others
   */
  public String uname(int field) {
    return switch (field) {
      case 0 -> SystemIdentity.SYSTEM;
      case 1 -> system.hostname();
      case 2 -> SystemIdentity.RELEASE;
      case 3 -> SystemIdentity.VERSION;
      case 4 -> SystemIdentity.MACHINE;
      case 5 -> SystemIdentity.DOMAIN;
      default -> throw EINVAL.exception();
    };
  }

  /** getuid(2). */
  public int getuid() {
    return who().realUid();
  }

  /** geteuid(2). */
  public int geteuid() {
    return who().effectiveUid();
  }

  /** The saved user id, as getresuid(2). */
  public int getsuid() {
    return who().savedUid();
  }

  /** getgid(2). */
  public int getgid() {
    return who().realGid();
  }

  /** getegid(2). */
  public int getegid() {
    return who().effectiveGid();
  }

  /** The saved group id, as getresgid(2). */
  public int getsgid() {
    return who().savedGid();
  }

  /** getgroups(2). */
  public int[] getgroups() {
    return who().groups();
  }

  /** setuid(2). */
  public void setuid(int uid) {
    change(who -> who.setUid(uid));
  }

  /** setreuid(2); -1 leaves an id unchanged. */
  public void setreuid(int real, int effective) {
    change(who -> who.setUids(real, effective));
  }

  /** setresuid(2); -1 leaves an id unchanged. */
  public void setresuid(int real, int effective, int saved) {
    change(who -> who.setUids(real, effective, saved));
  }

  /** setgid(2). */
  public void setgid(int gid) {
    change(who -> who.setGid(gid));
  }

  /** setregid(2); -1 leaves an id unchanged. */
  public void setregid(int real, int effective) {
    change(who -> who.setGids(real, effective));
  }

  /** setresgid(2); -1 leaves an id unchanged. */
  public void setresgid(int real, int effective, int saved) {
    change(who -> who.setGids(real, effective, saved));
  }

  /** setgroups(2). */
  public void setgroups(int[] groups) {
    change(who -> who.setGroups(groups));
  }

  /** getpwuid(3). */
  public String passwd(int uid) {
    return users.passwd(uid);
  }

  /** getpwnam(3). */
  public String passwd(String name) {
    return users.passwd(name);
  }

  /** The n-th line of the user database, as getpwent(3). */
  public String passwdEntry(int index) {
    return users.passwdEntry(index);
  }

  /** getgrgid(3). */
  public String group(int gid) {
    return users.group(gid);
  }

  /** getgrnam(3). */
  public String group(String name) {
    return users.group(name);
  }

  /** The n-th line of the group database, as getgrent(3). */
  public String groupEntry(int index) {
    return users.groupEntry(index);
  }

  private Credentials who() {
    return process.credentials();
  }

  private void change(UnaryOperator<Credentials> rule) {
    process.setCredentials(rule.apply(process.credentials()));
  }
}
