package io.vivarium.kernel.proc;

import io.vivarium.kernel.limit.Limit;
import io.vivarium.kernel.process.ControllingTerminal;
import io.vivarium.kernel.process.Process;
import io.vivarium.kernel.process.ProcessSignals;
import io.vivarium.kernel.process.ProcessState;
import io.vivarium.kernel.user.Credentials;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;

/** The files of /proc/PID. */
final class ProcessText {
  private static final long PAGE = 4096;
  private static final long KIB = 1024;
  private static final int SIGCHLD = 17;
  private static final long LOW_SIGNALS = 0x7fffffffL;
  private static final long ALL_CAPABILITIES = 0x1ffffffffffL;
  private static final int FD_UNIT = 64;
  private static final int NICE_BASE = 20;

  private final Process process;

  ProcessText(Process process) {
    this.process = process;
  }

  String cmdline() {
    return process.isAlive() ? terminated(process.arguments()) : "";
  }

  String environ() {
    return process.isAlive() ? terminated(process.environment()) : "";
  }

  private static String terminated(List<String> strings) {
    StringBuilder text = new StringBuilder();
    for (String string : strings) {
      text.append(string).append('\0');
    }
    return text.toString();
  }

  String stat() {
    ProcessSignals signals = process.signals();
    ControllingTerminal terminal = process.session().terminal();
    long memory = memory();
    StringJoiner fields = new StringJoiner(" ", "", "\n");
    fields.add(Integer.toString(process.pid()));
    fields.add("(" + process.name() + ")");
    fields.add(Character.toString(process.state().letter()));
    add(fields, process.parentPid(), process.group().id(), process.session().id());
    add(fields, terminal == null ? 0 : terminal.device());
    add(fields, terminal == null ? -1 : terminal.foregroundGroup());
    add(fields, 0, 0, 0, 0, 0); // flags, minflt, cminflt, majflt, cmajflt
    add(fields, Ticks.of(process.cpuTime()), 0, Ticks.of(process.childrenCpuTime()), 0);
    add(fields, NICE_BASE, 0, 1, 0); // priority, nice, threads, itrealvalue
    add(fields, Ticks.of(process.startTime() - process.table().bootTime()));
    add(fields, memory, memory / PAGE);
    fields.add(Long.toUnsignedString(-1)); // no limit of resident memory
    add(fields, 0, 0, 0, 0, 0); // addresses of code, stack and registers
    add(fields, signals.pending() & LOW_SIGNALS, signals.mask() & LOW_SIGNALS);
    add(fields, signals.ignored() & LOW_SIGNALS, signals.caught() & LOW_SIGNALS);
    add(fields, 0, 0, 0, SIGCHLD); // wchan, nswap, cnswap, exit_signal
    add(fields, 0, 0, 0, 0, 0, 0); // processor, rt_priority, policy, delays, guest times
    add(fields, 0, 0, 0, 0, 0, 0, 0); // addresses of data, arguments and environment
    add(fields, process.state() == ProcessState.ZOMBIE ? process.status() : 0);
    return fields.toString();
  }

  private static void add(StringJoiner fields, long... values) {
    for (long value : values) {
      fields.add(Long.toString(value));
    }
  }

  String statm() {
    long pages = memory() / PAGE;
    return "%d %d 0 0 0 %d 0\n".formatted(pages, pages, pages);
  }

  /** The linear memory of the guest; its code is in no memory that it could address. */
  String maps() {
    long memory = memory();
    return memory == 0
        ? ""
        : "%-73s[heap]\n".formatted("%08x-%08x rw-p 00000000 00:00 0".formatted(0, memory));
  }

  String status() {
    Credentials who = process.credentials();
    ProcessSignals signals = process.signals();
    ProcessState state = process.state();
    long memory = memory() / KIB;
    StringBuilder text = new StringBuilder();
    line(text, "Name", process.name().replace("\\", "\\\\").replace("\n", "\\n"));
    line(text, "Umask", "%04o".formatted(process.umask()));
    line(text, "State", state.letter() + " (" + state.description() + ")");
    line(text, "Tgid", process.pid());
    line(text, "Ngid", 0);
    line(text, "Pid", process.pid());
    line(text, "PPid", process.parentPid());
    line(text, "TracerPid", 0);
    line(text, "Uid", ids(who.realUid(), who.effectiveUid(), who.savedUid()));
    line(text, "Gid", ids(who.realGid(), who.effectiveGid(), who.savedGid()));
    line(text, "FDSize", descriptorCapacity());
    line(text, "Groups", groups(who));
    line(text, "NStgid", process.pid());
    line(text, "NSpid", process.pid());
    line(text, "NSpgid", process.group().id());
    line(text, "NSsid", process.session().id());
    if (process.isAlive()) {
      for (String name : List.of("VmPeak", "VmSize", "VmHWM", "VmRSS", "RssAnon", "VmData")) {
        line(text, name, "%8d kB".formatted(memory));
      }
    }
    line(text, "Threads", 1);
    line(text, "SigQ", "0/" + process.table().maxProcesses());
    line(text, "SigPnd", hex(0));
    line(text, "ShdPnd", hex(signals.pending()));
    line(text, "SigBlk", hex(signals.mask()));
    line(text, "SigIgn", hex(signals.ignored()));
    line(text, "SigCgt", hex(signals.caught()));
    String capabilities = hex(who.isSuperuser() ? ALL_CAPABILITIES : 0);
    line(text, "CapInh", hex(0));
    line(text, "CapPrm", capabilities);
    line(text, "CapEff", capabilities);
    line(text, "CapBnd", hex(ALL_CAPABILITIES));
    line(text, "CapAmb", hex(0));
    line(text, "NoNewPrivs", 0);
    line(text, "Seccomp", 0);
    return text.toString();
  }

  private static void line(StringBuilder text, String name, Object value) {
    text.append(name).append(":\t").append(value).append('\n');
  }

  private static String ids(int real, int effective, int saved) {
    return Integer.toUnsignedString(real)
        + "\t"
        + Integer.toUnsignedString(effective)
        + "\t"
        + Integer.toUnsignedString(saved)
        + "\t"
        + Integer.toUnsignedString(effective);
  }

  private static String groups(Credentials who) {
    StringBuilder text = new StringBuilder();
    for (int group : who.groups()) {
      text.append(Integer.toUnsignedString(group)).append(' ');
    }
    return text.isEmpty() ? " " : text.toString();
  }

  private static String hex(long set) {
    return "%016x".formatted(set);
  }

  private int descriptorCapacity() {
    int[] open = process.descriptors().descriptors();
    int highest = open.length == 0 ? 0 : open[open.length - 1];
    return (highest / FD_UNIT + 1) * FD_UNIT;
  }

  String limits() {
    String processes = Integer.toString(process.table().maxProcesses());
    String unlimited = "unlimited";
    StringBuilder text = new StringBuilder();
    limit(text, "Limit", "Soft Limit", "Hard Limit", "Units");
    long time = process.table().limits().get(Limit.PROCESS_TIME);
    boolean limited = time < Limit.PROCESS_TIME.most();
    limit(
        text,
        "Max cpu time",
        limited ? Long.toString(seconds(time)) : unlimited,
        limited ? Long.toString(seconds(time) + 1) : unlimited,
        "seconds");
    limit(text, "Max file size", unlimited, unlimited, "bytes");
    limit(text, "Max data size", unlimited, unlimited, "bytes");
    limit(text, "Max stack size", unlimited, unlimited, "bytes");
    limit(text, "Max core file size", unlimited, unlimited, "bytes");
    limit(text, "Max resident set", unlimited, unlimited, "bytes");
    limit(text, "Max processes", processes, processes, "processes");
    limit(
        text,
        "Max open files",
        Integer.toString(process.descriptors().softLimit()),
        Integer.toString(process.descriptors().hardLimit()),
        "files");
    limit(text, "Max locked memory", "0", "0", "bytes");
    limit(text, "Max address space", unlimited, unlimited, "bytes");
    limit(text, "Max file locks", unlimited, unlimited, "locks");
    limit(text, "Max pending signals", processes, processes, "signals");
    limit(text, "Max msgqueue size", "0", "0", "bytes");
    limit(text, "Max nice priority", "0", "0", "");
    limit(text, "Max realtime priority", "0", "0", "");
    limit(text, "Max realtime timeout", unlimited, unlimited, "us");
    return text.toString();
  }

  private static long seconds(long millis) {
    return (millis + 999) / 1000;
  }

  private static void limit(
      StringBuilder text, String name, String soft, String hard, String unit) {
    text.append(String.format(Locale.ROOT, "%-25s %-20s %-20s %-10s\n", name, soft, hard, unit));
  }

  private long memory() {
    return process.isAlive() ? process.memoryBytes() : 0;
  }
}
