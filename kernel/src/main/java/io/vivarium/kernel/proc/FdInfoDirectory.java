package io.vivarium.kernel.proc;

import static io.vivarium.kernel.errno.Errno.ENOENT;

import io.vivarium.kernel.errno.ErrnoException;
import io.vivarium.kernel.file.FileDescription;
import io.vivarium.kernel.file.OpenFlags;
import io.vivarium.kernel.file.Whence;
import io.vivarium.kernel.fs.FileType;
import io.vivarium.kernel.process.Process;
import java.util.ArrayList;
import java.util.List;

/** /proc/PID/fdinfo: offset and flags of every open descriptor. */
final class FdInfoDirectory extends ProcDirectory {
  private static final int OWNER_ONLY = 0500;
  private static final int PRIVATE = 0400;
  private static final long INO_OFFSET = 0x40000;

  private final Process process;
  private final MountText mounts;

  FdInfoDirectory(ProcDirectory parent, long ino, Process process, MountText mounts) {
    super(parent.proc(), ino, OWNER_ONLY, process, parent, "fdinfo");
    this.process = process;
    this.mounts = mounts;
  }

  @Override
  List<Entry> entries() {
    List<Entry> entries = new ArrayList<>();
    for (int fd : process.descriptors().descriptors()) {
      long ino =
          ProcessDirectory.inoOf(process) + ProcessDirectory.DESCRIPTORS_INO + INO_OFFSET + fd;
      entries.add(
          new Entry(
              Integer.toString(fd),
              ino,
              FileType.REGULAR,
              fd + 1L,
              () -> new TextFile(proc(), ino, PRIVATE, process, () -> text(fd))));
    }
    return entries;
  }

  private String text(int fd) {
    FileDescription description = process.descriptors().find(fd);
    if (description == null) {
      throw ENOENT.exception();
    }
    int flags = description.flags();
    if (closesOnExec(fd)) {
      flags |= OpenFlags.O_CLOEXEC;
    }
    return "pos:\t%d\nflags:\t0%o\nmnt_id:\t%d\nino:\t%d\n"
        .formatted(
            position(description),
            flags,
            mounts.idOf(description.location()),
            description.inode().ino());
  }

  private boolean closesOnExec(int fd) {
    try {
      return process.descriptors().closesOnExec(fd);
    } catch (ErrnoException closedMeanwhile) {
      return false;
    }
  }

  private static long position(FileDescription description) {
    try {
      return description.seek(0, Whence.CURRENT);
    } catch (ErrnoException notSeekable) {
      return 0;
    }
  }
}
