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

  synchronized void set(Location next) {
    next.mount().use();
    next.inode().opened();
    drop(place);
    place = next;
  }

  synchronized void clear() {
    Location last = place;
    place = null;
    drop(last);
  }

  private static void drop(@Nullable Location location) {
    if (location != null) {
      location.inode().closed();
      location.mount().unuse();
    }
  }
}
