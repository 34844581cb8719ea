package io.vivarium.nio;

import io.vivarium.kernel.fs.AttributeChange;
import io.vivarium.kernel.fs.Location;
import io.vivarium.kernel.fs.Stat;
import java.io.IOException;
import java.nio.file.attribute.FileTime;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The attributes of one path, found anew at each use.
 *
 * @param fileSystem the machine's tree
 * @param path the path
 * @param follow whether a symlink at its end is followed
 */
record Attributes(MachineFileSystem fileSystem, MachinePath path, boolean follow) {
  static Attributes of(MachineFileSystem fileSystem, MachinePath path, boolean follow) {
    return new Attributes(fileSystem, path, follow);
  }

  Location place() throws IOException {
    return fileSystem.provider().resolve(path, follow);
  }

  StatAttributes read() throws IOException {
    Location place = place();
    return Failures.translate(path, () -> new StatAttributes(place.inode().stat()));
  }

  void setMode(int mode) throws IOException {
    Location place = place();
    Failures.run(path, null, () -> fileSystem.vfs().chmod(fileSystem.who(), place, mode));
  }

  void setOwner(int uid, int gid) throws IOException {
    Location place = place();
    Failures.run(path, null, () -> fileSystem.vfs().chown(fileSystem.who(), place, uid, gid));
  }

  void setTimes(@Nullable FileTime modification, @Nullable FileTime access) throws IOException {
    Location place = place();
    long atime = access == null ? AttributeChange.KEEP_TIME : access.to(TimeUnit.NANOSECONDS);
    long mtime =
        modification == null ? AttributeChange.KEEP_TIME : modification.to(TimeUnit.NANOSECONDS);
    Failures.run(
        path, null, () -> fileSystem.vfs().utimens(fileSystem.who(), place, atime, mtime, false));
  }

  void copyFrom(Stat stat) throws IOException {
    setOwner(stat.uid(), stat.gid());
    if (stat.type() != io.vivarium.kernel.fs.FileType.SYMLINK) {
      setMode(stat.mode() & 07777);
    }
    setTimes(
        FileTime.from(stat.modificationTime(), TimeUnit.NANOSECONDS),
        FileTime.from(stat.accessTime(), TimeUnit.NANOSECONDS));
  }
}
