package io.vivarium.kernel.proc;

import io.vivarium.kernel.SystemIdentity;
import io.vivarium.kernel.process.Process;
import io.vivarium.kernel.process.ProcessState;
import io.vivarium.kernel.process.ProcessTable;
import java.util.List;

/** The files of /proc that are about the machine. */
final class MachineText {
  private static final long KIB = 1024;

  private final ProcessTable processes;
  private final ProcFileSystem.Machine machine;
  private final LoadAverage load;
  private final long bootSeconds;

  MachineText(ProcessTable processes, ProcFileSystem.Machine machine) {
    this.processes = processes;
    this.machine = machine;
    this.load = new LoadAverage(processes.bootTime());
    this.bootSeconds =
        (System.currentTimeMillis() - (System.nanoTime() - processes.bootTime()) / 1_000_000)
            / 1000;
  }

  String cpuinfo() {
    StringBuilder text = new StringBuilder();
    for (int cpu = 0; cpu < machine.cpuCount(); cpu++) {
      text.append("processor\t: ")
          .append(cpu)
          .append("\nvendor_id\t: Vivarium\nmodel name\t: Vivarium Virtual CPU\n")
          .append("physical id\t: 0\nsiblings\t: ")
          .append(machine.cpuCount())
          .append("\ncore id\t\t: ")
          .append(cpu)
          .append("\ncpu cores\t: ")
          .append(machine.cpuCount())
          .append("\n\n");
    }
    return text.toString();
  }

  String meminfo() {
    long total = machine.memoryBytes() / KIB;
    long stored = Math.min(total, machine.storedBytes().getAsLong() / KIB);
    long used = 0;
    for (Process process : processes.processes()) {
      used += process.memoryBytes() / KIB;
    }
    used = Math.min(total - stored, used);
    long free = total - stored - used;
    return field("MemTotal", total)
        + field("MemFree", free)
        + field("MemAvailable", free)
        + field("Buffers", 0)
        + field("Cached", stored)
        + field("SwapCached", 0)
        + field("Active", used)
        + field("Inactive", 0)
        + field("SwapTotal", 0)
        + field("SwapFree", 0)
        + field("Dirty", 0)
        + field("Writeback", 0)
        + field("AnonPages", used)
        + field("Mapped", 0)
        + field("Shmem", stored)
        + field("Slab", 0)
        + field("SReclaimable", 0)
        + field("SUnreclaim", 0)
        + field("CommitLimit", total)
        + field("Committed_AS", used);
  }

  private static String field(String name, long kibibytes) {
    return "%-16s%8d kB%n".formatted(name + ":", kibibytes).replace(System.lineSeparator(), "\n");
  }

  String loadavg() {
    List<Process> present = processes.processes();
    int running = running(present);
    return "%s %d/%d %d\n"
        .formatted(
            load.look(System.nanoTime(), running), running, present.size(), processes.lastPid());
  }

  String uptime() {
    long uptime = uptimeNanos();
    return Ticks.seconds(uptime) + " " + Ticks.seconds(idleNanos(uptime)) + "\n";
  }

  String version() {
    return "%s version %s (vivarium@vivarium) (java) %s\n"
        .formatted(SystemIdentity.SYSTEM, SystemIdentity.RELEASE, SystemIdentity.VERSION);
  }

  String stat() {
    long uptime = uptimeNanos();
    long user = Ticks.of(cpuNanos());
    long idle = Ticks.of(idleNanos(uptime));
    StringBuilder text = new StringBuilder();
    text.append("cpu  ").append(cpuTimes(user, idle));
    int cpus = machine.cpuCount();
    for (int cpu = 0; cpu < cpus; cpu++) {
      // Which processor something ran on means nothing here; each gets its share.
      text.append("cpu").append(cpu).append(' ').append(cpuTimes(user / cpus, idle / cpus));
    }
    return text.append("intr 0\nctxt 0\nbtime ")
        .append(bootSeconds)
        .append("\nprocesses ")
        .append(processes.forks())
        .append("\nprocs_running ")
        .append(running(processes.processes()))
        .append("\nprocs_blocked 0\nsoftirq 0\n")
        .toString();
  }

  private static String cpuTimes(long user, long idle) {
    return user + " 0 0 " + idle + " 0 0 0 0 0 0\n";
  }

  private static int running(List<Process> present) {
    int running = 0;
    for (Process process : present) {
      running += process.state() == ProcessState.RUNNING ? 1 : 0;
    }
    return running;
  }

  private long uptimeNanos() {
    return System.nanoTime() - processes.bootTime();
  }

  private long cpuNanos() {
    long cpu = 0;
    for (Process process : processes.processes()) {
      cpu += process.cpuTime() + process.childrenCpuTime();
    }
    return cpu;
  }

  private long idleNanos(long uptime) {
    return Math.max(0, uptime * machine.cpuCount() - cpuNanos());
  }
}
