package io.vivarium.kernel.proc;

import static io.vivarium.kernel.errno.Errno.EACCES;
import static io.vivarium.kernel.errno.Errno.ENOENT;

import io.vivarium.kernel.fs.FileType;
import io.vivarium.kernel.fs.Location;
import io.vivarium.kernel.fs.MagicLink;
import io.vivarium.kernel.process.Process;
import io.vivarium.kernel.user.Credentials;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A link to something that a process has in use: its working directory, its program, an open file.
 * Only who may trace the process may look through it (ptrace(2), PTRACE_MODE_READ_FSCREDS).
 */
final class PlaceLink extends ProcInode implements MagicLink {
  private final Process process;
  private final Supplier<@Nullable Target> target;

  PlaceLink(
      ProcFileSystem fileSystem,
      long ino,
      int permissions,
      Process process,
      Supplier<@Nullable Target> target) {
    super(fileSystem, ino, FileType.SYMLINK, permissions, process);
    this.process = process;
    this.target = target;
  }

  /**
   * What a link leads to.
   *
   * @param place where it is
   * @param name what readlink answers
   */
  record Target(Location place, String name) {
    static @Nullable Target of(@Nullable Location place) {
      return place == null ? null : new Target(place, place.path());
    }
  }

  @Override
  public String readLink() {
    return present().name();
  }

  @Override
  public Location follow() {
    return present().place();
  }

  private Target present() {
    checkAccess();
    Target present = target.get();
    if (present == null) {
      throw ENOENT.exception();
    }
    return present;
  }

  private void checkAccess() {
    Process caller = Process.current();
    if (caller == null || caller == process || caller.credentials().isSuperuser()) {
      return;
    }
    Credentials who = caller.credentials();
    Credentials owner = process.credentials();
    boolean sameUser =
        owner.realUid() == who.effectiveUid()
            && owner.effectiveUid() == who.effectiveUid()
            && owner.savedUid() == who.effectiveUid();
    boolean sameGroup =
        owner.realGid() == who.effectiveGid()
            && owner.effectiveGid() == who.effectiveGid()
            && owner.savedGid() == who.effectiveGid();
    if (!sameUser || !sameGroup) {
      throw EACCES.exception();
    }
  }
}
