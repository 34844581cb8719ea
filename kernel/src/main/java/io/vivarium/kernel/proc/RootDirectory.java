package io.vivarium.kernel.proc;

import static io.vivarium.kernel.errno.Errno.ENOENT;

import io.vivarium.kernel.SystemIdentity;
import io.vivarium.kernel.fs.FileType;
import io.vivarium.kernel.fs.MountTable;
import io.vivarium.kernel.process.Process;
import io.vivarium.kernel.process.ProcessTable;
import io.vivarium.kernel.user.Credentials;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** The root of /proc: files about the machine, then a directory for every process. */
final class RootDirectory extends FixedDirectory {
  private static final long ROOT_INO = 1;
  private static final long SYS_INO = 0x100;
  private static final long SYS_KERNEL_INO = 0x200;
  private static final long SYS_RANDOM_INO = 0x300;
  private static final long SYS_FS_INO = 0x400;

  /** Positions behind the fixed entries: the pid is added. */
  private static final long PROCESS_COOKIES = 0x1000;

  private static final int LAST_CAPABILITY = 40;
  private static final int OVERFLOW_ID = 65534;
  private static final int PIPE_BYTES = 65536;

  private final ProcessTable processes;
  private final MountTable mounts;
  private final MountText mountText;

  RootDirectory(
      ProcFileSystem fileSystem,
      ProcessTable processes,
      MountTable mounts,
      ProcFileSystem.Machine machine) {
    super(fileSystem, ROOT_INO, null, null, "");
    this.processes = processes;
    this.mounts = mounts;
    this.mountText = new MountText(mounts);
    MachineText text = new MachineText(processes, machine);
    file("cmdline", () -> "\n");
    file("cpuinfo", text::cpuinfo);
    file("filesystems", mountText::filesystems);
    file("loadavg", text::loadavg);
    file("meminfo", text::meminfo);
    link("mounts", () -> "self/mounts");
    link("self", () -> Integer.toString(caller()));
    file("stat", text::stat);
    file("swaps", () -> "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n");
    directory(sys(machine), "sys");
    link("thread-self", () -> caller() + "/task/" + caller());
    file("uptime", text::uptime);
    file("version", text::version);
  }

  private FixedDirectory sys(ProcFileSystem.Machine machine) {
    FixedDirectory sys = new FixedDirectory(proc(), SYS_INO, null, this, "sys");
    FixedDirectory files = new FixedDirectory(proc(), SYS_FS_INO, null, sys, "fs");
    files.line("file-max", () -> machine.openFiles().maximum());
    files.line(
        "file-nr", () -> machine.openFiles().used() + "\t0\t" + machine.openFiles().maximum());
    files.line("nr_open", () -> processes.init().descriptors().hardLimit());
    files.line("pipe-max-size", () -> PIPE_BYTES);
    FixedDirectory kernel = new FixedDirectory(proc(), SYS_KERNEL_INO, null, sys, "kernel");
    kernel.line("cap_last_cap", () -> LAST_CAPABILITY);
    kernel.line("domainname", () -> SystemIdentity.DOMAIN);
    kernel.line("hostname", () -> machine.identity().hostname());
    kernel.line("ngroups_max", () -> Credentials.MAX_GROUPS);
    kernel.line("osrelease", () -> SystemIdentity.RELEASE);
    kernel.line("ostype", () -> SystemIdentity.SYSTEM);
    kernel.line("overflowgid", () -> OVERFLOW_ID);
    kernel.line("overflowuid", () -> OVERFLOW_ID);
    kernel.line("pid_max", () -> ProcessTable.PID_MAX);
    FixedDirectory random = new FixedDirectory(proc(), SYS_RANDOM_INO, null, kernel, "random");
    UUID boot = UUID.randomUUID();
    random.line("boot_id", () -> boot);
    random.line("entropy_avail", () -> 256);
    random.line("poolsize", () -> 256);
    random.line("uuid", UUID::randomUUID);
    kernel.directory(random, "random");
    kernel.line("threads-max", processes::maxProcesses);
    kernel.line("version", () -> SystemIdentity.VERSION);
    sys.directory(files, "fs");
    sys.directory(kernel, "kernel");
    return sys;
  }

  private static int caller() {
    Process caller = Process.current();
    if (caller == null) {
      throw ENOENT.exception();
    }
    return caller.pid();
  }

  @Override
  List<Entry> entries() {
    List<Process> present = processes.processes();
    List<Entry> fixed = super.entries();
    List<Entry> entries = new ArrayList<>(fixed.size() + present.size());
    entries.addAll(fixed);
    for (Process process : present) {
      String name = Integer.toString(process.pid());
      entries.add(
          new Entry(
              name,
              ProcessDirectory.inoOf(process),
              FileType.DIRECTORY,
              PROCESS_COOKIES + process.pid(),
              () -> new ProcessDirectory(this, process, name, mounts, mountText)));
    }
    return entries;
  }
}
