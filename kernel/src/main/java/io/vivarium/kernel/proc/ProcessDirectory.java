package io.vivarium.kernel.proc;

import static io.vivarium.kernel.errno.Errno.ENOENT;

import io.vivarium.kernel.fs.FileType;
import io.vivarium.kernel.fs.Location;
import io.vivarium.kernel.fs.MountTable;
import io.vivarium.kernel.process.Process;
import io.vivarium.kernel.process.ProcessState;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** /proc/PID, and /proc/PID/task/PID, which has the same in it: a process has one thread. */
final class ProcessDirectory extends FixedDirectory {
  private static final int PRIVATE = 0400;
  private static final int INO_BITS = 20;
  private static final long TASKS_INO = 0x400;

  /** Inode numbers of descriptors, from here on in the numbers of their process. */
  static final long DESCRIPTORS_INO = 0x1000;

  private final Process process;

  /** The directory of a process. */
  ProcessDirectory(
      ProcDirectory parent, Process process, String name, MountTable mounts, MountText mountText) {
    this(inoOf(process), parent, process, name, mounts, mountText, false);
  }

  private ProcessDirectory(
      long ino,
      ProcDirectory parent,
      Process process,
      String name,
      MountTable mounts,
      MountText mountText,
      boolean thread) {
    super(parent.proc(), ino, process, parent, name);
    this.process = process;
    ProcessText text = new ProcessText(process);
    file("cmdline", text::cmdline);
    file("comm", () -> process.name() + "\n");
    place("cwd", process::workingDirectoryIfAlive);
    file("environ", PRIVATE, text::environ);
    place("exe", process::executable);
    add("fd", FileType.DIRECTORY, own -> new FdDirectory(this, own, process, mounts));
    add("fdinfo", FileType.DIRECTORY, own -> new FdInfoDirectory(this, own, process, mountText));
    file("limits", text::limits);
    file("maps", text::maps);
    file("mountinfo", mountText::mountinfo);
    file("mounts", mountText::mounts);
    place("root", () -> process.isAlive() ? mounts.root() : null);
    file("stat", text::stat);
    file("statm", text::statm);
    file("status", text::status);
    if (!thread) {
      FixedDirectory tasks = new FixedDirectory(proc(), ino + TASKS_INO, process, this, "task");
      tasks.add(
          name,
          FileType.DIRECTORY,
          own -> new ProcessDirectory(own, tasks, process, name, mounts, mountText, true));
      directory(tasks, "task");
    }
  }

  /** The number of the first inode of a process. */
  static long inoOf(Process process) {
    return (long) process.pid() << INO_BITS;
  }

  @Override
  List<Entry> entries() {
    if (process.state() == ProcessState.DEAD) {
      throw ENOENT.exception();
    }
    return super.entries();
  }

  private void place(String name, Supplier<@Nullable Location> place) {
    add(
        name,
        FileType.SYMLINK,
        own -> new PlaceLink(proc(), own, 0777, process, () -> PlaceLink.Target.of(place.get())));
  }
}
