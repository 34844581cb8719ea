package io.vivarium.kernel.proc;

import io.vivarium.kernel.file.FileDescription;
import io.vivarium.kernel.fs.FileType;
import io.vivarium.kernel.fs.Location;
import io.vivarium.kernel.fs.MountTable;
import io.vivarium.kernel.process.Process;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** /proc/PID/fd: a link for every open descriptor. Opening one opens its file anew. */
final class FdDirectory extends ProcDirectory {
  private static final int OWNER_ONLY = 0500;
  private static final int LINK_READ = 0500;
  private static final int LINK_WRITE = 0300;

  private final Process process;
  private final MountTable mounts;

  FdDirectory(ProcDirectory parent, long ino, Process process, MountTable mounts) {
    super(parent.proc(), ino, OWNER_ONLY, process, parent, "fd");
    this.process = process;
    this.mounts = mounts;
  }

  @Override
  List<Entry> entries() {
    List<Entry> entries = new ArrayList<>();
    for (int fd : process.descriptors().descriptors()) {
      long ino = ProcessDirectory.inoOf(process) + ProcessDirectory.DESCRIPTORS_INO + fd;
      entries.add(
          new Entry(Integer.toString(fd), ino, FileType.SYMLINK, fd + 1L, () -> link(fd, ino)));
    }
    return entries;
  }

  private PlaceLink link(int fd, long ino) {
    FileDescription present = process.descriptors().find(fd);
    int permissions = 0;
    if (present != null && present.readable()) {
      permissions |= LINK_READ;
    }
    if (present != null && present.writable()) {
      permissions |= LINK_WRITE;
    }
    return new PlaceLink(proc(), ino, permissions, process, () -> target(fd));
  }

  private PlaceLink.@Nullable Target target(int fd) {
    FileDescription description = process.descriptors().find(fd);
    if (description == null) {
      return null;
    }
    String name = description.anonymousName();
    Location place = description.location();
    if (place == null) {
      // Without a place in the tree; the mount only says that writing is allowed.
      place = new Location(mounts.root().mount(), description.inode());
    }
    return new PlaceLink.Target(place, name == null ? place.path() : name);
  }
}
