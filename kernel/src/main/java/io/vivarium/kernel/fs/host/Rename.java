package io.vivarium.kernel.fs.host;

import static io.vivarium.kernel.errno.Errno.EEXIST;
import static io.vivarium.kernel.errno.Errno.EINVAL;
import static io.vivarium.kernel.errno.Errno.ENOENT;
import static io.vivarium.kernel.errno.Errno.ENOTEMPTY;
import static io.vivarium.kernel.errno.Errno.ESTALE;

import io.vivarium.kernel.errno.ErrnoException;
import io.vivarium.kernel.fs.FileType;
import io.vivarium.kernel.fs.Inode;
import org.jspecify.annotations.Nullable;

/**
 * One rename, both directories locked by the caller.
 *
 * @param expected the inode that {@code oldName} stood for in the caller's checks
 * @param expectedTarget what {@code newName} stood for, null for nothing
 */
record Rename(
    HostDirectory from,
    HostName oldName,
    HostInode expected,
    HostDirectory to,
    HostName newName,
    @Nullable HostInode expectedTarget,
    int flags) {

  /** Checks that the names stand for what was expected, and moves. */
  void run() {
    try (HostHandle source = from.beneath();
        HostHandle target = to.beneath()) {
      if (!expected.is(HostCalls.stat(source.fd(), oldName))) {
        throw ESTALE.exception();
      }
      HostStat replaced = HostDirectory.present(target, newName);
      requireTarget(replaced);
      // Names and memory of them change together for whoever proves where a directory is.
      synchronized (from.host().locations()) {
        move(source, target);
        if (expected != expectedTarget) {
          recordMove();
        }
      }
      boolean removed = flags == 0 && expected != expectedTarget;
      if (removed && expectedTarget != null && replaced != null) {
        expectedTarget.nameRemoved(replaced);
      }
    }
  }

  private void requireTarget(@Nullable HostStat replaced) {
    if (replaced == null) {
      if (flags == Inode.RENAME_EXCHANGE) {
        throw ENOENT.exception();
      }
      if (expectedTarget != null) {
        throw ESTALE.exception();
      }
      return;
    }
    if (flags == Inode.RENAME_NOREPLACE) {
      throw EEXIST.exception();
    }
    if (expectedTarget == null || !expectedTarget.is(replaced)) {
      throw ESTALE.exception();
    }
  }

  private void move(HostHandle source, HostHandle target) {
    // What was not there when permissions were checked must not be replaced.
    boolean guarded = flags == 0 && expectedTarget == null;
    try {
      rename(source, target, guarded ? Inode.RENAME_NOREPLACE : flags);
    } catch (ErrnoException e) {
      if (guarded && e.errno() == EINVAL) {
        rename(source, target, 0); // EINVAL of the move itself, or a host that cannot guard it
        return;
      }
      if (guarded && e.errno() == EEXIST) {
        throw ESTALE.exception();
      }
      if (e.errno() == EEXIST
          && expectedTarget != null
          && expectedTarget.type() == FileType.DIRECTORY) {
        throw ENOTEMPTY.exception();
      }
      throw e;
    }
  }

  private void rename(HostHandle source, HostHandle target, int hostFlags) {
    HostCalls.rename(source.fd(), oldName, target.fd(), newName, hostFlags);
  }

  private void recordMove() {
    if (expectedTarget != null) {
      expectedTarget.lostName(to, newName);
    }
    expected.lostName(from, oldName);
    expected.foundAt(to, newName);
    if (flags == Inode.RENAME_EXCHANGE && expectedTarget != null) {
      expectedTarget.foundAt(from, oldName);
    }
  }
}
