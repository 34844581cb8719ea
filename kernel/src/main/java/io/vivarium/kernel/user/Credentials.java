package io.vivarium.kernel.user;

import static io.vivarium.kernel.errno.Errno.EINVAL;
import static io.vivarium.kernel.errno.Errno.EPERM;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Who a process is (credentials(7)): real, effective and saved ids and supplementary groups.
 *
 * <p>Immutable: the set*id calls answer new credentials, so a permission decision that started goes
 * on with one consistent identity. Ids are unsigned 32-bit numbers held in an {@code int}; {@link
 * #UNCHANGED} is no id. The privileges that Linux splits into capabilities all come with effective
 * uid 0.
 */
public final class Credentials {
  /** The argument of setreuid, setresuid, ... that leaves an id as it is; never an id itself. */
  public static final int UNCHANGED = -1;

  /** The largest number of supplementary groups (NGROUPS_MAX of this machine). */
  public static final int MAX_GROUPS = 64;

  /** Wanted access of {@link #mayAccess}: read, the bit of R_OK. */
  public static final int READ = 4;

  /** Wanted access of {@link #mayAccess}: write, the bit of W_OK. */
  public static final int WRITE = 2;

  /** Wanted access of {@link #mayAccess}: execute or search, the bit of X_OK. */
  public static final int EXECUTE = 1;

  private static final int ANY_EXECUTE = 0111;

  private static final Credentials ROOT = of(0, 0);

  private final int realUid;
  private final int effectiveUid;
  private final int savedUid;
  private final int realGid;
  private final int effectiveGid;
  private final int savedGid;
  // Sorted, never changed.
  private final int[] groups;

  private Credentials(
      int realUid,
      int effectiveUid,
      int savedUid,
      int realGid,
      int effectiveGid,
      int savedGid,
      int[] groups) {
    this.realUid = realUid;
    this.effectiveUid = effectiveUid;
    this.savedUid = savedUid;
    this.realGid = realGid;
    this.effectiveGid = effectiveGid;
    this.savedGid = savedGid;
    this.groups = groups;
  }

  /** The superuser: every id 0, no supplementary groups. */
  public static Credentials root() {
    return ROOT;
  }

  /**
   * A user whose real, effective and saved ids agree.
   *
   * @param groups supplementary groups, at most {@link #MAX_GROUPS}
   * @throws io.vivarium.kernel.errno.ErrnoException EINVAL for {@link #UNCHANGED} or too many
   *     groups
   */
  public static Credentials of(int uid, int gid, int... groups) {
    requireId(uid);
    requireId(gid);
    return new Credentials(uid, uid, uid, gid, gid, gid, sorted(groups));
  }

  /** The real user id. */
  public int realUid() {
    return realUid;
  }

  /** The effective user id: the owner of new files, and who permission checks are about. */
  public int effectiveUid() {
    return effectiveUid;
  }

  /** The saved set-user-id. */
  public int savedUid() {
    return savedUid;
  }

  /** The real group id. */
  public int realGid() {
    return realGid;
  }

  /** The effective group id. */
  public int effectiveGid() {
    return effectiveGid;
  }

  /** The saved set-group-id. */
  public int savedGid() {
    return savedGid;
  }

  /** The supplementary groups, ascending; a copy. */
  public int[] groups() {
    return groups.clone();
  }

  /** Whether a group is the effective or a supplementary one. */
  public boolean inGroup(int gid) {
    return gid == effectiveGid || Arrays.binarySearch(groups, gid) >= 0;
  }

  /** Whether the effective user is 0, which no permission check stops. */
  public boolean isSuperuser() {
    return effectiveUid == 0;
  }

  /** Whether the effective user owns something or is the superuser (who may chmod, utimes, ...). */
  public boolean isOwnerOrSuperuser(int uid) {
    return effectiveUid == uid || effectiveUid == 0;
  }

  /**
   * The permission check of path_resolution(7): the bits of the first class that fits, owner, group
   * or others, decide. The superuser may do everything, except execute a file that nobody may
   * execute.
   *
   * @param permissions permission bits of the file
   * @param directory whether it is a directory, which the superuser may always search
   * @param uid its owner
   * @param gid its group
   * @param want {@link #READ}, {@link #WRITE} and {@link #EXECUTE} in any combination
   */
  public boolean mayAccess(int permissions, boolean directory, int uid, int gid, int want) {
    if (effectiveUid == 0) {
      return (want & EXECUTE) == 0 || directory || (permissions & ANY_EXECUTE) != 0;
    }
    int shift = effectiveUid == uid ? 6 : inGroup(gid) ? 3 : 0;
    return ((permissions >> shift) & want) == want;
  }

  /** Whether a process of this identity may signal one of the other (kill(2)). */
  public boolean maySignal(Credentials other) {
    return effectiveUid == 0
        || effectiveUid == other.savedUid
        || effectiveUid == other.realUid
        || realUid == other.savedUid
        || realUid == other.realUid;
  }

  /** The identity with which access(2) decides: the real ids in the place of the effective ones. */
  public Credentials asReal() {
    return realUid == effectiveUid && realGid == effectiveGid
        ? this
        : new Credentials(realUid, realUid, savedUid, realGid, realGid, savedGid, groups);
  }

  /** POSIX_SPAWN_RESETIDS: the effective and saved ids become the real ones. */
  public Credentials resetIds() {
    return new Credentials(realUid, realUid, realUid, realGid, realGid, realGid, groups);
  }

  /** What exec does to the saved ids: they become the effective ones (execve(2)). */
  public Credentials executed() {
    return savedUid == effectiveUid && savedGid == effectiveGid
        ? this
        : new Credentials(
            realUid, effectiveUid, effectiveUid, realGid, effectiveGid, effectiveGid, groups);
  }

  // ---- changing ids ---------------------------------------------------------------------------

  /**
   * setuid(2).
   *
   * @throws io.vivarium.kernel.errno.ErrnoException EINVAL when it is no id, EPERM
   */
  public Credentials setUid(int uid) {
    requireId(uid);
    if (isSuperuser()) {
      return withUids(uid, uid, uid);
    }
    require(uid == realUid || uid == savedUid);
    return withUids(realUid, uid, savedUid);
  }

  /**
   * seteuid(2).
   *
   * @throws io.vivarium.kernel.errno.ErrnoException EINVAL when it is no id, EPERM
   */
  public Credentials setEffectiveUid(int uid) {
    requireId(uid);
    return setUids(UNCHANGED, uid, UNCHANGED);
  }

  /**
   * setreuid(2).
   *
   * @throws io.vivarium.kernel.errno.ErrnoException EPERM
   */
  public Credentials setUids(int real, int effective) {
    require(isSuperuser() || real == UNCHANGED || real == realUid || real == effectiveUid);
    require(isSuperuser() || effective == UNCHANGED || isOneOfUids(effective));
    int newEffective = orElse(effective, effectiveUid);
    boolean save = real != UNCHANGED || (effective != UNCHANGED && effective != realUid);
    return withUids(orElse(real, realUid), newEffective, save ? newEffective : savedUid);
  }

  /**
   * setresuid(2).
   *
   * @throws io.vivarium.kernel.errno.ErrnoException EPERM
   */
  public Credentials setUids(int real, int effective, int saved) {
    for (int uid : new int[] {real, effective, saved}) {
      require(isSuperuser() || uid == UNCHANGED || isOneOfUids(uid));
    }
    return withUids(
        orElse(real, realUid), orElse(effective, effectiveUid), orElse(saved, savedUid));
  }

  /**
   * setgid(2).
   *
   * @throws io.vivarium.kernel.errno.ErrnoException EINVAL when it is no id, EPERM
   */
  public Credentials setGid(int gid) {
    requireId(gid);
    if (isSuperuser()) {
      return withGids(gid, gid, gid);
    }
    require(gid == realGid || gid == savedGid);
    return withGids(realGid, gid, savedGid);
  }

  /**
   * setegid(2).
   *
   * @throws io.vivarium.kernel.errno.ErrnoException EINVAL when it is no id, EPERM
   */
  public Credentials setEffectiveGid(int gid) {
    requireId(gid);
    return setGids(UNCHANGED, gid, UNCHANGED);
  }

  /**
   * setregid(2).
   *
   * @throws io.vivarium.kernel.errno.ErrnoException EPERM
   */
  public Credentials setGids(int real, int effective) {
    require(isSuperuser() || real == UNCHANGED || real == realGid || real == effectiveGid);
    require(isSuperuser() || effective == UNCHANGED || isOneOfGids(effective));
    int newEffective = orElse(effective, effectiveGid);
    boolean save = real != UNCHANGED || (effective != UNCHANGED && effective != realGid);
    return withGids(orElse(real, realGid), newEffective, save ? newEffective : savedGid);
  }

  /**
   * setresgid(2).
   *
   * @throws io.vivarium.kernel.errno.ErrnoException EPERM
   */
  public Credentials setGids(int real, int effective, int saved) {
    for (int gid : new int[] {real, effective, saved}) {
      require(isSuperuser() || gid == UNCHANGED || isOneOfGids(gid));
    }
    return withGids(
        orElse(real, realGid), orElse(effective, effectiveGid), orElse(saved, savedGid));
  }

  /**
   * setgroups(2).
   *
   * @throws io.vivarium.kernel.errno.ErrnoException EPERM unless superuser, EINVAL for more than
   *     {@link #MAX_GROUPS}
   */
  public Credentials setGroups(int... groups) {
    require(isSuperuser());
    return new Credentials(
        realUid, effectiveUid, savedUid, realGid, effectiveGid, savedGid, sorted(groups));
  }

  private Credentials withUids(int real, int effective, int saved) {
    return new Credentials(real, effective, saved, realGid, effectiveGid, savedGid, groups);
  }

  private Credentials withGids(int real, int effective, int saved) {
    return new Credentials(realUid, effectiveUid, savedUid, real, effective, saved, groups);
  }

  private boolean isOneOfUids(int uid) {
    return uid == realUid || uid == effectiveUid || uid == savedUid;
  }

  private boolean isOneOfGids(int gid) {
    return gid == realGid || gid == effectiveGid || gid == savedGid;
  }

  private static int orElse(int id, int otherwise) {
    return id == UNCHANGED ? otherwise : id;
  }

  private static void require(boolean permitted) {
    if (!permitted) {
      throw EPERM.exception();
    }
  }

  private static void requireId(int id) {
    if (id == UNCHANGED) {
      throw EINVAL.exception();
    }
  }

  private static int[] sorted(int[] groups) {
    if (groups.length > MAX_GROUPS) {
      throw EINVAL.exception();
    }
    int[] sorted = groups.clone();
    for (int group : sorted) {
      requireId(group);
    }
    Arrays.sort(sorted);
    return sorted;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Credentials that
        && realUid == that.realUid
        && effectiveUid == that.effectiveUid
        && savedUid == that.savedUid
        && realGid == that.realGid
        && effectiveGid == that.effectiveGid
        && savedGid == that.savedGid
        && Arrays.equals(groups, that.groups);
  }

  @Override
  public int hashCode() {
    return Objects.hash(
        realUid, effectiveUid, savedUid, realGid, effectiveGid, savedGid, Arrays.hashCode(groups));
  }

  @Override
  public String toString() {
    return "uid=%s euid=%s suid=%s gid=%s egid=%s sgid=%s groups=%s"
        .formatted(
            Integer.toUnsignedString(realUid),
            Integer.toUnsignedString(effectiveUid),
            Integer.toUnsignedString(savedUid),
            Integer.toUnsignedString(realGid),
            Integer.toUnsignedString(effectiveGid),
            Integer.toUnsignedString(savedGid),
            Arrays.toString(groups));
  }
}
