package io.vivarium.kernel.process;

import io.vivarium.kernel.fs.Location;
import org.jspecify.annotations.Nullable;

/**
 * A place in the tree that a process keeps in use, its working directory or its program file: the
 * inode lives and the mount stays mounted as long as it is here. Thread-safe.
 */
final class WorkingPlace {
  private volatile @Nullable Location place;

  @Nullable Location get() {
    return place;
  }

  Location required() {
    Location present = place;
    if (present == null) {
      throw new IllegalStateException("the process has ended");
    }
    return present;
  }

  /** Another place; ENOENT, and nothing changes, when it has been removed meanwhile. */
  void set(Location next) {
    take(next);
    adopt(next);
  }

  /** Another place that is in use already, which becomes this one's business. */
  synchronized void adopt(Location next) {
    Location previous = place;
    place = next;
    give(previous);
  }

  synchronized void clear() {
    Location last = place;
    place = null;
    give(last);
  }

  /** Takes a place into use. */
  static void take(Location location) {
    location.inode().opened();
    location.mount().use();
  }

  /** The counterpart of {@link #take}. */
  static void give(@Nullable Location location) {
    if (location != null) {
      location.inode().closed();
      location.mount().unuse();
    }
  }
}
