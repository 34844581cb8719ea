package io.vivarium.kernel.fs.host;

import static io.vivarium.kernel.errno.Errno.ENOENT;
import static io.vivarium.kernel.errno.Errno.ESTALE;

import io.vivarium.kernel.errno.Errno;
import io.vivarium.kernel.errno.ErrnoException;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Proves that a directory is beneath the root: each name on the way down from the root still stands
 * for the directory it stood for. ".." of the host is never asked, so there is nothing to climb out
 * with.
 *
 * <p>A proof is good for a moment, and a proof that took long for a bit longer; a directory that a
 * host process moves away is cut off after that. It comes back when a guest finds it again from the
 * root.
 */
final class BeneathProof {
  /** For how long a proof is good, nanoseconds. */
  static final long NANOS = 1_000_000;

  /** A proof is good for this many times what it cost, so that deep trees stay usable. */
  private static final int COST_FACTOR = 16;

  /** The longest that a proof is good, nanoseconds. */
  private static final long MOST_NANOS = 100_000_000;

  /** Host processes can make memories of places contradict each other; then they form a ring. */
  private static final int SUSPICIOUS_DEPTH = 256;

  private BeneathProof() {}

  /**
   * A descriptor of the directory, held for the caller.
   *
   * @throws ErrnoException ENOENT when it is not beneath the root any more
   */
  static HostHandle prove(HostDirectory directory) {
    try {
      return descend(directory);
    } catch (ErrnoException e) {
      if (!misplaced(e)) {
        throw e;
      }
    }
    // A guest may have been renaming a directory on the way: look again while none does.
    synchronized (directory.host().locations()) {
      try {
        return descend(directory);
      } catch (ErrnoException e) {
        throw misplaced(e) ? ENOENT.exception() : e;
      }
    }
  }

  private static boolean misplaced(ErrnoException e) {
    return e.errno() == Errno.ENOENT || e.errno() == Errno.ESTALE || e.errno() == Errno.ENOTDIR;
  }

  private static HostHandle descend(HostDirectory directory) {
    long start = System.nanoTime();
    Deque<HostDirectory> way = new ArrayDeque<>();
    @Nullable Set<HostDirectory> seen = null;
    HostDirectory at = directory;
    HostHandle handle = at.knownBeneath();
    while (handle == null) {
      way.push(at);
      if (way.size() == SUSPICIOUS_DEPTH) {
        seen = Collections.newSetFromMap(new IdentityHashMap<>());
      }
      if (seen != null && !seen.add(at)) {
        throw ESTALE.exception();
      }
      HostInode.Location place = at.location();
      if (place == null || place.gone()) {
        throw ENOENT.exception();
      }
      at = place.directory();
      handle = at.knownBeneath();
    }
    HostDirectory top = at;
    for (HostDirectory below : way) {
      try (HostHandle above = handle) {
        handle = reach(at, above, below);
      }
      at = below;
    }
    long end = System.nanoTime();
    long until =
        top == directory.host().root()
            ? end + Math.clamp(COST_FACTOR * (end - start), NANOS, MOST_NANOS)
            : top.beneathUntil();
    way.forEach(below -> below.provedBeneath(until));
    return handle;
  }

  /** One step down, which must lead to the directory that it led to before. */
  private static HostHandle reach(HostDirectory above, HostHandle handle, HostDirectory below) {
    HostInode.Location place = below.location();
    if (place == null || place.gone() || place.directory() != above) {
      throw ESTALE.exception();
    }
    HostHandle known = below.slot().retain();
    if (known == null) {
      return below.openAt(handle, place.name());
    }
    boolean same = false;
    try {
      same = below.is(HostCalls.stat(handle.fd(), place.name()));
    } finally {
      if (!same) {
        known.close();
      }
    }
    if (!same) {
      throw ESTALE.exception();
    }
    return known;
  }
}
